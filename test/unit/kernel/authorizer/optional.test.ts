/** `optional`: callers without a credential pass as nobody, and no others do; and compositions on every adapter. */
import {
  allOf,
  allow,
  anyOf,
  type Authorizer,
  createAuthorizer,
  deny,
  firstOf,
  optional,
  native,
  unauthorized,
  unavailable,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { describeAdapters } from '../../../support/adapters.ts'
import { FAILED, member, told, UNAUTHORIZED, UNAVAILABLE } from '../../../support/members.ts'
import { allowed, syncOutcome } from '../../../support/outcome.ts'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'

const HEADER = '$request.header.Authorization'
const ANSWERS = {
  good: () => allow({ principalId: 'ann', context: { role: 'reader' } }),
  bad: () => unauthorized(),
  refused: () => deny(),
  broken: () => {
    throw new Error('x')
  },
  down: () => unavailable(),
}
const byToken = (identitySources: readonly string[] = [HEADER], source = 'authorization'): Authorizer =>
  member((request) => ANSWERS[(request.header(source) ?? request.query('t') ?? 'bad') as keyof typeof ANSWERS](), {
    identitySources,
  })

const lines = (...values: readonly string[]): RequestParts => ({
  headers: values.map((value) => ['Authorization', value] as const),
})
const ROWS: readonly [title: string, parts: RequestParts, told: string][] = [
  ['none', {}, 'yes '],
  ['an empty one', lines(''), 'yes '],
  ['a good one', lines('good'), 'yes ann'],
  ['a bad one', lines('bad'), UNAUTHORIZED],
  ['a refused one', lines('refused'), '403 {"message":"Forbidden"}'],
  ['two good ones', lines('good', 'good'), UNAUTHORIZED],
  ['one that is too long', lines('x'.repeat(8193)), UNAUTHORIZED],
  ['one that breaks the function', lines('broken'), FAILED],
  ['one that nobody can judge now', lines('down'), UNAVAILABLE],
]

test.each(ROWS)('optional: a caller with %s', async (_, parts, expected) => {
  const direct = optional(byToken())
  expect(told(await direct.evaluate(gatewayRequest('GET /', parts)))).toBe(expected)
})

test('optional: nobody has an empty principal and an empty context, at once', () => {
  const { principalId, context, requestContext } = allowed(syncOutcome(optional(byToken()).evaluate(gatewayRequest())))
  expect([principalId, context, requestContext.authorizer]).toEqual(['', {}, { principalId: '' }])
})

test('optional: what a handler writes into the context of nobody is not there for the next', () => {
  const composed = optional(byToken())
  const { context } = allowed(syncOutcome(composed.evaluate(gatewayRequest()))) as { context: Record<string, unknown> }
  context['role'] = 'admin'
  expect(allowed(syncOutcome(composed.evaluate(gatewayRequest()))).context).toEqual({})
})

test('optional: an authorizer without identity sources takes nobody for anonymous', () => {
  expect(told(syncOutcome(optional(byToken([])).evaluate(gatewayRequest())))).toBe(UNAUTHORIZED)
})

test('optional: a target that can be read in two ways is refused to nobody as well', () => {
  expect(told(syncOutcome(optional(byToken()).evaluate(gatewayRequest('GET //a'))))).toMatch(/^400 /)
})

test('optional: a parameter that is no text is a bad credential and not none', () => {
  const composed = optional(byToken(['$request.querystring.t']))
  expect(told(syncOutcome(composed.evaluate(gatewayRequest('GET /'))))).toBe('yes ')
  expect(told(syncOutcome(composed.evaluate(gatewayRequest('GET /?t=%FF', { ambiguousTargets: 'allow' }))))).toBe(
    UNAUTHORIZED,
  )
  expect(told(syncOutcome(composed.evaluate(gatewayRequest('GET /?t=%FF'))))).toMatch(/^400 /)
})

describe.each([
  ['anyOf', anyOf],
  ['firstOf', firstOf],
] as const)('optional(%s)', (_, compose) => {
  const session = byToken(['$request.header.X-Session'], 'x-session')
  const composed = optional(compose(session, byToken()))

  test('nobody passes', async () => {
    expect(told(await composed.evaluate(gatewayRequest()))).toBe('yes ')
  })

  test.each([
    ['the first', { 'X-Session': 'good' }],
    ['the second', { Authorization: 'good' }],
  ])('a good credential for %s member is believed', async (_which, headers) => {
    expect(told(await composed.evaluate(gatewayRequest('GET /', { headers })))).toBe('yes ann')
  })

  test.each([
    ['the first', { 'X-Session': 'bad' }],
    ['the second', { Authorization: 'bad' }],
  ])('a bad credential for %s member is refused and does not pass as nobody', async (_which, headers) => {
    expect(told(await composed.evaluate(gatewayRequest('GET /', { headers })))).toBe(UNAUTHORIZED)
  })
})

const X_ONE = '$request.header.X-One'
const X_TWO = '$request.header.X-Two'
const one = (): Authorizer => byToken([X_ONE], 'x-one')
const two = (): Authorizer => byToken([X_TWO], 'x-two')
const both = (): Authorizer => byToken([X_ONE, X_TWO], 'x-one')
const addressed = createAuthorizer({
  name: 'addressed',
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

/** Compositions with an `optional` somewhere, and the credentials that each needs. */
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

describe.each(NESTINGS)('SEC-57 %s', (_, make, passes) => {
  test.each(STATES.flatMap((a) => STATES.map((b) => [a, b] as const)))(
    'with a first credential that is %s and a second that is %s',
    async (a, b) => {
      const outcome = await make().evaluate(gatewayRequest('GET /', { headers: headersOf(a, b) }))
      const anonymous = a === undefined && b === undefined
      if (!anonymous && !passes(a, b)) expect(told(outcome)).toBe(UNAUTHORIZED)
      else expect(told(outcome)).toBe(anonymous ? 'yes ' : 'yes ann')
    },
  )
})

test('SEC-57 a caller who sends one of two required credentials is not anonymous', async () => {
  const composed = optional(both())
  for (const headers of [headersOf('bad', undefined), headersOf(undefined, 'bad')])
    expect(told(await composed.evaluate(gatewayRequest('GET /', { headers })))).toBe(UNAUTHORIZED)
})

test('SEC-57 a repeated second credential is not anonymous', async () => {
  const headers = [
    ['X-Two', 'good'],
    ['X-Two', 'good'],
  ] as const
  expect(told(await optional(allOf(one(), two())).evaluate(gatewayRequest('GET /', { headers })))).toBe(UNAUTHORIZED)
})

test('SEC-57 a blank credential is none', async () => {
  const headers = [
    ['X-One', ' '],
    ['X-Two', ''],
  ] as const
  expect(told(await optional(allOf(one(), two())).evaluate(gatewayRequest('GET /', { headers })))).toBe('yes ')
})

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['alone is anonymous', {}, /^yes $/],
  ['with a bad token is not', { 'X-One': 'bad' }, /^401 /],
])('SEC-57 the source address, an identity source and no credential, %s', async (_, headers, expected) => {
  expect(told(await optional(addressed).evaluate(gatewayRequest('GET /', { headers })))).toMatch(expected)
})

test('SEC-57 a member that allows comes before the anonymous pass of another', async () => {
  const yes = byToken([], 'x-two')
  const headers = headersOf(undefined, 'good')
  for (const composed of [anyOf(optional(one()), yes), firstOf(optional(one()), yes)])
    expect(told(await composed.evaluate(gatewayRequest('GET /', { headers })))).toBe('yes ann')
})

test('optional as the last of several lets nobody in, and after a bad credential as well only nobody', async () => {
  const composed = firstOf(byToken(), optional(byToken(['$request.header.X-Key'], 'x-key')))
  expect(told(await composed.evaluate(gatewayRequest()))).toBe('yes ')
  expect(told(await composed.evaluate(gatewayRequest('GET /', { headers: { 'X-Key': 'bad' } })))).toBe(UNAUTHORIZED)
})

test.each([null, undefined, {}, () => true])('SEC-105 optional(%j) is refused', (given) => {
  expect(() => optional(given as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})

const policy = (Effect: string) => ({ Version: '2012-10-17', Statement: { Effect, Action: '*', Resource: '*' } })
const gateway = createAuthorizer({
  name: 'gateway',
  logger: null,
  contract: aws.token(),
  authorize: async ({ authorizationToken }: aws.TokenEvent) => {
    if (authorizationToken === 'unknown') throw new Error('Unauthorized')
    return { principalId: 'rob', policyDocument: policy(authorizationToken), context: { role: 'admin' } }
  },
})
const session = createAuthorizer({
  name: 'session',
  logger: null,
  contract: native({ identitySources: ['$request.header.X-Session'] }),
  authorize: (request) =>
    request.header('x-session') === 'good'
      ? allow({ principalId: 'ann', context: { role: 'reader' } })
      : unauthorized(),
})

const principal = (body: string): unknown =>
  (JSON.parse(body) as { authorizer: { principalId: string } }).authorizer.principalId

describeAdapters('compositions', (adapter) => {
  const serve = (authorizer: object) =>
    adapter.serve({
      use: [adapter.customAuthorizer(authorizer as never, { contextHeaders: { 'x-role': 'context.role' } })],
      routes: [{ path: '/admin', use: [adapter.requireContext({ role: 'admin' })] }, { path: '*' }],
    })

  test.each<[title: string, headers: readonly (readonly [string, string])[], status: number, principalId?: string]>([
    ['nobody', [], 200, ''],
    ['a session', [['X-Session', 'good']], 200, 'ann'],
    ['a token', [['Authorization', 'Allow']], 200, 'rob'],
    ['a token that is denied', [['Authorization', 'Deny']], 403],
    [
      'a token twice',
      [
        ['Authorization', 'Allow'],
        ['Authorization', 'Allow'],
      ],
      401,
    ],
  ])('optional(firstOf(…)) and %s', async (_, headers, status, principalId) => {
    const service = await serve(optional(firstOf(session, gateway)))
    const answer = await service.ask({ target: '/', headers })
    expect(answer.status).toBe(status)
    expect(service.hits).toHaveLength(status === 200 ? 1 : 0)
    if (principalId !== undefined) expect(principal(answer.body)).toBe(principalId)
  })

  test('a guard behind a composition asks what the member said that allowed', async () => {
    const service = await serve(optional(anyOf(session, gateway)))
    const status = async (...headers: readonly (readonly [string, string])[]) =>
      (await service.ask({ target: '/admin', headers })).status
    expect([await status(), await status(['X-Session', 'good']), await status(['Authorization', 'Allow'])]).toEqual([
      403, 403, 200,
    ])
  })
})
