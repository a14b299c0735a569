/** Denials of REST APIs: status, headers, body and the order of the checks (AWS-REST). */
import type { Contract, Denied, GatewayResponse } from '@custom-authorizer/core'
import { GATEWAY_RESPONSES } from '@custom-authorizer/core/contract'
import * as aws from '@custom-authorizer/core/aws'
import { toResponse } from '@custom-authorizer/core/fetch'
import { fakeClock } from '@custom-authorizer/core/testing'
import { expect, test } from 'vitest'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'
import { A, allow, bearer, deny, type Handler, headerOf, describeOutcome, raise, tokenBench } from '../harness.ts'

type TokenHandler = Handler<aws.TokenEvent>
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

/** Tokens that contain other characters are rejected. */
const PATTERN: aws.TokenOptions = { identityValidationExpression: '[\\w ]+' }

const denialFor = async (
  handler: TokenHandler,
  parts: RequestParts = bearer(),
  options: aws.TokenOptions = {},
  line = 'GET /pets/7',
): Promise<Denied> => {
  const outcome = await tokenBench(handler, options).evaluate(line, parts)
  return outcome.allowed ? raise(new Error('the request was allowed')) : outcome
}

/** Status, body, length of the body, error type and gateway response type. */
const RESPONSES = {
  UNAUTHORIZED: [401, '{"message":"Unauthorized"}', 26, 'UnauthorizedException', 'UNAUTHORIZED'],
  IMPLICIT_DENY: [
    403,
    '{"Message":"User is not authorized to access this resource"}',
    60,
    'AccessDeniedException',
    'ACCESS_DENIED',
  ],
  EXPLICIT_DENY: [
    403,
    '{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}',
    110,
    'AccessDeniedException',
    'ACCESS_DENIED',
  ],
  MISCONFIGURED: [500, '{"message":null}', 16, 'AuthorizerConfigurationException', 'AUTHORIZER_CONFIGURATION_ERROR'],
} as const

type Row = readonly [
  rule: string,
  title: string,
  response: keyof typeof RESPONSES,
  handler: TokenHandler,
  parts: RequestParts,
]
const rows: readonly Row[] = [
  ['AWS-REST-06', 'a missing token', 'UNAUTHORIZED', async () => allow(), {}],
  ['AWS-REST-06', 'an empty token', 'UNAUTHORIZED', async () => allow(), bearer('')],
  ['AWS-REST-06', 'a token that does not match', 'UNAUTHORIZED', async () => allow(), bearer('!')],
  ['AWS-REST-07', 'an error Unauthorized', 'UNAUTHORIZED', async () => raise(new Error('Unauthorized')), bearer()],
  ['AWS-REST-08', 'an implicit deny', 'IMPLICIT_DENY', async () => allow(`${A}/GET/other`), bearer()],
  ['AWS-REST-09', 'an explicit deny', 'EXPLICIT_DENY', async () => deny(), bearer()],
  ['AWS-REST-10', 'another error', 'MISCONFIGURED', async () => raise(new Error('x')), bearer()],
  ['AWS-REST-11', 'a null result', 'MISCONFIGURED', async () => null, bearer()],
  ['AWS-REST-11', 'a string result', 'MISCONFIGURED', async () => 'Unauthorized', bearer()],
  ['AWS-REST-12', 'an invalid result', 'MISCONFIGURED', async () => allow('*', { foo: 1 }), bearer()],
  [
    'AWS-REST-13',
    'an object as context value',
    'MISCONFIGURED',
    async () => allow('*', { context: { a: {} } }),
    bearer(),
  ],
]

test.each(rows)('%s %s gives the response %s', async (_rule, _title, response, handler, parts) => {
  const [status, body, length, errorType, type] = RESPONSES[response]
  const denied = await denialFor(handler, parts, PATTERN)
  expect([denied.response.status, denied.response.body, denied.type]).toEqual([status, body, type])
  expect(toResponse(denied.response).headers.get('content-length')).toBe(String(length))
  expect(headerOf(denied, 'x-amzn-ErrorType')).toBe(errorType)
})

test.each(rows)(
  'AWS-REST-05 AWS-REST-28 %s %s gives compact JSON with one key',
  async (_rule, _title, _response, handler, parts) => {
    const denied = await denialFor(handler, parts, PATTERN)
    const parsed = JSON.parse(denied.response.body) as object
    expect(JSON.stringify(parsed)).toBe(denied.response.body)
    // Only authorization denials use a capital "Message".
    expect(Object.keys(parsed)).toEqual([denied.type === 'ACCESS_DENIED' ? 'Message' : 'message'])
  },
)

test.each(rows)(
  'AWS-REST-01 %s %s gives the headers of the service',
  async (_rule, _title, _response, handler, parts) => {
    const denied = await denialFor(handler, parts, PATTERN)
    // The library adds `Cache-Control` (SEC-103); the server writes length, date and connection.
    expect(denied.response.headers.map(([name]) => name).sort()).toEqual(
      ['Cache-Control', 'Content-Type', 'x-amz-apigw-id', 'x-amzn-ErrorType', 'x-amzn-RequestId'].sort(),
    )
    expect(headerOf(denied, 'content-type')).toBe('application/json')
    expect(headerOf(denied, 'cache-control')).toBe('no-store')
    expect(headerOf(denied, 'x-amzn-requestid')).toMatch(UUID)
    expect(headerOf(denied, 'x-amz-apigw-id')).toMatch(/^[\w+/-]+={1,2}$/)
  },
)

test.each(rows)(
  'AWS-REST-03 AWS-REST-04 %s %s sends no challenge and no CORS headers',
  async (_rule, _title, _response, handler, parts) => {
    const headers = [...Object.entries(parts.headers ?? {}), ['Origin', 'https://app.example.com']] as [
      string,
      string,
    ][]
    const denied = await denialFor(handler, { headers }, PATTERN)
    const names = denied.response.headers.map(([name]) => name.toLowerCase())
    expect(names).not.toContain('www-authenticate')
    expect(names.filter((name) => name.startsWith('access-control-') || name === 'vary')).toEqual([])
  },
)

test('AWS-REST-09b explicitDenyText: "legacy" selects the older message', async () => {
  const denied = await denialFor(async () => deny(), bearer(), { compatibility: { explicitDenyText: 'legacy' } })
  expect(describeOutcome(denied)).toBe(
    '403 {"Message":"User is not authorized to access this resource with an explicit deny"}',
  )
  expect(denied.response.body).toHaveLength(82)
})

test('AWS-REST-14 a timeout gives 500', async () => {
  const { evaluate, clock } = tokenBench(() => new Promise(() => undefined))
  const outcome = evaluate('GET /', bearer())
  clock.advanceSync(10_000)
  const denied = await outcome
  expect(describeOutcome(denied)).toBe('500 {"message":null}')
  expect(headerOf(denied, 'x-amzn-ErrorType')).toBe('AuthorizerConfigurationException')
})

test('AWS-REST-01 each response has a new request ID', async () => {
  const ids = new Set<string | undefined>()
  for (let request = 0; request < 3; request++)
    ids.add(headerOf(await denialFor(async () => deny()), 'x-amzn-requestid'))
  expect(ids.size).toBe(3)
})

test('AWS-REST-01 EDGE endpoints add the CloudFront headers', async () => {
  const denied = await denialFor(async () => allow(), {}, { endpointType: 'EDGE' })
  expect(headerOf(denied, 'x-cache')).toBe('Error from cloudfront')
  for (const name of ['via', 'x-amz-cf-pop', 'x-amz-cf-id']) expect(headerOf(denied, name)).toMatch(/./)
})

test('AWS-REST-15 an unreachable or throttled function gives 500', async () => {
  const unreachable = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9001'), { code: 'ECONNREFUSED' })
  const throttled = Object.assign(new Error('Rate Exceeded.'), { name: 'TooManyRequestsException' })
  for (const error of [unreachable, throttled]) {
    const denied = await denialFor(async () => raise(error))
    expect(describeOutcome(denied)).toBe('500 {"message":null}')
    expect(headerOf(denied, 'x-amzn-ErrorType')).toBe('AuthorizerConfigurationException')
  }
})

test('AWS-REST-17 a method ARN that is too long gives 414 without an error type', async () => {
  const denied = await denialFor(async () => allow(), bearer(), {}, `GET /${'a'.repeat(1600)}`)
  expect(describeOutcome(denied)).toBe('414 {"message":"Request URI too long"}')
  expect(denied.response.body).toHaveLength(34)
  expect(headerOf(denied, 'x-amzn-ErrorType')).toBeUndefined()
})

/** The response of the contract for a denial by a later guard. */
const wording = (type: Denied['type']): GatewayResponse => {
  const contract: Contract = aws.token()
  return contract.respond({ type, reason: 'DENIED', request: gatewayRequest(), clock: fakeClock() })
}

test.each([
  ['AWS-REST-16', 'AUTHORIZER_FAILURE', 500, '{"message":null}', 'AuthorizerFailureException'],
  ['AWS-REST-18', 'INVALID_API_KEY', 403, '{"message":"Forbidden"}', 'ForbiddenException'],
  ['AWS-REST-19', 'THROTTLED', 429, '{"message":"Too Many Requests"}', 'TooManyRequestsException'],
  ['AWS-REST-20', 'QUOTA_EXCEEDED', 429, '{"message":"Limit Exceeded"}', 'LimitExceededException'],
] as const)('%s %s reads %d %s', (_, type, status, body, errorType) => {
  const response = wording(type)
  expect([response.status, response.body]).toEqual([status, body])
  expect(Object.fromEntries(response.headers)['x-amzn-ErrorType']).toBe(errorType)
  expect(status).toBe(GATEWAY_RESPONSES[type].status)
})

test('AWS-REST-16 no result of a function causes AUTHORIZER_FAILURE', async () => {
  const results: unknown[] = [
    null,
    'x',
    { errorType: 'AuthorizerFailureException' },
    allow('x'),
    allow('*', { context: 1 }),
  ]
  for (const result of results) expect((await denialFor(async () => result)).type).not.toBe('AUTHORIZER_FAILURE')
})

test.each(['THROTTLED', 'QUOTA_EXCEEDED'] as const)(
  'AWS-REST-27 %s sends no Retry-After or rate limit header',
  (type) => {
    const names = wording(type).headers.map(([name]) => name.toLowerCase())
    expect(names.filter((name) => name === 'retry-after' || /rate-?limit/.test(name))).toEqual([])
  },
)

test('AWS-REST-31 HEAD gets the same status and headers without a body', async () => {
  const head = await denialFor(async () => allow(`${A}/GET/pets/7`), bearer(), {}, 'HEAD /pets/7')
  const get = await denialFor(async () => allow([]))
  expect(head.response.status).toBe(get.response.status)
  expect(head.response.headers.map(([name]) => name)).toEqual(get.response.headers.map(([name]) => name))
  const sent = toResponse(head.response, { head: true })
  expect([sent.status, await sent.text()]).toEqual([403, ''])
  expect(sent.headers.get('content-type')).toBe('application/json')
})

test('AWS-REST-51 an invalid result gives 500 even if it contains a Deny', async () => {
  const Statement = [{ Effect: 'Deny', Action: '*', Resource: '*' }, { Effect: 'permit' }]
  expect(describeOutcome(await denialFor(async () => ({ principalId: 'u', policyDocument: { Statement } })))).toBe(
    '500 {"message":null}',
  )
})
