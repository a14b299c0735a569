/** Values that are known to be right or wrong in their place. @module */
import * as fc from 'fast-check'

/** A value, and whether the contract in question takes it. `ABSENT` leaves the member out. */
export interface Tagged {
  readonly value: unknown
  readonly good: boolean
  /** For policies and yes-or-no members: whether it lets the request of the test pass. */
  readonly allows?: boolean
}
export const ABSENT: unique symbol = Symbol('absent')

export const good = (...values: readonly unknown[]): readonly Tagged[] => values.map((value) => ({ value, good: true }))
export const bad = (...values: readonly unknown[]): readonly Tagged[] => values.map((value) => ({ value, good: false }))

const boom = (): never => {
  throw new Error('boom')
}
const hostile = (): object => new Proxy({}, { get: boom, ownKeys: boom, getPrototypeOf: boom })
class Instance {
  readonly isAuthorized = true
}
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])

/** What JSON does not have, or what must not come out of it. */
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
  Object.defineProperty({}, 'a', { get: boom, enumerable: true }),
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
/** Mostly what is right, so that answers with many members are right often enough. */
export const mostly = (right: readonly Tagged[], wrong: readonly Tagged[]): fc.Arbitrary<Tagged> =>
  fc.oneof({ weight: 8, arbitrary: from(right) }, { weight: 1, arbitrary: from(wrong) })

/** Longer than any bound of a contract. */
export const LONG: string = 'x'.repeat(9000)
