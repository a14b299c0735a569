/** How a REST API says no: statuses, headers, bodies, and the order of the checks (AWS-REST). */
import type { Contract, Denied, GatewayResponse } from '@custom-authorizer/core'
import { GATEWAY_RESPONSES } from '@custom-authorizer/core/contract'
import * as aws from '@custom-authorizer/core/aws'
import { toResponse } from '@custom-authorizer/core/fetch'
import { expect, test } from 'vitest'
import { TestClock } from '../../../support/clock.ts'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'
import { A, allow, bearer, deny, type Handler, headerOf, said, thrown, tokenBench } from '../harness.ts'

type TokenHandler = Handler<aws.TokenEvent>
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

/** Which tokens are taken where the expression matters. */
const PATTERN: aws.TokenOptions = { identityValidationExpression: '[\\w ]+' }

const refuse = async (
  handler: TokenHandler,
  parts: RequestParts = bearer(),
  options: aws.TokenOptions = {},
  line = 'GET /pets/7',
): Promise<Denied> => {
  const outcome = await tokenBench(handler, options).evaluate(line, parts)
  return outcome.allowed ? thrown(new Error('the request was allowed')) : outcome
}

/** Section 7.2 of the specification: status, body, its length, error type and gateway response type. */
const ANSWERS = {
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
  answer: keyof typeof ANSWERS,
  handler: TokenHandler,
  parts: RequestParts,
]
const rows: readonly Row[] = [
  ['AWS-REST-06', 'token missing', 'UNAUTHORIZED', async () => allow(), {}],
  ['AWS-REST-06', 'token empty', 'UNAUTHORIZED', async () => allow(), bearer('')],
  ['AWS-REST-06', 'token not matching', 'UNAUTHORIZED', async () => allow(), bearer('!')],
  ['AWS-REST-07', 'error Unauthorized', 'UNAUTHORIZED', async () => thrown(new Error('Unauthorized')), bearer()],
  ['AWS-REST-08', 'implicit deny', 'IMPLICIT_DENY', async () => allow(`${A}/GET/other`), bearer()],
  ['AWS-REST-09', 'explicit deny', 'EXPLICIT_DENY', async () => deny(), bearer()],
  ['AWS-REST-10', 'another error', 'MISCONFIGURED', async () => thrown(new Error('x')), bearer()],
  ['AWS-REST-11', 'result null', 'MISCONFIGURED', async () => null, bearer()],
  ['AWS-REST-11', 'result a string', 'MISCONFIGURED', async () => 'Unauthorized', bearer()],
  ['AWS-REST-12', 'result invalid', 'MISCONFIGURED', async () => allow('*', { foo: 1 }), bearer()],
  ['AWS-REST-13', 'context value an object', 'MISCONFIGURED', async () => allow('*', { context: { a: {} } }), bearer()],
]

test.each(rows)('%s %s: %s', async (_rule, _title, answer, handler, parts) => {
  const [status, body, length, errorType, type] = ANSWERS[answer]
  const denied = await refuse(handler, parts, PATTERN)
  expect([denied.response.status, denied.response.body, denied.type]).toEqual([status, body, type])
  expect(toResponse(denied.response).headers.get('content-length')).toBe(String(length))
  expect(headerOf(denied, 'x-amzn-ErrorType')).toBe(errorType)
})

test.each(rows)(
  'AWS-REST-05 AWS-REST-28 after %s %s: compact JSON with one key',
  async (_rule, _title, _answer, handler, parts) => {
    const denied = await refuse(handler, parts, PATTERN)
    const parsed = JSON.parse(denied.response.body) as object
    expect(JSON.stringify(parsed)).toBe(denied.response.body)
    // Only the layer of authorization writes a capital letter.
    expect(Object.keys(parsed)).toEqual([denied.type === 'ACCESS_DENIED' ? 'Message' : 'message'])
  },
)

test.each(rows)('AWS-REST-01 after %s %s: the headers', async (_rule, _title, _answer, handler, parts) => {
  const denied = await refuse(handler, parts, PATTERN)
  // `Cache-Control` is ours (SEC-103); length, date and connection are the server's to write.
  expect(denied.response.headers.map(([name]) => name).sort()).toEqual(
    ['Cache-Control', 'Content-Type', 'x-amz-apigw-id', 'x-amzn-ErrorType', 'x-amzn-RequestId'].sort(),
  )
  expect(headerOf(denied, 'content-type')).toBe('application/json')
  expect(headerOf(denied, 'cache-control')).toBe('no-store')
  expect(headerOf(denied, 'x-amzn-requestid')).toMatch(UUID)
  expect(headerOf(denied, 'x-amz-apigw-id')).toMatch(/^[\w+/-]+={1,2}$/)
})

test.each(rows)(
  'AWS-REST-03 AWS-REST-04 after %s %s: no challenge and no CORS',
  async (_rule, _title, _answer, handler, parts) => {
    const headers = [...Object.entries(parts.headers ?? {}), ['Origin', 'https://app.example.com']] as [
      string,
      string,
    ][]
    const denied = await refuse(handler, { headers }, PATTERN)
    const names = denied.response.headers.map(([name]) => name.toLowerCase())
    expect(names).not.toContain('www-authenticate')
    expect(names.filter((name) => name.startsWith('access-control-') || name === 'vary')).toEqual([])
  },
)

test('AWS-REST-09b the text of the explicit deny can be the older one', async () => {
  const denied = await refuse(async () => deny(), bearer(), { compatibility: { explicitDenyText: 'legacy' } })
  expect(said(denied)).toBe('403 {"Message":"User is not authorized to access this resource with an explicit deny"}')
  expect(denied.response.body).toHaveLength(82)
})

test('AWS-REST-14 a timeout', async () => {
  const { evaluate, clock } = tokenBench(() => new Promise(() => undefined))
  const outcome = evaluate('GET /', bearer())
  clock.advance(10_000)
  const denied = await outcome
  expect(said(denied)).toBe('500 {"message":null}')
  expect(headerOf(denied, 'x-amzn-ErrorType')).toBe('AuthorizerConfigurationException')
})

test('AWS-REST-01 each answer has ids of its own', async () => {
  const ids = new Set<string | undefined>()
  for (let request = 0; request < 3; request++) ids.add(headerOf(await refuse(async () => deny()), 'x-amzn-requestid'))
  expect(ids.size).toBe(3)
})

test('AWS-REST-01 EDGE endpoints add the headers of CloudFront', async () => {
  const denied = await refuse(async () => allow(), {}, { endpointType: 'EDGE' })
  expect(headerOf(denied, 'x-cache')).toBe('Error from cloudfront')
  for (const name of ['via', 'x-amz-cf-pop', 'x-amz-cf-id']) expect(headerOf(denied, name)).toMatch(/./)
})

test('AWS-REST-15 a function that cannot be reached gives 500', async () => {
  const unreachable = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9001'), { code: 'ECONNREFUSED' })
  const throttled = Object.assign(new Error('Rate Exceeded.'), { name: 'TooManyRequestsException' })
  for (const error of [unreachable, throttled]) {
    const denied = await refuse(async () => thrown(error))
    expect(said(denied)).toBe('500 {"message":null}')
    expect(headerOf(denied, 'x-amzn-ErrorType')).toBe('AuthorizerConfigurationException')
  }
})

test('AWS-REST-17 an ARN that is too long gives 414, without an error type', async () => {
  const denied = await refuse(async () => allow(), bearer(), {}, `GET /${'a'.repeat(1600)}`)
  expect(said(denied)).toBe('414 {"message":"Request URI too long"}')
  expect(denied.response.body).toHaveLength(34)
  expect(headerOf(denied, 'x-amzn-ErrorType')).toBeUndefined()
})

/** How the contract words a refusal that a later guard decides on. */
const wording = (type: Denied['type']): GatewayResponse => {
  const contract: Contract = aws.token()
  return contract.respond({ type, reason: 'DENIED', request: gatewayRequest(), clock: new TestClock() })
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

test('AWS-REST-16 no function can bring about AUTHORIZER_FAILURE', async () => {
  const answers: unknown[] = [
    null,
    'x',
    { errorType: 'AuthorizerFailureException' },
    allow('x'),
    allow('*', { context: 1 }),
  ]
  for (const answer of answers) expect((await refuse(async () => answer)).type).not.toBe('AUTHORIZER_FAILURE')
})

test.each(['THROTTLED', 'QUOTA_EXCEEDED'] as const)('AWS-REST-27 %s does not say when to come back', (type) => {
  const names = wording(type).headers.map(([name]) => name.toLowerCase())
  expect(names.filter((name) => name === 'retry-after' || /rate-?limit/.test(name))).toEqual([])
})

test('AWS-REST-31 HEAD gets the same status and headers without a body', async () => {
  const head = await refuse(async () => allow(`${A}/GET/pets/7`), bearer(), {}, 'HEAD /pets/7')
  const get = await refuse(async () => allow([]))
  expect(head.response.status).toBe(get.response.status)
  expect(head.response.headers.map(([name]) => name)).toEqual(get.response.headers.map(([name]) => name))
  const sent = toResponse(head.response, { head: true })
  expect([sent.status, await sent.text()]).toEqual([403, ''])
  expect(sent.headers.get('content-type')).toBe('application/json')
})

test('AWS-REST-51 an invalid result is refused as a whole, with a Deny inside too', async () => {
  const Statement = [{ Effect: 'Deny', Action: '*', Resource: '*' }, { Effect: 'permit' }]
  expect(said(await refuse(async () => ({ principalId: 'u', policyDocument: { Statement } })))).toBe(
    '500 {"message":null}',
  )
})
