/** Suites of tests for any test runner. @module */
import { check } from '../../contract.ts'

/** One test. It passes if `run` resolves. */
export interface SuiteTest {
  readonly title: string
  readonly run: () => Promise<void>
}

/** Throws unless a condition holds. */
export const assertThat = (condition: boolean, message: string): void => {
  if (!condition) throw new Error(message)
}

const sorted = (_: string, value: unknown): unknown =>
  check.isRecord(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value

/** A value as JSON, the same for any order of members. */
export const canonical = (value: unknown): string | undefined => JSON.stringify(value, sorted)

/** Throws unless two values are equal as JSON, in any order of members. */
export const assertEqual = (found: unknown, expected: unknown, what: string): void => {
  const [one, other] = [canonical(found), canonical(expected)]
  if (one !== other) throw new Error(`${what}: expected ${other}, found ${one}`)
}

/** Builds the tests of a suite, each with a subject of its own. A test that needs another one calls `create`. */
export const suiteOf =
  <T>(tests: Readonly<Record<string, (subject: T, create: () => T | Promise<T>) => Promise<void>>>) =>
  (create: () => T | Promise<T>): readonly SuiteTest[] =>
    Object.entries(tests).map(([title, run]) => ({ title, run: async () => run(await create(), create) }))
