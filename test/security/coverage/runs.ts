/** Compares the functions that ran in an application that must deny everything with its report. @module */
import type { AuthorizerError } from '@custom-authorizer/core'
import * as fc from 'fast-check'
import { expect } from 'vitest'
import { type SentRequest, TARGETS } from './inject.ts'

/** A function that ran: its method, and the names that it may have in the report. */
export interface Run {
  readonly method: string
  readonly names: readonly string[]
}

/** The lines of a report without their notes and function names; empty if the check does not throw. */
export const linesOf = (check: () => void): readonly string[] => {
  try {
    check()
    return []
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_UNGUARDED' })
    const lines = (error as AuthorizerError).message.split('\n').slice(1, -1)
    return lines
      .map((line) => line.replace(/ \((?:an error handler|the application|the guard) [^()]*\)$/, ''))
      .map((line) => line.replace(/ \([A-Za-z_$][\w$]*\)$/, ''))
  }
}

/** Collects the trailing report lines of each row into a list, for `test.each`. */
export const titled = <T>(
  rows: readonly (readonly [title: string, what: T, ...lines: string[]])[],
): [string, T, readonly string[]][] => rows.map(([title, what, ...lines]) => [title, what, lines])

/** An application of one framework: its record, its check, and a way to send requests. */
export interface Trial<TApp> {
  readonly app: TApp
  readonly runs: readonly Run[]
  readonly check: () => void
  readonly send: (sent: SentRequest) => Promise<unknown>
}

/** Some frameworks reject some combinations of paths at registration. */
const attempt = <TItem, TApp>(build: (item: TItem) => Trial<TApp>, item: TItem): Trial<TApp> => {
  try {
    return build(item)
  } catch {
    return fc.pre(false) as never
  }
}

const RUNS = Number(process.env['COVERAGE_RUNS'] ?? 100)
const SEED = Number(process.env['COVERAGE_SEED'] ?? 107)

/** Every function that runs although the guard denies everything must be in the report. */
export const expectReported = async <TItem, TApp>(
  items: fc.Arbitrary<TItem>,
  build: (items: TItem) => Trial<TApp>,
  headers: readonly string[] = [],
): Promise<void> => {
  const questions = TARGETS.flatMap((target): SentRequest[] => {
    const plain = ['GET', 'HEAD', 'POST'].map((method) => ({ method, target }))
    return plain.concat(headers.map((header) => ({ method: 'GET', target, headers: [header] })))
  })
  const seen = { content: 0, open: 0, lines: 0, ran: 0 }
  await fc.assert(
    fc.asyncProperty(items, async (each) => {
      const { runs, check, send } = attempt(build, each)
      const lines = new Set(linesOf(check))
      expect(runs).toEqual([])
      await Promise.all(questions.map(send))
      const isReported = ({ method, names }: Run): boolean =>
        [method, 'ALL'].some((prefix) =>
          names.some((name) => lines.has(name) || lines.has(name.replace(/^\w+/, prefix))),
        )
      const missing = new Set(runs.filter((run) => !isReported(run)).map((run) => JSON.stringify(run)))
      expect([[...lines], [...missing]]).toEqual([[...lines], []])
      seen.lines += lines.size
      seen.ran += new Set(runs.flatMap(({ names }) => names)).size
      seen[lines.size === 0 ? 'content' : 'open'] += 1
    }),
    { seed: SEED, numRuns: RUNS },
  )
  if (process.env['COVERAGE_RUNS']) console.log(seen)
  // Both outcomes must be frequent for a meaningful comparison.
  expect(Math.min(seen.content, seen.open)).toBeGreaterThan(RUNS / 10)
}
