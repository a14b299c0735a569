/** What a fuzz target is: inputs made by fast-check, and something that has to hold for every one of them. @module */
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'

export interface FuzzTarget {
  /** Short name, for `--only`. */
  readonly name: string
  /** Rules of the specification that it shows. */
  readonly rules: string
  readonly property: fc.IRawProperty<unknown>
  /** How many inputs one run of the property tries. */
  readonly inputsPerRun: number
  /** Whether a failure is reported as it was found, because making it smaller takes too long. Default false. */
  readonly endOnFailure?: boolean
  /** Ends what the property has started: servers, say. */
  readonly close?: () => Promise<void>
}

/** A target whose property is synchronous. `check` throws when something does not hold. */
export const fuzzTarget = <T>(
  name: string,
  rules: string,
  inputs: fc.Arbitrary<T>,
  check: (input: T) => void,
  inputsPerRun: number = 1,
): FuzzTarget => ({ name, rules, property: fc.property(inputs, check), inputsPerRun })

const shown = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)

/** Throws unless the two are the same. */
export const agree = (what: string, actual: unknown, expected: unknown): void => {
  if (Object.is(actual, expected)) return
  if (typeof actual === 'object' && isDeepStrictEqual(actual, expected)) return
  throw new Error(`${what}: got ${shown(actual)}, expected ${shown(expected)}`)
}

/** Throws unless it holds. */
export const holds = (what: string, condition: boolean): void => {
  if (!condition) throw new Error(what)
}
