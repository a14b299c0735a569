/** Behaviour where the documentation, the service and its emulators disagree (AWS-GOT). */
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import * as aws from '@custom-authorizer/core/aws'
import { toGatewayRequest } from '@custom-authorizer/core/node'
import { expect, test } from 'vitest'
import { gatewayRequest, type RequestParts } from '../../../support/request.ts'
import {
  A,
  allow,
  ALLOWED,
  bearer,
  deny,
  eventFor,
  EXPLICIT_DENY,
  type Handler,
  headerOf,
  IMPLICIT_DENY,
  MISCONFIGURED,
  requestBench,
  raise,
  tokenBench,
  UNAUTHORIZED,
} from '../harness.ts'

type TokenHandler = Handler<aws.TokenEvent>

const statement = (Effect: string, Resource: string, members: object = {}): object => ({
  Effect,
  Action: 'execute-api:Invoke',
  Resource,
  ...members,
})
const policy = (...Statement: object[]): object => ({ principalId: 'u', policyDocument: { Statement } })
const withoutPrincipal = { policyDocument: { Statement: [statement('Allow', '*')] } }
const LEGACY = '403 {"Message":"User is not authorized to access this resource with an explicit deny"}'

const rows: [rule: string, title: string, handler: TokenHandler, expected: string, options?: aws.TokenOptions][] = [
  ['AWS-GOT-01', 'the explicit deny message is the current one', async () => deny(), EXPLICIT_DENY],
  [
    'AWS-GOT-01',
    'explicitDenyText: "legacy" selects the older explicit deny message',
    async () => deny(),
    LEGACY,
    { compatibility: { explicitDenyText: 'legacy' } },
  ],
  ['AWS-GOT-02', 'a result without principalId is rejected', async () => withoutPrincipal, MISCONFIGURED],
  [
    'AWS-GOT-02',
    'missingPrincipalId: "accept" accepts a result without principalId',
    async () => withoutPrincipal,
    ALLOWED,
    { compatibility: { missingPrincipalId: 'accept' } },
  ],
  ['AWS-GOT-04', 'a denial that is not customized has a capital Message', async () => allow([]), IMPLICIT_DENY],
  [
    'AWS-GOT-04',
    'a customized denial has a lower-case message',
    async () => allow([]),
    '403 {"message":"User is not authorized to access this resource"}',
    { gatewayResponses: { ACCESS_DENIED: {} } },
  ],
  ['AWS-GOT-05', 'an invalid result has the message null', async () => ({}), MISCONFIGURED],
  [
    'AWS-GOT-06',
    'a failing authorizer gives AUTHORIZER_CONFIGURATION_ERROR, not INTEGRATION_FAILURE',
    async () => raise(new Error('x')),
    MISCONFIGURED,
  ],
  [
    'AWS-GOT-10',
    'a Deny on * overrides every Allow',
    async () => policy(statement('Allow', '*'), statement('Deny', '*')),
    EXPLICIT_DENY,
  ],
  [
    'AWS-GOT-11',
    'the action may be in lower case',
    async () => policy(statement('Allow', '*', { Action: 'execute-api:invoke' })),
    ALLOWED,
  ],
  ['AWS-GOT-11', 'the method of a resource is case-sensitive', async () => allow(`${A}/get/pets/7`), IMPLICIT_DENY],
  [
    'AWS-GOT-12',
    'an array in the context is rejected',
    async () => allow('*', { context: { groups: ['a'] } }),
    MISCONFIGURED,
  ],
  [
    'AWS-GOT-14',
    'a null Condition is rejected',
    async () => policy(statement('Allow', '*', { Condition: null })),
    MISCONFIGURED,
  ],
  ['AWS-GOT-19', 'a resource ending in /GET/* covers deeper paths', async () => allow(`${A}/GET/*`), ALLOWED],
  [
    'AWS-GOT-19',
    'a resource ending in /GET/pets/7/* does not cover /GET/pets/7',
    async () => allow(`${A}/GET/pets/7/*`),
    IMPLICIT_DENY,
  ],
  [
    'AWS-GOT-30',
    'a returned error response is rejected',
    async () => ({ statusCode: 401, body: 'Unauthorized' }),
    MISCONFIGURED,
  ],
  [
    'AWS-GOT-32',
    'an error other than Unauthorized gives 500',
    async () => raise(new Error('jwt expired')),
    MISCONFIGURED,
  ],
  ['AWS-GOT-32', 'Unauthorized is case-sensitive', async () => raise(new Error('unauthorized')), MISCONFIGURED],
  [
    'AWS-GOT-32',
    'a Deny overrides a later Allow',
    async () => policy(statement('Deny', '*'), statement('Allow', '*')),
    EXPLICIT_DENY,
  ],
  [
    'AWS-GOT-32',
    'an object in the context is rejected, not dropped',
    async () => allow('*', { context: { user: { id: 1 } } }),
    MISCONFIGURED,
  ],
  [
    'AWS-GOT-32',
    'isAuthorized: true is rejected as a REST result',
    async () => ({ isAuthorized: true }),
    MISCONFIGURED,
  ],
]
test.each(rows)('%s %s', async (_rule, _title, handler, expected, options = {}) => {
  expect(await tokenBench(handler, options).send('GET /pets/7', bearer())).toBe(expected)
})

test('AWS-GOT-07 a missing token calls no function, and a gateway response can change the response', async () => {
  const gatewayResponses = {
    UNAUTHORIZED: { statusCode: 403, responseTemplates: { 'application/json': '{"login":1}' } },
  }
  const plain = tokenBench(async () => allow())
  const customized = tokenBench(async () => allow(), { gatewayResponses })
  expect([await plain.send('GET /'), await customized.send('GET /')]).toEqual([UNAUTHORIZED, '403 {"login":1}'])
  expect([plain.handler.mock.calls, customized.handler.mock.calls, plain.log, customized.log]).toEqual([[], [], [], []])
})

test('AWS-GOT-08 two identity sources are both required', async () => {
  const identitySource = 'method.request.header.Authorization,method.request.querystring.token'
  const cached = requestBench(async () => allow(), { identitySource, authorizerResultTtlInSeconds: 300 })
  expect([await cached.send('GET /?token=x'), await cached.send('GET /', bearer())]).toEqual([
    UNAUTHORIZED,
    UNAUTHORIZED,
  ])
  const alternatives = requestBench(async ({ headers, queryStringParameters: query }) =>
    headers['Authorization'] === undefined && query['token'] === undefined ? raise('Unauthorized') : allow(),
  )
  const outcomes = [
    await alternatives.send('GET /?token=x'),
    await alternatives.send('GET /', bearer()),
    await alternatives.send('GET /'),
  ]
  expect(outcomes).toEqual([ALLOWED, ALLOWED, UNAUTHORIZED])
})

test('AWS-GOT-09 a cached policy for methodArn denies the next path', async () => {
  const { send } = tokenBench(async ({ methodArn }) => allow(methodArn), { authorizerResultTtlInSeconds: 300 })
  expect([await send('GET /a', bearer()), await send('GET /b', bearer())]).toEqual([ALLOWED, IMPLICIT_DENY])
})

test('AWS-GOT-13 numbers in the context are delivered as strings', async () => {
  const outcome = await tokenBench(async () => allow('*', { context: { n: 1 } })).evaluate('GET /', bearer())
  expect(outcome).toMatchObject({ authorizer: { context: { n: '1' } } })
})

test.each([
  ['Authorization', 'x'],
  ['authorization', undefined],
])('AWS-GOT-15 event.headers.Authorization of a header sent as %s is %s', async (name, found) => {
  const event = await eventFor(gatewayRequest('GET /', { headers: { [name]: 'x' } }))
  expect(event.headers['Authorization']).toBe(found)
})

test('AWS-GOT-16 AWS-GOT-17 events are built from rawHeaders, not from the joined headers of Node.js', async () => {
  const incoming = new IncomingMessage(new Socket())
  Object.assign(incoming, {
    method: 'GET',
    url: '/',
    httpVersion: '1.1',
    rawHeaders: ['Host', 'h', 'X-Api-Key', 'a', 'User-Agent', 'first', 'X-Api-Key', 'b', 'User-Agent', 'second'],
    headers: { host: 'h', 'x-api-key': 'a, b', 'user-agent': 'first' },
  })
  const event = await eventFor(toGatewayRequest(incoming))
  expect(event.headers).toMatchObject({ 'X-Api-Key': 'b', 'User-Agent': 'second' })
  expect(event.multiValueHeaders).toMatchObject({ 'X-Api-Key': ['a', 'b'], 'User-Agent': ['first', 'second'] })
})

test('AWS-GOT-21 denials have CORS headers only with denialCors', async () => {
  const parts: RequestParts = { headers: { Origin: 'https://app.example.com' } }
  const plain = tokenBench(async () => allow())
  expect(headerOf(await plain.evaluate('GET /', parts), 'access-control-allow-origin')).toBeUndefined()
  const withCors = tokenBench(async () => allow(), {}, { denialCors: { allowOrigins: ['https://app.example.com'] } })
  expect(headerOf(await withCors.evaluate('GET /', parts), 'access-control-allow-origin')).toBe(
    'https://app.example.com',
  )
})

test('AWS-GOT-24 usageIdentifierKey inside the context is an ordinary context value', async () => {
  const result = allow('*', { context: { usageIdentifierKey: 'k' } })
  const outcome = await tokenBench(async () => result).evaluate('GET /', bearer())
  expect(outcome).toMatchObject({ authorizer: { context: { usageIdentifierKey: 'k' } } })
})

test('AWS-GOT-25 results are cached for 300 seconds by default', () => {
  expect(aws.token().resultTtlSeconds).toBe(300)
})

test('AWS-GOT-26 a revoked token is accepted until its cached result is removed', async () => {
  let revoked = false
  const { send, authorizer, clock } = tokenBench(async () => (revoked ? raise(new Error('Unauthorized')) : allow()), {
    authorizerResultTtlInSeconds: 300,
  })
  await send('GET /', bearer())
  revoked = true
  clock.advanceSync(299_999)
  expect(await send('GET /', bearer())).toBe(ALLOWED)
  void authorizer.invalidateAll()
  expect(await send('GET /', bearer())).toBe(UNAUTHORIZED)
})

test('AWS-GOT-32 identity sources are required even without caching', async () => {
  expect(await tokenBench(async () => allow(), { authorizerResultTtlInSeconds: 0 }).send('GET /')).toBe(UNAUTHORIZED)
})

test('AWS-GOT-33 every event has a trace ID, which is new for each request', async () => {
  const ids = []
  for (let call = 0; call < 2; call++) ids.push((await eventFor(gatewayRequest())).headers['X-Amzn-Trace-Id'])
  expect(ids[0]).toMatch(/^Root=1-[\da-f]{8}-[\da-f]{24}$/)
  expect(ids[1]).not.toBe(ids[0])
})

const trustedProxies = ['10.0.0.0/8']
test.each<[title: string, parts: RequestParts, sourceIp: string]>([
  ['without a trusted proxy', { peer: '203.0.113.9' }, '203.0.113.9'],
  ['from a trusted proxy', { peer: '10.0.0.1', trustedProxies }, '198.51.100.7'],
  ['from an address that is not trusted', { peer: '192.0.2.1', trustedProxies }, '192.0.2.1'],
])(
  'AWS-GOT-34 sourceIp follows X-Forwarded-For only behind a trusted proxy: request %s',
  async (_, parts, sourceIp) => {
    const request = gatewayRequest('GET /', { ...parts, headers: { 'X-Forwarded-For': '1.2.3.4, 198.51.100.7' } })
    expect((await eventFor(request)).requestContext.identity.sourceIp).toBe(sourceIp)
  },
)

test('AWS-GOT-35 the default API gives a well-formed method ARN', async () => {
  const { methodArn } = await eventFor(gatewayRequest('GET /pets/7'), { api: {} })
  const [region, account, apiId, stage, method, ...path] = methodArn
    .split(':')
    .slice(3)
    .flatMap((each) => each.split('/'))
  expect([region, stage, method, path.join('/')]).toEqual(['us-east-1', 'prod', 'GET', 'pets/7'])
  expect(account).toMatch(/^\d{12}$/)
  expect(apiId).toMatch(/^[a-z\d]{10}$/)
})

test('AWS-GOT-36 a function that throws on a character of the path gives 500', async () => {
  const { send } = tokenBench(async ({ methodArn }) =>
    /^[/.a-zA-Z0-9-*]+$/.test(methodArn.split('/').slice(3).join('/'))
      ? allow(methodArn)
      : raise(new Error('Invalid resource path')),
  )
  expect([await send('GET /pets/a-b', bearer()), await send('GET /pets/a~b', bearer())]).toEqual([
    ALLOWED,
    MISCONFIGURED,
  ])
})
