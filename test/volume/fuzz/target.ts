/** A fuzz target: a generator of inputs, and a property that must be true for each. @module */
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'

export interface FuzzTarget {
  /** Short name, for `--only`. */
  readonly name: string
  /** The rules that it tests. */
  readonly rules: string
  readonly property: fc.IRawProperty<unknown>
  /** Number of inputs per run of the property. */
  readonly inputsPerRun: number
  /** Number of inputs in the test suite, for slow targets. Default: that of the suite. */
  readonly testIterations?: number
  /** Reports a failure without shrinking, which would take too long. Default false. */
  readonly endOnFailure?: boolean
  /** Closes servers that the property has started. */
  readonly close?: () => Promise<void>
}

/** A target with a synchronous property. `check` throws on a failure. */
export const fuzzTarget = <T>(
  name: string,
  rules: string,
  inputs: fc.Arbitrary<T>,
  check: (input: T) => void,
  inputsPerRun: number = 1,
): FuzzTarget => ({ name, rules, property: fc.property(inputs, check), inputsPerRun })

const shown = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)

/** Throws unless the values are deeply equal. */
export const agree = (what: string, actual: unknown, expected: unknown): void => {
  if (Object.is(actual, expected)) return
  if (typeof actual === 'object' && isDeepStrictEqual(actual, expected)) return
  throw new Error(`${what}: got ${shown(actual)}, expected ${shown(expected)}`)
}

/** Throws unless the condition is true. */
export const holds = (what: string, condition: boolean): void => {
  if (!condition) throw new Error(what)
}
