/** What a function may answer, without and with relaxed mode, on every adapter. @module */
import { it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { readResults } from './corpus.ts'
import { rowStyles, runRow, titleOf } from './run-row.ts'

const corpus = readResults('results')
const cases = corpus.rows.flatMap((row) => rowStyles(row).map((style) => [titleOf(row, style), row, style] as const))

describeAdapters('a result', (adapter) => {
  it.each(cases)('%s', (_, row, style) => runRow(adapter, corpus, row, style))
})
