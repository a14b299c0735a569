/** Complete REST events and their request context (AWS-EVT-01, 10, 11, 16 to 21, 29). */
import { expect, test } from 'vitest'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock } from '@custom-authorizer/core/testing'
import { gatewayRequest } from '../../../support/request.ts'
import { A, allow, API, bearer, eventFor, tokenBench } from '../harness.ts'

const UUID = expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/) as string
const ID = expect.stringMatching(/^[\da-z]{6}$/) as string

test('AWS-EVT-01 a TOKEN event has exactly three members', async () => {
  const { send, handler } = tokenBench(async () => allow(), { stageVariables: { a: 'b' }, routes: ['/pets/{id}'] })
  await send('GET /pets/7?a=b', bearer('Bearer abc'))
  expect(handler.mock.lastCall?.[0]).toStrictEqual({
    type: 'TOKEN',
    methodArn: 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/GET/pets/7',
    authorizationToken: 'Bearer abc',
  })
})

test('AWS-EVT-10 a REQUEST event has exactly the documented members', async () => {
  const request = gatewayRequest('GET /pets/7?q=1&q=2', {
    headers: [
      ['Authorization', 'Bearer abc'],
      ['Host', 'abcdef123.execute-api.us-east-1.amazonaws.com'],
      ['User-Agent', 'curl/8.5.0'],
      ['X-Amzn-Trace-Id', 'Root=1-65427734-2b31dd1a026c08fe246a86f7'],
    ],
  })
  const api = { ...API, stage: 'test' }
  const event = await eventFor(request, { api, routes: ['/pets/{id}'] })
  expect(event).toStrictEqual({
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/test/GET/pets/7',
    resource: '/pets/{id}',
    path: '/pets/7',
    httpMethod: 'GET',
    headers: {
      Authorization: 'Bearer abc',
      Host: 'abcdef123.execute-api.us-east-1.amazonaws.com',
      'User-Agent': 'curl/8.5.0',
      'X-Amzn-Trace-Id': 'Root=1-65427734-2b31dd1a026c08fe246a86f7',
      'X-Forwarded-For': '203.0.113.9',
      'X-Forwarded-Port': '443',
      'X-Forwarded-Proto': 'https',
    },
    multiValueHeaders: {
      Authorization: ['Bearer abc'],
      Host: ['abcdef123.execute-api.us-east-1.amazonaws.com'],
      'User-Agent': ['curl/8.5.0'],
      'X-Amzn-Trace-Id': ['Root=1-65427734-2b31dd1a026c08fe246a86f7'],
      'X-Forwarded-For': ['203.0.113.9'],
      'X-Forwarded-Port': ['443'],
      'X-Forwarded-Proto': ['https'],
    },
    queryStringParameters: { q: '2' },
    multiValueQueryStringParameters: { q: ['1', '2'] },
    pathParameters: { id: '7' },
    stageVariables: {},
    requestContext: {
      resourceId: ID,
      resourcePath: '/pets/{id}',
      httpMethod: 'GET',
      extendedRequestId: expect.stringMatching(/^[\w+/-]{10,20}={1,2}$/) as string,
      requestTime: '01/Jan/2030:12:00:00 +0000',
      path: '/test/pets/7',
      accountId: '123456789012',
      protocol: 'HTTP/1.1',
      stage: 'test',
      domainPrefix: 'abcdef123',
      requestTimeEpoch: Date.UTC(2030, 0, 1, 12),
      requestId: UUID,
      identity: {
        cognitoIdentityPoolId: null,
        accountId: null,
        cognitoIdentityId: null,
        caller: null,
        sourceIp: '203.0.113.9',
        principalOrgId: null,
        accessKey: null,
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        userArn: null,
        userAgent: 'curl/8.5.0',
        user: null,
      },
      domainName: 'abcdef123.execute-api.us-east-1.amazonaws.com',
      deploymentId: ID,
      apiId: 'abcdef123',
    },
  })
})

test('AWS-EVT-11 empty maps are empty objects', async () => {
  const event = await eventFor(gatewayRequest('GET /pets'), { api: API, routes: ['/pets'] })
  expect(event).toMatchObject({
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    pathParameters: {},
    stageVariables: {},
  })
})

test('AWS-EVT-11 stageVariables are the configured stage variables', async () => {
  const stageVariables = { backend: 'https://b.example.com', __proto: 'x', toString: '' }
  const event = await eventFor(gatewayRequest('GET /'), { api: API, stageVariables })
  expect(event.stageVariables).toStrictEqual({ backend: 'https://b.example.com', __proto: 'x', toString: '' })
})

test.each([
  [0, '01/Jan/1970:00:00:00 +0000'],
  [Date.UTC(2025, 0, 2, 10, 11, 12, 123), '02/Jan/2025:10:11:12 +0000'],
  [Date.UTC(2024, 1, 29, 23, 59, 59, 999), '29/Feb/2024:23:59:59 +0000'],
  [Date.UTC(2026, 11, 31, 0, 0, 1), '31/Dec/2026:00:00:01 +0000'],
])('AWS-EVT-16 the request time %d is formatted as %s', (now, requestTime) => {
  const contract = aws.request({ authorizerResultTtlInSeconds: 0 })
  const clock = fakeClock(now)
  const invocation = {
    identity: [],
    signal: new AbortController().signal,
    remainingMs: () => 0,
    clock,
    warn: () => {},
    note: () => {},
  }
  expect(contract.toEvent(gatewayRequest(), invocation)).toMatchObject({
    requestContext: { requestTime, requestTimeEpoch: now },
  })
})

test('AWS-EVT-16 request IDs differ between requests, resource and deployment IDs do not', async () => {
  const first = (await eventFor(gatewayRequest('GET /a'), { api: API })).requestContext
  const second = (await eventFor(gatewayRequest('GET /a'), { api: API })).requestContext
  expect(second.requestId).not.toBe(first.requestId)
  expect(second.extendedRequestId).not.toBe(first.extendedRequestId)
  expect(second.resourceId).toBe(first.resourceId)
  expect(second.deploymentId).toBe(first.deploymentId)
})

test.each(['1.0', '1.1', '2.0'])('AWS-EVT-16 protocol is HTTP/1.1 for a client of HTTP/%s', async (httpVersion) => {
  expect((await eventFor(gatewayRequest('GET /', { httpVersion }), { api: API })).requestContext.protocol).toBe(
    'HTTP/1.1',
  )
})

test('AWS-EVT-16 the request context has no authorizer', async () => {
  expect(Object.keys((await eventFor(gatewayRequest())).requestContext)).not.toContain('authorizer')
})

test.each<[title: string, api: aws.ApiOptions, line: string, path: string]>([
  ['the default domain', API, 'GET /pets/7', '/prod/pets/7'],
  ['the root', API, 'GET /', '/prod/'],
  ['a trailing slash', API, 'GET /pets/', '/prod/pets/'],
  [
    'a custom domain with a base path',
    { ...API, domainName: 'api.example.com', basePath: 'v1' },
    'GET /v1/pets',
    '/v1/pets',
  ],
  ['a custom domain without a base path', { ...API, domainName: 'api.example.com' }, 'GET /pets', '/pets'],
])('AWS-EVT-17 requestContext.path includes stage or base path on %s', async (_, api, line, path) => {
  expect((await eventFor(gatewayRequest(line), { api })).requestContext.path).toBe(path)
})

test('AWS-EVT-16 a custom domain sets domainName and domainPrefix', async () => {
  const api = { ...API, domainName: 'shop.example.com', basePath: 'v1' }
  expect((await eventFor(gatewayRequest('GET /v1/a'), { api })).requestContext).toMatchObject({
    domainName: 'shop.example.com',
    domainPrefix: 'shop',
  })
})

test('AWS-EVT-19 AWS-EVT-20 identity has no apiKey, apiKeyId or clientCert without a usage plan or mutual TLS', async () => {
  const request = gatewayRequest('GET /', { headers: { 'x-api-key': 'k' } })
  const identity = Object.keys((await eventFor(request)).requestContext.identity)
  for (const member of ['apiKey', 'apiKeyId', 'clientCert']) expect(identity).not.toContain(member)
})

test('AWS-EVT-18 identity members that do not apply are null', async () => {
  const { sourceIp, userAgent, ...others } = (await eventFor(gatewayRequest(), { api: API })).requestContext.identity
  expect([sourceIp, userAgent]).toEqual(['203.0.113.9', null])
  const names =
    'accessKey accountId caller cognitoAuthenticationProvider cognitoAuthenticationType cognitoIdentityId cognitoIdentityPoolId principalOrgId user userArn'
  expect(others).toStrictEqual(Object.fromEntries(names.split(' ').map((name) => [name, null])))
})

test('AWS-EVT-21 userAgent is null if the client does not send one', async () => {
  expect((await eventFor(gatewayRequest())).requestContext.identity.userAgent).toBeNull()
})

test('AWS-EVT-29 resource is the route template, path includes the base path of a custom domain', async () => {
  const api = { ...API, basePath: 'delivery' }
  const event = await eventFor(gatewayRequest('POST /delivery/attachments'), { api, routes: ['/attachments'] })
  expect(event).toMatchObject({
    methodArn: `${A}/POST/attachments`,
    path: '/delivery/attachments',
    resource: '/attachments',
    requestContext: { resourcePath: '/attachments' },
  })
})
