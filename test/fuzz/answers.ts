/** Answers of authorizer functions, put together from members that are known to be right or wrong. @module */
import * as fc from 'fast-check'

/** A value, and whether the contract in question takes it. `ABSENT` leaves the member out. */
export interface Tagged {
  readonly value: unknown
  readonly good: boolean
  /** For policies and yes-or-no members: whether it lets the request of the test pass. */
  readonly allows?: boolean
}
export const ABSENT: unique symbol = Symbol('absent')

const good = (...values: readonly unknown[]): readonly Tagged[] => values.map((value) => ({ value, good: true }))
const bad = (...values: readonly unknown[]): readonly Tagged[] => values.map((value) => ({ value, good: false }))

const boom = (): never => {
  throw new Error('boom')
}
const hostile = (): object => new Proxy({}, { get: boom, ownKeys: boom, getPrototypeOf: boom })
class Instance {
  readonly isAuthorized = true
}
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])

/** What JSON does not have, or what must not come out of it. */
const NOT_JSON: readonly unknown[] = [
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
const JSON_VALUES: readonly unknown[] = [
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

const from = (...lists: readonly (readonly Tagged[])[]): fc.Arbitrary<Tagged> => fc.constantFrom(...lists.flat())
/** Mostly what is right, so that answers with many members are right often enough. */
const mostly = (right: readonly Tagged[], wrong: readonly Tagged[]): fc.Arbitrary<Tagged> =>
  fc.oneof({ weight: 8, arbitrary: from(right) }, { weight: 1, arbitrary: from(wrong) })

/** Any key, and the ones that a prototype has. */
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
    // A key that is there twice counts once: the later value.
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
const LONG = 'x'.repeat(9000)
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

/** Whether this contract takes an answer without a principal, and which of the others are text. */
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

/** A member that says yes or no. */
export const yesOrNo = fc.oneof(
  { weight: 6, arbitrary: fc.boolean().map((value): Tagged => ({ value, good: true, allows: value })) },
  {
    weight: 1,
    arbitrary: from(
      bad(ABSENT, undefined, null, 'true', 'false', '', 0, 1, {}, [], ['true'], Object(true), ...NOT_JSON),
    ),
  },
)

const statement = (members: object): object => ({
  Effect: 'Allow',
  Action: 'execute-api:Invoke',
  Resource: '*',
  ...members,
})
const policy = (...statements: readonly unknown[]): object => ({ Version: '2012-10-17', Statement: statements })
const ALLOWING = [
  policy(statement({})),
  { Statement: statement({ Effect: 'allow' }) },
  policy(statement({ NotResource: [], Resource: undefined })),
  { ...policy(statement({ Sid: 'é*${' })), Id: 'x' },
  policy(statement({ Condition: { Null: { 'aws:PrincipalArn': true } } })),
]
const REFUSING = [
  policy(),
  policy(statement({ Effect: 'Deny' })),
  policy(statement({}), statement({ Effect: 'DENY' })),
  policy(statement({ Resource: [] })),
  policy(statement({ Action: 's3:*' })),
  policy(statement({ Condition: { Bool: { 'aws:SecureTransport': false } } })),
]
const MALFORMED: readonly unknown[] = [
  ABSENT,
  undefined,
  null,
  '',
  '{"Statement":[]}',
  [],
  {},
  1,
  { Statement: null },
  { Statement: 'x' },
  { Statement: [null] },
  { Version: '2012-10-18', ...policy(), Statement: [], Version2: 1 },
  { statement: [] },
  { Version: 2012, Statement: [] },
  { ...policy(), Id: 1 },
  { ...policy(), Extra: 1 },
  ...[
    { Effect: 'Allow ' },
    { Effect: ['Allow'] },
    { Effect: undefined },
    { Effect: true },
    { effect: 'Allow' },
    { Action: undefined },
    { Action: null },
    { Action: 'Invoke' },
    { Action: [['*']] },
    { NotAction: '*' },
    { Resource: undefined },
    { Resource: '' },
    { Resource: 'ARN:aws:*' },
    { Resource: [1] },
    { Resource: `arn:${'x'.repeat(512)}` },
    { NotResource: '*' },
    { Sid: 1 },
    { Condition: [] },
    { Condition: { StringEqual: { a: 'b' } } },
    { Condition: { StringEquals: 'a' } },
    { Condition: { StringEquals: {} } },
    { Condition: { Bool: { a: 'x' } } },
    { Condition: { StringEquals: { a: null } } },
    { Condition: { StringEquals: { a: [{}] } } },
  ].map((members) => policy(statement(members))),
  policy(...Array.from({ length: 101 }, () => statement({}))),
  policy(statement({ Sid: LONG })),
  ...NOT_JSON,
]
export const policyDocument = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ALLOWING.map((value): Tagged => ({ value, good: true, allows: true }))) },
  { weight: 3, arbitrary: from(good(...REFUSING)) },
  { weight: 2, arbitrary: from(bad(...MALFORMED)) },
)

/** The moment of the test's clock, for members that say until when. */
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
/** An answer of the function's own for refusals. */
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
