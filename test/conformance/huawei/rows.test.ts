/** The rows of the corpus but those on results: on every adapter, or on both kinds of request that adapters start from. */
import { describe, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { FILES, readCorpus } from './corpus.ts'
import { rowStyles, runRow, titleOf } from './run-row.ts'

/** Rows of the specification's tables. */
const TABLE = /^[A-Z]\d+$/
/** Files in which every row depends on how a framework answers or hands a request on. */
const FRAMEWORK: ReadonlySet<string> = new Set(['backend-parameters', 'gateway-responses'])
/** Node's request, and the web-standard one. */
const ROOTS: ReadonlySet<string> = new Set(['node:http', 'Hono'])

describeAdapters('APIG', (adapter) => {
  for (const name of FILES) {
    const corpus = readCorpus(name)
    const cases = corpus.rows
      .filter(({ id }) => TABLE.test(id) || FRAMEWORK.has(name) || ROOTS.has(adapter.name))
      .flatMap((row) => rowStyles(row).map((style) => [titleOf(row, style), row, style] as const))
    describe(name, () => {
      it.each(cases)('%s', (_, row, style) => runRow(adapter, corpus, row, style))
    })
  }
})
