/** `optional()` allows anonymous callers, also in nested compositions. */
import {
  allOf,
  allow,
  anyOf,
  type Authorizer,
  createAuthorizer,
  deny,
  firstOf,
  optional,
  unauthorized,
  unavailable,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { FAILED, member, describeOutcome, UNAUTHORIZED, UNAVAILABLE } from '../../../support/members.ts'
import { allowed, syncOutcome } from '../../../support/outcome.ts'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'

const HEADER = '$request.header.Authorization'
const RESULTS = {
  good: () => allow({ principalId: 'ann', context: { role: 'reader' } }),
  bad: () => unauthorized(),
  denied: () => deny(),
  broken: () => {
    throw new Error('x')
  },
  down: () => unavailable(),
}
const byToken = (identitySources: readonly string[] = [HEADER], source = 'authorization'): Authorizer =>
  member((request) => RESULTS[(request.header(source) ?? request.query('t') ?? 'bad') as keyof typeof RESULTS](), {
    identitySources,
  })

const authorization = (...values: readonly string[]): RequestParts => ({
  headers: values.map((value) => ['Authorization', value] as const),
})
const ROWS: readonly [title: string, parts: RequestParts, expected: string][] = [
  ['no credential', {}, 'allowed '],
  ['an empty credential', authorization(''), 'allowed '],
  ['a valid credential', authorization('good'), 'allowed ann'],
  ['an invalid credential', authorization('bad'), UNAUTHORIZED],
  ['a credential that is denied', authorization('denied'), '403 {"message":"Forbidden"}'],
  ['two valid credentials', authorization('good', 'good'), UNAUTHORIZED],
  ['a credential that is too long', authorization('x'.repeat(8193)), UNAUTHORIZED],
  ['a credential for which the function throws', authorization('broken'), FAILED],
  ['a credential that cannot be checked during an outage', authorization('down'), UNAVAILABLE],
]

test.each(ROWS.map(([title, parts, expected]) => [title, expected, parts] as const))(
  'optional(): a caller with %s gets %j',
  async (_, expected, parts) => {
    const direct = optional(byToken())
    expect(describeOutcome(await direct.evaluate(gatewayRequest('GET /', parts)))).toBe(expected)
  },
)

test('optional() allows anonymous callers synchronously with an empty principal ID and context', () => {
  const { principalId, context, requestContext } = allowed(syncOutcome(optional(byToken()).evaluate(gatewayRequest())))
  expect([principalId, context, requestContext.authorizer]).toEqual(['', {}, { principalId: '' }])
})

test('SEC-38 optional() gives each anonymous caller its own context', () => {
  const composed = optional(byToken())
  const { context } = allowed(syncOutcome(composed.evaluate(gatewayRequest()))) as { context: Record<string, unknown> }
  context['role'] = 'admin'
  expect(allowed(syncOutcome(composed.evaluate(gatewayRequest()))).context).toEqual({})
})

test('optional() of an authorizer without identity sources allows no anonymous caller', () => {
  expect(describeOutcome(syncOutcome(optional(byToken([])).evaluate(gatewayRequest())))).toBe(UNAUTHORIZED)
})

test('optional() rejects ambiguous targets of anonymous callers with 400', () => {
  expect(describeOutcome(syncOutcome(optional(byToken()).evaluate(gatewayRequest('GET //a'))))).toMatch(/^400 /)
})

test('SEC-55 optional() treats an undecodable parameter as an invalid credential', () => {
  const composed = optional(byToken(['$request.querystring.t']))
  expect(describeOutcome(syncOutcome(composed.evaluate(gatewayRequest('GET /'))))).toBe('allowed ')
  expect(
    describeOutcome(syncOutcome(composed.evaluate(gatewayRequest('GET /?t=%FF', { ambiguousTargets: 'allow' })))),
  ).toBe(UNAUTHORIZED)
  expect(describeOutcome(syncOutcome(composed.evaluate(gatewayRequest('GET /?t=%FF'))))).toMatch(/^400 /)
})

describe.each([
  ['anyOf', anyOf],
  ['firstOf', firstOf],
] as const)('optional(%s)', (_, compose) => {
  const session = byToken(['$request.header.X-Session'], 'x-session')
  const composed = optional(compose(session, byToken()))

  test('an anonymous caller is allowed', async () => {
    expect(describeOutcome(await composed.evaluate(gatewayRequest()))).toBe('allowed ')
  })

  test.each([
    ['the first', { 'X-Session': 'good' }],
    ['the second', { Authorization: 'good' }],
  ])('a valid credential for %s member is accepted', async (_which, headers) => {
    expect(describeOutcome(await composed.evaluate(gatewayRequest('GET /', { headers })))).toBe('allowed ann')
  })

  test.each([
    ['the first', { 'X-Session': 'bad' }],
    ['the second', { Authorization: 'bad' }],
  ])('an invalid credential for %s member gets 401', async (_which, headers) => {
    expect(describeOutcome(await composed.evaluate(gatewayRequest('GET /', { headers })))).toBe(UNAUTHORIZED)
  })
})

const X_ONE = '$request.header.X-One'
const X_TWO = '$request.header.X-Two'
const one = (): Authorizer => byToken([X_ONE], 'x-one')
const two = (): Authorizer => byToken([X_TWO], 'x-two')
const both = (): Authorizer => byToken([X_ONE, X_TWO], 'x-one')
const withSourceIp = createAuthorizer({
  name: 'withSourceIp',
  logger: null,
  contract: aws.request({
    identitySource: 'method.request.header.X-One,context.identity.sourceIp',
    authorizerResultTtlInSeconds: 0,
  }),
  authorize: async () => {
    throw new Error('Unauthorized')
  },
})

type Credential = 'good' | 'bad' | undefined
const headersOf = (first: Credential, second: Credential) => ({
  ...(first && { 'X-One': first }),
  ...(second && { 'X-Two': second }),
})
const STATES: readonly Credential[] = [undefined, 'good', 'bad']

/** Compositions that contain `optional()`, and the credentials that each accepts. */
const NESTINGS: readonly (readonly [
  name: string,
  make: () => Authorizer,
  passes: (...given: Credential[]) => boolean,
])[] = [
  ['optional(allOf(one, two))', () => optional(allOf(one(), two())), (a, b) => a === 'good' && b === 'good'],
  [
    'allOf(optional(one), optional(two))',
    () => allOf(optional(one()), optional(two())),
    (a, b) => a !== 'bad' && b !== 'bad',
  ],
  [
    'optional(allOf(optional(one), two))',
    () => optional(allOf(optional(one()), two())),
    (a, b) => a !== 'bad' && b === 'good',
  ],
  ['optional(an authorizer with two sources)', () => optional(both()), (a, b) => a === 'good' && b !== undefined],
  ['optional(anyOf(one, two))', () => optional(anyOf(one(), two())), (a, b) => a === 'good' || b === 'good'],
  ['optional(firstOf(one, two))', () => optional(firstOf(one(), two())), (a, b) => a === 'good' || b === 'good'],
  ['firstOf(one, optional(two))', () => firstOf(one(), optional(two())), (a, b) => a === 'good' || b === 'good'],
  ['firstOf(optional(one), two)', () => firstOf(optional(one()), two()), (a, b) => a === 'good' || b === 'good'],
  ['anyOf(one, optional(two))', () => anyOf(one(), optional(two())), (a, b) => a === 'good' || b === 'good'],
  ['anyOf(optional(one), two)', () => anyOf(optional(one()), two()), (a, b) => a === 'good' || b === 'good'],
  [
    'anyOf(optional(one), optional(two))',
    () => anyOf(optional(one()), optional(two())),
    (a, b) => a === 'good' || b === 'good',
  ],
  ['optional(anyOf(allOf(one, two), two))', () => optional(anyOf(allOf(one(), two()), two())), (_, b) => b === 'good'],
  ['optional(firstOf(allOf(one, two), one))', () => optional(firstOf(allOf(one(), two()), one())), (a) => a === 'good'],
  [
    'firstOf(allOf(optional(one), optional(one)), two)',
    () => firstOf(allOf(optional(one()), optional(one())), two()),
    (a, b) => a === 'good' || b === 'good',
  ],
  [
    'optional(both)',
    () => optional(huawei.both({ frontend: one(), backend: two() })),
    (a, b) => a === 'good' && b === 'good',
  ],
  [
    'firstOf(both with an optional frontend, two)',
    () => firstOf(huawei.both({ frontend: optional(one()) }) as unknown as Authorizer, two()),
    (a, b) => a === 'good' || b === 'good',
  ],
]

const expectedOutcome = (
  passes: (...given: Credential[]) => boolean,
  first: Credential,
  second: Credential,
): string => {
  if (first === undefined && second === undefined) return 'allowed '
  return passes(first, second) ? 'allowed ann' : UNAUTHORIZED
}

describe.each(NESTINGS)('%s', (_, make, passes) => {
  test.each(STATES.flatMap((a) => STATES.map((b) => [a, b, expectedOutcome(passes, a, b)] as const)))(
    'SEC-57 the first credential %s and the second %s give %j',
    async (a, b, expected) => {
      const outcome = await make().evaluate(gatewayRequest('GET /', { headers: headersOf(a, b) }))
      expect(describeOutcome(outcome)).toBe(expected)
    },
  )
})

test('SEC-57 a caller with one of two required credentials is not anonymous', async () => {
  const composed = optional(both())
  for (const headers of [headersOf('bad', undefined), headersOf(undefined, 'bad')])
    expect(describeOutcome(await composed.evaluate(gatewayRequest('GET /', { headers })))).toBe(UNAUTHORIZED)
})

test('SEC-57 a caller with a repeated second credential is not anonymous', async () => {
  const headers = [
    ['X-Two', 'good'],
    ['X-Two', 'good'],
  ] as const
  expect(describeOutcome(await optional(allOf(one(), two())).evaluate(gatewayRequest('GET /', { headers })))).toBe(
    UNAUTHORIZED,
  )
})

test('SEC-57 a caller with blank credentials only is anonymous', async () => {
  const headers = [
    ['X-One', ' '],
    ['X-Two', ''],
  ] as const
  expect(describeOutcome(await optional(allOf(one(), two())).evaluate(gatewayRequest('GET /', { headers })))).toBe(
    'allowed ',
  )
})

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['alone is anonymous', {}, /^allowed $/],
  ['with an invalid token is not anonymous', { 'X-One': 'bad' }, /^401 /],
])('SEC-57 a source IP as identity source %s', async (_, headers, expected) => {
  expect(describeOutcome(await optional(withSourceIp).evaluate(gatewayRequest('GET /', { headers })))).toMatch(expected)
})

test('SEC-57 the result of a member that allows takes precedence over an anonymous caller of another', async () => {
  const second = byToken([], 'x-two')
  const headers = headersOf(undefined, 'good')
  for (const composed of [anyOf(optional(one()), second), firstOf(optional(one()), second)])
    expect(describeOutcome(await composed.evaluate(gatewayRequest('GET /', { headers })))).toBe('allowed ann')
})

test('optional() as the last member of firstOf allows callers without any credential only', async () => {
  const composed = firstOf(byToken(), optional(byToken(['$request.header.X-Key'], 'x-key')))
  expect(describeOutcome(await composed.evaluate(gatewayRequest()))).toBe('allowed ')
  expect(describeOutcome(await composed.evaluate(gatewayRequest('GET /', { headers: { 'X-Key': 'bad' } })))).toBe(
    UNAUTHORIZED,
  )
})

test.each([null, undefined, {}, () => true])('SEC-105 optional(%j) is rejected', (given) => {
  expect(() => optional(given as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})
