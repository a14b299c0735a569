/** Random authorizer results of members labelled as valid or invalid. @module */
import * as fc from 'fast-check'
import { ABSENT, bad, from, good, JSON_VALUES, LONG, mostly, NOT_JSON, type Tagged } from './labelled-values.ts'

/** Ordinary keys, and names of prototype members. */
const key = fc.constantFrom(
  'role',
  'a',
  'b',
  '',
  'toString',
  'hasOwnProperty',
  'é',
  'a b',
  'isAuthorized',
  'principalId',
  '\u0000',
)
const contextWith = (value: fc.Arbitrary<Tagged>): fc.Arbitrary<Tagged> =>
  fc.array(fc.tuple(key, value), { maxLength: 4 }).map((entries) => {
    // The last value of a duplicate key counts.
    const members = new Map(entries)
    return {
      value: Object.fromEntries([...members].map(([name, member]) => [name, member.value])),
      good: [...members.values()].every((member) => member.good),
    }
  })
const CONTEXT_KINDS = bad('text', 1, true, [], ['a'])
const context = (
  right: readonly unknown[],
  wrong: readonly unknown[],
  absent: readonly unknown[],
): fc.Arbitrary<Tagged> =>
  fc.oneof(
    { weight: 6, arbitrary: contextWith(mostly(good(...right), bad(...wrong))) },
    { weight: 3, arbitrary: from(good(ABSENT, ...absent)) },
    { weight: 1, arbitrary: from(CONTEXT_KINDS, bad(...NOT_JSON)) },
  )
const SCALARS = JSON_VALUES.filter((value) => typeof value !== 'object')
const OBJECTS = JSON_VALUES.filter((value) => typeof value === 'object')
const MANY = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`k${index}`, 1]))

export const anyJsonContext = context([...JSON_VALUES, null, undefined], NOT_JSON, [undefined, null])
export const boundedJsonContext = fc.oneof(
  { weight: 12, arbitrary: context([...JSON_VALUES, null, undefined], NOT_JSON, [undefined, null]) },
  { weight: 1, arbitrary: from(bad({ a: LONG }, MANY)) },
)
export const textContext = fc.oneof(
  { weight: 12, arbitrary: context([...SCALARS, null, undefined], [...NOT_JSON, ...OBJECTS], [undefined, null]) },
  { weight: 1, arbitrary: from(bad({ a: LONG }, MANY)) },
)

/** Principal IDs, by contract. */
export const nativePrincipal = mostly(
  good(ABSENT, undefined, '', 'ann', 'Zoë', 'x'.repeat(1024)),
  bad(null, 1, true, {}, [], Object('ann'), 'x'.repeat(1025), ...NOT_JSON),
)
export const restPrincipal = mostly(
  good('', 'ann', 1, true, 0, 'x'.repeat(1024)),
  bad(ABSENT, undefined, null, {}, ['ann'], 'x'.repeat(1025), '\u20ac'.repeat(400), ...NOT_JSON),
)
export const httpPrincipal = mostly(
  good(ABSENT, undefined, null, '', 'ann', 1, true),
  bad({}, [], 'x'.repeat(1025), ...NOT_JSON),
)

/** A boolean decision. */
export const decision = fc.oneof(
  { weight: 6, arbitrary: fc.boolean().map((value): Tagged => ({ value, good: true, allows: value })) },
  {
    weight: 1,
    arbitrary: from(
      bad(ABSENT, undefined, null, 'true', 'false', '', 0, 1, {}, [], ['true'], Object(true), ...NOT_JSON),
    ),
  },
)

/** The time of the test clock, for expiry members. */
export const NOW = 1_900_000_000_000
export const expiry = mostly(
  good(ABSENT, undefined, NOW + 1, 1e300),
  bad(null, NOW, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, String(NOW + 1), {}, ...NOT_JSON),
)
export const usageKey = mostly(good(ABSENT, undefined, null, '', 'key'), bad(1, true, {}, ['key'], ...NOT_JSON))
export const never = fc.oneof(
  { weight: 20, arbitrary: from(good(ABSENT)) },
  { weight: 1, arbitrary: from(bad(true, 1, null, {})) },
)
/** A custom response for denials. */
export const customResponse = mostly(good(ABSENT, ABSENT, undefined), [
  ...good({}, { status: 499, body: { a: 1 }, headers: { 'X-A': 'b' } }, { body: 'text' }),
  ...bad(
    { status: 200 },
    { status: '403' },
    { status: 403.5 },
    { body: 10n },
    { headers: { 'a\nb': 'c' } },
    { headers: { a: 'b\r\nc: d' } },
    { headers: { 'Content-Length': '1' } },
    { headers: [] },
    { extra: 1 },
    'text',
    null,
  ),
])
export const notAnObject: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  undefined,
  null,
  '',
  'allow',
  'true',
  0,
  1,
  [],
  [true],
  [{ isAuthorized: true }],
  ...NOT_JSON,
)
