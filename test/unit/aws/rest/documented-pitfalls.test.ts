/** Where the documentation, the service and its emulators disagree (AWS-GOT). */
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
  thrown,
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
  ['AWS-GOT-01', 'the text of the explicit deny is the current one', async () => deny(), EXPLICIT_DENY],
  [
    'AWS-GOT-01',
    'and the older one by a switch',
    async () => deny(),
    LEGACY,
    { compatibility: { explicitDenyText: 'legacy' } },
  ],
  ['AWS-GOT-02', 'principalId is needed', async () => withoutPrincipal, MISCONFIGURED],
  [
    'AWS-GOT-02',
    'and not by a switch',
    async () => withoutPrincipal,
    ALLOWED,
    { compatibility: { missingPrincipalId: 'accept' } },
  ],
  ['AWS-GOT-04', 'Message with a capital is for denials', async () => allow([]), IMPLICIT_DENY],
  [
    'AWS-GOT-04',
    'that nothing customizes',
    async () => allow([]),
    '403 {"message":"User is not authorized to access this resource"}',
    { gatewayResponses: { ACCESS_DENIED: {} } },
  ],
  ['AWS-GOT-05', 'every misconfiguration reads null', async () => ({}), MISCONFIGURED],
  ['AWS-GOT-06', 'a failing authorizer is no failing integration', async () => thrown(new Error('x')), MISCONFIGURED],
  [
    'AWS-GOT-10',
    'a Deny * for safety beats every Allow',
    async () => policy(statement('Allow', '*'), statement('Deny', '*')),
    EXPLICIT_DENY,
  ],
  [
    'AWS-GOT-11',
    'the action may be in lower case',
    async () => policy(statement('Allow', '*', { Action: 'execute-api:invoke' })),
    ALLOWED,
  ],
  ['AWS-GOT-11', 'the verb of a resource may not', async () => allow(`${A}/get/pets/7`), IMPLICIT_DENY],
  ['AWS-GOT-12', 'an array in the context', async () => allow('*', { context: { groups: ['a'] } }), MISCONFIGURED],
  [
    'AWS-GOT-14',
    'null in place of a condition',
    async () => policy(statement('Allow', '*', { Condition: null })),
    MISCONFIGURED,
  ],
  ['AWS-GOT-19', '…/GET/* covers deeper paths', async () => allow(`${A}/GET/*`), ALLOWED],
  ['AWS-GOT-19', '…/GET/pets/7/* does not cover …/GET/pets/7', async () => allow(`${A}/GET/pets/7/*`), IMPLICIT_DENY],
  ['AWS-GOT-30', 'an error that is returned', async () => ({ statusCode: 401, body: 'Unauthorized' }), MISCONFIGURED],
  ['AWS-GOT-32', 'not every error is a 401', async () => thrown(new Error('jwt expired')), MISCONFIGURED],
  ['AWS-GOT-32', 'Unauthorized is compared exactly', async () => thrown(new Error('unauthorized')), MISCONFIGURED],
  [
    'AWS-GOT-32',
    'a Deny beats an Allow after it',
    async () => policy(statement('Deny', '*'), statement('Allow', '*')),
    EXPLICIT_DENY,
  ],
  [
    'AWS-GOT-32',
    'an object in the context is not dropped',
    async () => allow('*', { context: { user: { id: 1 } } }),
    MISCONFIGURED,
  ],
  ['AWS-GOT-32', 'nothing is read as truth', async () => ({ isAuthorized: true }), MISCONFIGURED],
]
test.each(rows.map(([rule, title, handler, expected, options = {}]) => ({ rule, title, handler, expected, options })))(
  '$rule $title',
  async ({ handler, expected, options }) => {
    expect(await tokenBench(handler, options).ask('GET /pets/7', bearer())).toBe(expected)
  },
)

test('AWS-GOT-07 a missing token calls no function, and only a gateway response changes the answer', async () => {
  const gatewayResponses = {
    UNAUTHORIZED: { statusCode: 403, responseTemplates: { 'application/json': '{"login":1}' } },
  }
  const plain = tokenBench(async () => allow())
  const customized = tokenBench(async () => allow(), { gatewayResponses })
  expect([await plain.ask('GET /'), await customized.ask('GET /')]).toEqual([UNAUTHORIZED, '403 {"login":1}'])
  expect([plain.handler.mock.calls, customized.handler.mock.calls, plain.log, customized.log]).toEqual([[], [], [], []])
})

test('AWS-GOT-08 two sources are no alternatives', async () => {
  const identitySource = 'method.request.header.Authorization,method.request.querystring.token'
  const cached = requestBench(async () => allow(), { identitySource, authorizerResultTtlInSeconds: 300 })
  expect([await cached.ask('GET /?token=x'), await cached.ask('GET /', bearer())]).toEqual([UNAUTHORIZED, UNAUTHORIZED])
  const alternatives = requestBench(async ({ headers, queryStringParameters: query }) =>
    headers['Authorization'] === undefined && query['token'] === undefined ? thrown('Unauthorized') : allow(),
  )
  const answers = [
    await alternatives.ask('GET /?token=x'),
    await alternatives.ask('GET /', bearer()),
    await alternatives.ask('GET /'),
  ]
  expect(answers).toEqual([ALLOWED, ALLOWED, UNAUTHORIZED])
})

test('AWS-GOT-09 a kept policy for methodArn refuses the next path', async () => {
  const { ask } = tokenBench(async ({ methodArn }) => allow(methodArn), { authorizerResultTtlInSeconds: 300 })
  expect([await ask('GET /a', bearer()), await ask('GET /b', bearer())]).toEqual([ALLOWED, IMPLICIT_DENY])
})

test('AWS-GOT-13 numbers in the context are text', async () => {
  const outcome = await tokenBench(async () => allow('*', { context: { n: 1 } })).evaluate('GET /', bearer())
  expect(outcome).toMatchObject({ authorizer: { context: { n: '1' } } })
})

test.each([
  ['Authorization', 'x'],
  ['authorization', undefined],
])('AWS-GOT-15 a handler that reads event.headers.Authorization finds %s: %s', async (name, found) => {
  const event = await eventFor(gatewayRequest('GET /', { headers: { [name]: 'x' } }))
  expect(event.headers['Authorization']).toBe(found)
})

test('AWS-GOT-16 AWS-GOT-17 events are built from the header lines, not from what Node.js makes of them', async () => {
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

test('AWS-GOT-21 denials have no CORS headers unless they are asked for', async () => {
  const parts: RequestParts = { headers: { Origin: 'https://app.example.com' } }
  const plain = tokenBench(async () => allow())
  expect(headerOf(await plain.evaluate('GET /', parts), 'access-control-allow-origin')).toBeUndefined()
  const asked = tokenBench(async () => allow(), {}, { denialCors: { allowOrigins: ['https://app.example.com'] } })
  expect(headerOf(await asked.evaluate('GET /', parts), 'access-control-allow-origin')).toBe('https://app.example.com')
})

test('AWS-GOT-24 usageIdentifierKey inside the context is a context value', async () => {
  const answer = allow('*', { context: { usageIdentifierKey: 'k' } })
  const outcome = await tokenBench(async () => answer).evaluate('GET /', bearer())
  expect(outcome).toMatchObject({ authorizer: { context: { usageIdentifierKey: 'k' } } })
})

test('AWS-GOT-25 results are kept for 300 seconds unless told otherwise', () => {
  expect(aws.token().resultTtlSeconds).toBe(300)
})

test('AWS-GOT-26 a token that is revoked stays good until its result is forgotten', async () => {
  let revoked = false
  const { ask, authorizer, clock } = tokenBench(async () => (revoked ? thrown(new Error('Unauthorized')) : allow()), {
    authorizerResultTtlInSeconds: 300,
  })
  await ask('GET /', bearer())
  revoked = true
  clock.advance(299_999)
  expect(await ask('GET /', bearer())).toBe(ALLOWED)
  void authorizer.invalidateAll()
  expect(await ask('GET /', bearer())).toBe(UNAUTHORIZED)
})

test('AWS-GOT-32 identity is checked without caching too', async () => {
  expect(await tokenBench(async () => allow(), { authorizerResultTtlInSeconds: 0 }).ask('GET /')).toBe(UNAUTHORIZED)
})

test('AWS-GOT-33 there is always a trace id, a new one for each request', async () => {
  const ids = []
  for (let call = 0; call < 2; call++) ids.push((await eventFor(gatewayRequest())).headers['X-Amzn-Trace-Id'])
  expect(ids[0]).toMatch(/^Root=1-[\da-f]{8}-[\da-f]{24}$/)
  expect(ids[1]).not.toBe(ids[0])
})

const trustedProxies = ['10.0.0.0/8']
test.each<[title: string, parts: RequestParts, sourceIp: string]>([
  ['from nobody', { peer: '203.0.113.9' }, '203.0.113.9'],
  ['from a listed proxy', { peer: '10.0.0.1', trustedProxies }, '198.51.100.7'],
  ['from an address that is not listed', { peer: '192.0.2.1', trustedProxies }, '192.0.2.1'],
])('AWS-GOT-34 X-Forwarded-For is believed %s', async (_, parts, sourceIp) => {
  const request = gatewayRequest('GET /', { ...parts, headers: { 'X-Forwarded-For': '1.2.3.4, 198.51.100.7' } })
  expect((await eventFor(request)).requestContext.identity.sourceIp).toBe(sourceIp)
})

test('AWS-GOT-35 an ARN has well-formed parts without any configuration', async () => {
  const { methodArn } = await eventFor(gatewayRequest('GET /pets/7'), { api: {} })
  const [region, account, apiId, stage, method, ...path] = methodArn
    .split(':')
    .slice(3)
    .flatMap((each) => each.split('/'))
  expect([region, stage, method, path.join('/')]).toEqual(['us-east-1', 'prod', 'GET', 'pets/7'])
  expect(account).toMatch(/^\d{12}$/)
  expect(apiId).toMatch(/^[a-z\d]{10}$/)
})

test('AWS-GOT-36 a function that throws on a character in the path gives 500', async () => {
  const { ask } = tokenBench(async ({ methodArn }) =>
    /^[/.a-zA-Z0-9-*]+$/.test(methodArn.split('/').slice(3).join('/'))
      ? allow(methodArn)
      : thrown(new Error('Invalid resource path')),
  )
  expect([await ask('GET /pets/a-b', bearer()), await ask('GET /pets/a~b', bearer())]).toEqual([ALLOWED, MISCONFIGURED])
})
