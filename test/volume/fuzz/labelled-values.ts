/** Values labelled as valid or invalid for a member. @module */
import * as fc from 'fast-check'

/** A value, and whether the contract accepts it. `ABSENT` omits the member. */
export interface Tagged {
  readonly value: unknown
  readonly good: boolean
  /** For policies and decisions: whether the value allows the request of the test. */
  readonly allows?: boolean
}
export const ABSENT: unique symbol = Symbol('absent')

export const good = (...values: readonly unknown[]): readonly Tagged[] => values.map((value) => ({ value, good: true }))
export const bad = (...values: readonly unknown[]): readonly Tagged[] => values.map((value) => ({ value, good: false }))

const throwError = (): never => {
  throw new Error('boom')
}
const hostile = (): object => new Proxy({}, { get: throwError, ownKeys: throwError, getPrototypeOf: throwError })
class Instance {
  readonly isAuthorized = true
}
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])

/** Values that JSON cannot represent, or that must be rejected. */
export const NOT_JSON: readonly unknown[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  10n,
  Symbol('yes'),
  () => true,
  new Date(0),
  new Map([['isAuthorized', true]]),
  new Instance(),
  Object.create({ isAuthorized: true }),
  Object(true),
  Object('allow'),
  /x/,
  new Error('x'),
  Promise.resolve(true),
  new Uint8Array(2),
  hostile(),
  Object.defineProperty({}, 'a', { get: throwError, enumerable: true }),
  JSON.parse('{"__proto__":{"isAdmin":true}}'),
  JSON.parse('{"a":[{"constructor":1}]}'),
  { prototype: null },
  Array.from({ length: 2 }),
  nested(40),
  Array.from({ length: 10_001 }, () => 1),
]
export const JSON_VALUES: readonly unknown[] = [
  '',
  'true',
  '\u0000',
  '\ud800',
  0,
  -0,
  1.5,
  1e21,
  -1,
  true,
  false,
  [],
  {},
  ['a', [null]],
  { a: { b: 1 } },
  nested(20),
  Object.create(null),
]

export const from = (...lists: readonly (readonly Tagged[])[]): fc.Arbitrary<Tagged> => fc.constantFrom(...lists.flat())
/** Mostly valid values, so that many results with several members are valid. */
export const mostly = (right: readonly Tagged[], wrong: readonly Tagged[]): fc.Arbitrary<Tagged> =>
  fc.oneof({ weight: 8, arbitrary: from(right) }, { weight: 1, arbitrary: from(wrong) })

/** Longer than every limit of the contracts. */
export const LONG: string = 'x'.repeat(9000)
