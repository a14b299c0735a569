/** The rows of `test/corpus/aws/http-*.json` beside those of section 17.3: K3, K4 and K5 rule by rule, on every adapter. */
import { describe, expect, it, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { HTTP_ANSWERS, NAMES, readRows } from './rows.ts'
import { runRow, stylesOf, titleOf } from './run-row.ts'

describeAdapters('HTTP API', (adapter) => {
  for (const name of NAMES) {
    const corpus = readRows(name)
    const cases = corpus.rows.flatMap((row) =>
      (row.formats ?? corpus.formats).flatMap((format) =>
        stylesOf(row).map((style) => [titleOf(row, format, style), row, format, style] as const),
      ),
    )
    describe(name, () => {
      it.each(cases)('%s', (_, row, format, style) => runRow(adapter, corpus, row, format, style))
    })
  }
})

test('no id stands twice, and every answer that is referred to is there', () => {
  const rows = NAMES.flatMap((name) => readRows(name).rows)
  const ids = rows.map(({ id }) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  const referred = rows.flatMap(({ steps }) =>
    steps.flatMap((step) => ('expect' in step && step.expect?.answer !== undefined ? [step.expect.answer] : [])),
  )
  expect(referred.filter((rule) => HTTP_ANSWERS.answers[rule] === undefined)).toEqual([])
})
