/** Complete events of payload format 1.0 and their members (AWS-EVT-60 to AWS-EVT-66). */
import { expect, test } from 'vitest'
import { API, event1 } from './harness.ts'

const HOST = 'abcdef123.execute-api.us-east-1.amazonaws.com'
const REQUEST_ID = expect.stringMatching(/^[\w+/]{15}=$/) as string
const DEV = { api: { ...API, stage: 'dev' } }
const NULL_IDENTITY = {
  accessKey: null,
  accountId: null,
  caller: null,
  cognitoAmr: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
}

test('AWS-EVT-60 AWS-EVT-63 AWS-EVT-64 a format 1.0 event has exactly the documented members', async () => {
  const options = {
    ...DEV,
    identitySource: ['$request.header.Authorization', '$request.querystring.q'],
    routes: ['GET /pets/{id}'],
    stageVariables: { color: 'blue' },
  }
  const headers = [
    ['authorization', 'Bearer abc'],
    ['host', HOST],
    ['user-agent', 'curl/8.5.0'],
    ['x-amzn-trace-id', 'Root=1-65427734-2b31dd1a026c08fe246a86f7'],
    ['Cookie', 'a=1; b=2'],
    ['accept', '*/*'],
  ] as const
  const event = await event1('GET /pets/7?q=1', { headers }, options)
  expect(event).toStrictEqual({
    version: '1.0',
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/dev/GET/pets/7',
    identitySource: 'Bearer abc,1',
    authorizationToken: 'Bearer abc,1',
    resource: '/pets/{id}',
    path: '/dev/pets/7',
    httpMethod: 'GET',
    headers: {
      authorization: 'Bearer abc',
      'Content-Length': '0',
      Host: HOST,
      'User-Agent': 'curl/8.5.0',
      'X-Amzn-Trace-Id': 'Root=1-65427734-2b31dd1a026c08fe246a86f7',
      'X-Forwarded-For': '203.0.113.9',
      'X-Forwarded-Port': '443',
      'X-Forwarded-Proto': 'https',
      Cookie: 'a=1; b=2',
      accept: '*/*',
    },
    multiValueHeaders: {
      authorization: ['Bearer abc'],
      'Content-Length': ['0'],
      Host: [HOST],
      'User-Agent': ['curl/8.5.0'],
      'X-Amzn-Trace-Id': ['Root=1-65427734-2b31dd1a026c08fe246a86f7'],
      'X-Forwarded-For': ['203.0.113.9'],
      'X-Forwarded-Port': ['443'],
      'X-Forwarded-Proto': ['https'],
      Cookie: ['a=1; b=2'],
      accept: ['*/*'],
    },
    queryStringParameters: { q: '1' },
    multiValueQueryStringParameters: { q: ['1'] },
    pathParameters: { id: '7' },
    stageVariables: { color: 'blue' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef123',
      domainName: HOST,
      domainPrefix: 'abcdef123',
      extendedRequestId: REQUEST_ID,
      httpMethod: 'GET',
      identity: { ...NULL_IDENTITY, sourceIp: '203.0.113.9', userAgent: 'curl/8.5.0' },
      path: '/dev/pets/7',
      protocol: 'HTTP/1.1',
      requestId: REQUEST_ID,
      requestTime: '01/Jan/2030:12:00:00 +0000',
      requestTimeEpoch: Date.UTC(2030, 0, 1, 12),
      resourceId: 'GET /pets/{id}',
      resourcePath: '/pets/{id}',
      stage: 'dev',
    },
  })
  expect(event.requestContext.extendedRequestId).toBe(event.requestContext.requestId)
})

test('AWS-EVT-60 absent members of a format 1.0 event are empty', async () => {
  const event = await event1('GET /')
  expect(event).toMatchObject({
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    pathParameters: {},
    stageVariables: {},
    identitySource: '',
    requestContext: { identity: { userAgent: null } },
  })
  expect(event).not.toHaveProperty('body')
  expect(event).not.toHaveProperty('cookies')
})

test('AWS-EVT-61 authorizationToken and identitySource are the identity value', async () => {
  const options = { identitySource: '$request.header.X-Token' }
  const event = await event1('GET /', { headers: { 'X-Token': 'Bearer abc' } }, options)
  expect([event.type, event.authorizationToken, event.identitySource]).toEqual(['REQUEST', 'Bearer abc', 'Bearer abc'])
})

const WELL_KNOWN = [
  ['content-length', 'Content-Length'],
  ['CONTENT-TYPE', 'Content-Type'],
  ['hOst', 'Host'],
  ['user-agent', 'User-Agent'],
  ['x-amzn-trace-id', 'X-Amzn-Trace-Id'],
  ['x-forwarded-for', 'X-Forwarded-For'],
  ['x-forwarded-port', 'X-Forwarded-Port'],
  ['x-forwarded-proto', 'X-Forwarded-Proto'],
] as const

test.each(WELL_KNOWN)('AWS-EVT-65 a header sent as %s is named %s', async (sent, seen) => {
  const { headers, multiValueHeaders } = await event1('GET /', { headers: [[sent, '1.example.com']] })
  const spelled = (map: object) => Object.keys(map).filter((name) => name.toLowerCase() === sent.toLowerCase())
  expect(spelled(headers)).toEqual([seen])
  expect(spelled(multiValueHeaders)).toEqual([seen])
})

test.each(['accept', 'Accept', 'AUTHORIZATION', 'authorization', 'x-MY-header', 'cookie'])(
  'AWS-EVT-65 a header sent as %s keeps its name',
  async (name) => {
    const { headers, multiValueHeaders } = await event1('GET /', { headers: [[name, 'x']] })
    expect(headers[name]).toBe('x')
    expect(multiValueHeaders[name]).toEqual(['x'])
  },
)

test('AWS-EVT-66 for repeated headers, headers has the last value and multiValueHeaders has all', async () => {
  const headers = [
    ['X-A', '1'],
    ['x-a', '2'],
    ['X-A', '3'],
  ] as const
  const event = await event1('GET /', { headers })
  expect(event.headers['X-A']).toBe('3')
  expect(event.multiValueHeaders['X-A']).toEqual(['1', '2', '3'])
})
