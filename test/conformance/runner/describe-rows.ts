/** Defines the tests of corpus files: every row in every variant, on every adapter. @module */
import { describe, it } from 'vitest'
import { type Adapter, describeAdapters } from '../../support/adapters.ts'
import type { Corpus, Row } from './corpus.ts'
import { type GatewayKind, runRow } from './run-row.ts'

export const describeRows = <C extends Corpus<Row>, Variant, Name extends string>(
  title: string,
  kind: GatewayKind<C, Variant>,
  files: readonly Name[],
  read: (name: Name) => C,
  /** Rows that run on an adapter; default all. */
  runsOn: (adapter: Adapter, name: Name, row: Row) => boolean = () => true,
): void => {
  describeAdapters(title, (adapter) => {
    for (const name of files) {
      const corpus = read(name)
      const cases = corpus.rows
        .filter((row) => runsOn(adapter, name, row))
        .flatMap((row) => kind.casesOf(row, corpus).map(([each, variant]) => [each, row, variant] as const))
      describe(name, () => {
        it.each(cases)('%s', (_, row, variant) => runRow(adapter, kind, corpus, row, variant))
      })
    }
  })
}
