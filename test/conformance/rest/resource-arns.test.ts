/** The table of resource patterns in section 5.3, on every adapter: each pattern as the one thing that is allowed. @module */
import { it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { readArns, readCorpus, type Row } from './corpus.ts'
import { runRow, titleOf } from './run-row.ts'

const corpus = readCorpus('rest-token')

const rows = readArns().rows.map(({ id, rules, pattern, match }): Row => ({
  id,
  rules,
  title: `${pattern} ${match ? 'covers' : 'does not cover'} the method`,
  handler: { styles: ['async'], result: { $allow: pattern } },
  steps: [{ expect: match ? { integration: true } : { answer: 'AWS-REST-08' }, calls: 1 }],
}))

describeAdapters('resource patterns', (adapter) => {
  it.each(rows.map((row) => [titleOf(row, 'async'), row] as const))('%s', (_, row) =>
    runRow(adapter, corpus, row, 'async'),
  )
})
