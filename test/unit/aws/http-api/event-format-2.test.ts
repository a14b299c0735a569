/** Complete events of payload format 2.0 and their members (AWS-EVT-40 to AWS-EVT-49). */
import { expect, test } from 'vitest'
import type { RequestParts } from '../../../support/request.ts'
import { A, API, event2 } from './harness.ts'

const HOST = 'abcdef123.execute-api.us-east-1.amazonaws.com'
const SENT: RequestParts = {
  headers: [
    ['Authorization', 'Bearer abc'],
    ['Host', HOST],
    ['User-Agent', 'curl/8.5.0'],
    ['X-Amzn-Trace-Id', 'Root=1-65427734-2b31dd1a026c08fe246a86f7'],
    ['Cookie', 'a=1; b=2'],
  ],
}
const DEV = { api: { ...API, stage: 'dev' } }
const REQUEST_ID = expect.stringMatching(/^[\w+/]{15}=$/) as string

test('AWS-EVT-40 AWS-EVT-44 a format 2.0 event has exactly the documented members', async () => {
  const options = { ...DEV, identitySource: '$request.header.Authorization', routes: ['GET /pets/{id}'] }
  expect(await event2('GET /pets/7?q=1&q=2', SENT, options)).toStrictEqual({
    version: '2.0',
    type: 'REQUEST',
    routeArn: 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/dev/GET/pets/7',
    identitySource: ['Bearer abc'],
    routeKey: 'GET /pets/{id}',
    rawPath: '/dev/pets/7',
    rawQueryString: 'q=1&q=2',
    cookies: ['a=1', 'b=2'],
    headers: {
      authorization: 'Bearer abc',
      'content-length': '0',
      host: HOST,
      'user-agent': 'curl/8.5.0',
      'x-amzn-trace-id': 'Root=1-65427734-2b31dd1a026c08fe246a86f7',
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    queryStringParameters: { q: '1,2' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef123',
      domainName: HOST,
      domainPrefix: 'abcdef123',
      http: {
        method: 'GET',
        path: '/dev/pets/7',
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.9',
        userAgent: 'curl/8.5.0',
      },
      requestId: REQUEST_ID,
      routeKey: 'GET /pets/{id}',
      stage: 'dev',
      time: '01/Jan/2030:12:00:00 +0000',
      timeEpoch: Date.UTC(2030, 0, 1, 12),
    },
    pathParameters: { id: '7' },
  })
})

test('AWS-EVT-47 AWS-EVT-49 absent members of a format 2.0 event are omitted, except for a null identitySource', async () => {
  const request = { headers: [['Host', HOST]], peer: undefined } as const
  expect(await event2('GET /', request)).toStrictEqual({
    version: '2.0',
    type: 'REQUEST',
    routeArn: `${A}/GET/`,
    identitySource: null,
    routeKey: '$default',
    rawPath: '/prod/',
    rawQueryString: '',
    headers: {
      'content-length': '0',
      host: HOST,
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[\da-f]{8}-[\da-f]{24}$/) as string,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef123',
      domainName: HOST,
      domainPrefix: 'abcdef123',
      http: { method: 'GET', path: '/prod/', protocol: 'HTTP/1.1', sourceIp: '', userAgent: '' },
      requestId: REQUEST_ID,
      routeKey: '$default',
      stage: 'prod',
      time: '01/Jan/2030:12:00:00 +0000',
      timeEpoch: Date.UTC(2030, 0, 1, 12),
    },
  })
})

test('AWS-EVT-40 the event of a request with a body contains no body', async () => {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': '2' }
  const event = await event2('POST /pets', { headers })
  expect(Object.keys(event).filter((name) => /body|multi|base64/i.test(name))).toEqual([])
  expect(event.headers).toMatchObject({ 'content-length': '2', 'content-type': 'application/json' })
})

test('AWS-EVT-47 stageVariables are the configured stage variables', async () => {
  const stageVariables = { backend: 'https://b.example.com', toString: '' }
  const event = await event2('GET /', {}, { stageVariables })
  expect(event.stageVariables).toStrictEqual(stageVariables)
})

type Headers = readonly (readonly [name: string, value: string])[]
const HEADERS: readonly [rule: string, title: string, sent: Headers, seen: Record<string, string | undefined>][] = [
  [
    'AWS-EVT-41',
    'header names are lower case',
    [['X-My-HEADER', 'A']],
    { 'x-my-header': 'A', 'X-My-HEADER': undefined },
  ],
  [
    'AWS-GOT-17',
    'repeated headers are joined by a comma without a space',
    [
      ['X-A', '1'],
      ['x-a', '2'],
      ['X-a', '3, 4'],
    ],
    { 'x-a': '1,2,3, 4' },
  ],
  [
    'AWS-GOT-17',
    'empty header values are preserved',
    [
      ['X-A', ''],
      ['X-A', 'b'],
    ],
    { 'x-a': ',b' },
  ],
  ['AWS-EVT-43', 'a request without a body has the content length 0', [], { 'content-length': '0' }],
  ['AWS-EVT-42', 'the Cookie header is omitted', [['Cookie', 'a=1']], { cookie: undefined }],
  [
    'AWS-GOT-34',
    'the peer address is appended to X-Forwarded-For',
    [['X-Forwarded-For', '198.51.100.1']],
    { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' },
  ],
  ['SEC-29', 'a header named constructor is an ordinary member', [['constructor', 'x']], { constructor: 'x' }],
]

test.each(HEADERS)('%s in format 2.0 %s', async (_, _title, headers, seen) => {
  const event = await event2('GET /', { headers })
  for (const [name, value] of Object.entries(seen))
    expect(Object.hasOwn(event.headers ?? {}, name) ? event.headers?.[name] : undefined, name).toBe(value)
})

test('SEC-29 a header named __proto__ is an ordinary member', async () => {
  const { headers = {} } = await event2('GET /', { headers: [['__proto__', 'x']] })
  expect(Object.getOwnPropertyDescriptor(headers, '__proto__')?.value).toBe('x')
})

const COOKIES: readonly [title: string, lines: readonly string[], cookies: readonly string[] | undefined][] = [
  ['one cookie', ['a=1'], ['a=1']],
  ['several cookies', ['a=1; b=2;c=3'], ['a=1', 'b=2', 'c=3']],
  ['several Cookie headers', ['a=1', 'b=2; c=3'], ['a=1', 'b=2', 'c=3']],
  ['a repeated cookie name', ['a=1; a=2'], ['a=1', 'a=2']],
  ['cookie values with equals signs, quotes and commas', ['t="x=y"; u=1,2'], ['t="x=y"', 'u=1,2']],
  ['a cookie without a value', ['a'], ['a']],
  ['empty cookies', ['a=1;; b=2;'], ['a=1', 'b=2']],
  ['no Cookie header', [], undefined],
]

test.each(COOKIES)('AWS-EVT-42 cookies are split into a list: %s', async (_, lines, cookies) => {
  const event = await event2('GET /', { headers: lines.map((line) => ['Cookie', line] as const) })
  expect(event.cookies).toEqual(cookies)
  expect('cookies' in event).toBe(cookies !== undefined)
})
