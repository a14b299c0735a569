/** The response to a handshake for every result of the function (AWS-WS-01 to 09, AWS-OUT-50, SEC-110). */
import { expect, test } from 'vitest'
import type * as aws from '@custom-authorizer/core/aws'
import { sendRequest } from '../../support/raw-client.ts'
import {
  allow,
  CONNECT,
  deny,
  EXPLICIT_DENY,
  FAILED,
  IMPLICIT_DENY,
  type ConnectOptions,
  startGuardedServer,
  resultText,
  tryConnect,
  UNAUTHORIZED,
} from './harness.ts'

const fail = (error: unknown) => async () => {
  throw error
}

type Row = readonly [rule: string, title: string, handler: () => unknown, response: string]
const ROWS: readonly Row[] = [
  ['AWS-WS-08', 'an Allow on $connect', async () => allow(CONNECT), '101'],
  ['AWS-WS-08', 'an Allow on the stage', async () => allow(CONNECT.replace('$connect', '*')), '101'],
  ['AWS-WS-08', 'an Allow on everything', async () => allow('*'), '101'],
  ['AWS-WS-02', 'a thrown Unauthorized', fail(new Error('Unauthorized')), UNAUTHORIZED],
  ['AWS-WS-02', 'Unauthorized as text', fail('Unauthorized'), UNAUTHORIZED],
  ['AWS-WS-05', 'unauthorized in lower case', fail(new Error('unauthorized')), FAILED],
  ['AWS-WS-05', 'another error', fail(new Error('x')), FAILED],
  ['AWS-WS-03', 'an Allow on another stage', async () => allow(CONNECT.replace('prod', 'dev')), IMPLICIT_DENY],
  ['AWS-WSX-02', 'an Allow on another route', async () => allow(CONNECT.replace('$connect', 'send')), IMPLICIT_DENY],
  ['AWS-WSX-02', 'an Allow as on REST', async () => allow(CONNECT.replace('$connect', 'GET/chat')), IMPLICIT_DENY],
  [
    'AWS-WSX-02',
    'an Allow in another letter case',
    async () => allow(CONNECT.replace('$connect', '$CONNECT')),
    IMPLICIT_DENY,
  ],
  ['AWS-WS-04', 'a Deny', async () => deny(), EXPLICIT_DENY],
  ['AWS-WS-05', 'no result', async () => undefined, FAILED],
  ['AWS-WS-05', 'null', async () => null, FAILED],
  ['AWS-WS-05', 'a simple response', async () => ({ isAuthorized: true }), FAILED],
  ['AWS-WS-05', 'a status', async () => ({ statusCode: 200 }), FAILED],
  ['AWS-OUT-08', 'an unknown member', async () => allow('*', { foo: 1 }), FAILED],
  ['AWS-OUT-04', 'no principal', async () => allow('*', { principalId: undefined }), FAILED],
  ['AWS-OUT-12', 'an object in the context', async () => allow('*', { context: { a: {} } }), FAILED],
  ['AWS-OUT-27', 'Condition null', async () => policyWith({ Condition: null }), FAILED],
  ['AWS-OUT-29', 'a Principal', async () => policyWith({ Principal: '*' }), FAILED],
]

const policyWith = (members: object): object => ({
  principalId: 'u',
  policyDocument: { Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*', ...members }] },
})

const CASES = ROWS.map(([rule, title, handler, response]) => [rule, title, response, handler] as const)

test.each(CASES)('%s a handshake after %s gets %s', async (_, _title, expected, handler) => {
  const service = await startGuardedServer(handler)
  const response = await tryConnect(service)
  expect(resultText(response)).toBe(expected)
  expect(service.events).toHaveLength(1)
  expect(service.admitted).toHaveLength(expected === '101' ? 1 : 0)
  expect(service.sockets[0]?.destroyed).toBe(expected !== '101')
})

test.each(ROWS.filter(([, , , expected]) => expected !== '101').slice(0, 6))(
  '%s SEC-103 SEC-110 a denial after %s has its headers and closes the connection',
  async (_, _title, handler) => {
    const response = await tryConnect(await startGuardedServer(handler))
    expect(response.header('Content-Type')).toBe('application/json')
    expect(response.header('Content-Length')).toBe(String(response.bytes.length))
    expect(response.header('Connection')).toBe('close')
    expect(response.header('Cache-Control')).toBe('no-store')
    expect(response.values('Upgrade')).toEqual([])
    expect(response.reason).toBe(
      { 401: 'Unauthorized', 403: 'Forbidden', 500: 'Internal Server Error' }[response.status],
    )
  },
)

const IDENTITY: readonly [rule: string, title: string, source: string, request: ConnectOptions, response: string][] = [
  ['AWS-WS-01 AWS-ID-07', 'no header', 'route.request.header.Authorization', {}, UNAUTHORIZED],
  [
    'AWS-WS-01 AWS-ID-07',
    'an empty header',
    'route.request.header.Authorization',
    { headers: [['Authorization', '']] },
    UNAUTHORIZED,
  ],
  ['AWS-ID-07', 'a header', 'route.request.header.Authorization', { headers: [['authorization', 'x']] }, '101'],
  ['AWS-WS-01 AWS-ID-07', 'no parameter', 'route.request.querystring.token', {}, UNAUTHORIZED],
  [
    'AWS-WS-01 AWS-ID-07',
    'an empty parameter',
    'route.request.querystring.token',
    { target: '/?token=' },
    UNAUTHORIZED,
  ],
  [
    'AWS-WS-01 AWS-ID-07',
    'a parameter in another letter case',
    'route.request.querystring.token',
    { target: '/?Token=x' },
    UNAUTHORIZED,
  ],
  ['AWS-WSX-03', 'a parameter', 'route.request.querystring.token', { target: '/?token=x' }, '101'],
  [
    'AWS-WSX-03',
    'a subprotocol, the only header that a browser can set',
    'route.request.header.Sec-WebSocket-Protocol',
    { headers: [['Sec-WebSocket-Protocol', 'token.x']] },
    '101',
  ],
  ['AWS-WSX-03', 'a stage variable', 'stageVariables.tenant', {}, '101'],
  ['AWS-WSX-03', 'no such stage variable', 'stageVariables.other', {}, UNAUTHORIZED],
  ['AWS-WSX-03', 'a context variable', 'context.identity.sourceIp', {}, '101'],
  ['AWS-WSX-03', 'a context variable without a value', 'context.identity.userAgent', {}, UNAUTHORIZED],
  [
    'AWS-WS-01',
    'one of two identity sources',
    'route.request.header.Authorization, route.request.querystring.token',
    { target: '/?token=x' },
    UNAUTHORIZED,
  ],
  [
    'SEC-24',
    'a credential sent twice',
    'route.request.header.Authorization',
    {
      headers: [
        ['Authorization', 'a'],
        ['Authorization', 'a'],
      ],
    },
    UNAUTHORIZED,
  ],
  [
    'SEC-24',
    'a parameter sent twice',
    'route.request.querystring.token',
    { target: '/?token=a&token=a' },
    UNAUTHORIZED,
  ],
]

const SOURCES = IDENTITY.map(
  ([rule, title, source, request, response]) => [rule, title, response, source, request] as const,
)

test.each(SOURCES)('%s a handshake with %s gets %s', async (_, _title, expected, identitySource, request) => {
  const service = await startGuardedServer(async () => allow(), {
    identitySource,
    stageVariables: { tenant: 'acme' },
  })
  expect(resultText(await tryConnect(service, request))).toBe(expected)
  expect(service.events).toHaveLength(expected === '101' ? 1 : 0)
  expect(service.admitted).toHaveLength(expected === '101' ? 1 : 0)
})

const SWITCHES: readonly [title: string, options: aws.WebSocketOptions, result: object, response: string][] = [
  [
    'explicitDenyText',
    { compatibility: { explicitDenyText: 'legacy' } },
    deny(),
    '403 {"message":"User is not authorized to access this resource with an explicit deny"}',
  ],
  [
    'missingPrincipalId',
    { compatibility: { missingPrincipalId: 'accept' } },
    allow('*', { principalId: undefined }),
    '101',
  ],
]

test.each(SWITCHES)(
  'AWS-GOT-01 AWS-GOT-02 the option %s changes the response',
  async (_, options, result, expected) => {
    expect(resultText(await tryConnect(await startGuardedServer(async () => result, options)))).toBe(expected)
  },
)

const sized = (bytes: number): object => {
  const empty = JSON.stringify(allow('*', { context: { fill: '' } })).length
  return allow('*', { context: { fill: 'x'.repeat(bytes - empty) } })
}

test.each([
  [8192, '101'],
  [8193, FAILED],
])('AWS-OUT-50 AWS-WSX-08 a result of %d bytes gets %s', async (bytes, expected) => {
  const service = await startGuardedServer(async () => sized(bytes))
  expect(resultText(await tryConnect(service))).toBe(expected)
  expect(service.logger.lines.join()).toMatch(expected === '101' ? /^$/ : /larger than 8192 bytes/)
})

test('AWS-OUT-50 the limit counts bytes, not characters', async () => {
  const service = await startGuardedServer(async () => allow('*', { context: { fill: 'ä'.repeat(4096) } }))
  expect(resultText(await tryConnect(service))).toBe(FAILED)
})

test('AWS-KIND-29 the function is called for every connection', async () => {
  const service = await startGuardedServer(async () => allow(), { identitySource: 'route.request.querystring.token' })
  for (let count = 1; count <= 3; count++) {
    expect(resultText(await tryConnect(service, { target: '/?token=x' }))).toBe('101')
    expect(service.events).toHaveLength(count)
  }
})

test('AWS-KIND-03 requests without Upgrade bypass the guard', async () => {
  const service = await startGuardedServer(async () => allow())
  const response = await sendRequest(service.port, { target: '/chat' })
  expect([response.status, response.body]).toEqual([200, 'plain'])
  expect([service.events, service.admitted]).toEqual([[], []])
})
