/** The rows of the corpus for REST APIs, on every adapter. @module */
import { describe, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { readCorpus } from './corpus.ts'
import { runRow, stylesOf, titleOf } from './run-row.ts'

const FILES = ['rest-token', 'rest-request', 'gateway-responses', 'cache'] as const

describeAdapters('REST', (adapter) => {
  for (const name of FILES) {
    const corpus = readCorpus(name)
    const cases = corpus.rows.flatMap((row) => stylesOf(row).map((style) => [titleOf(row, style), row, style] as const))
    describe(name, () => {
      it.each(cases)('%s', (_, row, style) => runRow(adapter, corpus, row, style))
    })
  }
})
