/** Handshakes that are refused, as a client reads them (AWS-WS-01 to 09, AWS-OUT-50, SEC-110). */
import { expect, test } from 'vitest'
import type * as aws from '@custom-authorizer/core/aws'
import { ask } from '../../support/raw-client.ts'
import {
  allow,
  CONNECT,
  deny,
  EXPLICIT_DENY,
  FAILED,
  IMPLICIT_DENY,
  type ConnectOptions,
  startGuardedServer,
  said,
  tryConnect,
  UNAUTHORIZED,
} from './harness.ts'

const fail = (error: unknown) => async () => {
  throw error
}

type Row = readonly [rule: string, title: string, handler: () => unknown, said: string]
const ANSWERS: readonly Row[] = [
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
  ['AWS-WS-05', 'nothing', async () => undefined, FAILED],
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

test.each(ANSWERS)('%s %s', async (_, _title, handler, expected) => {
  const door = await startGuardedServer(handler)
  const answer = await tryConnect(door)
  expect(said(answer)).toBe(expected)
  expect(door.events).toHaveLength(1)
  expect(door.admitted).toHaveLength(expected === '101' ? 1 : 0)
  expect(door.sockets[0]?.destroyed).toBe(expected !== '101')
})

test.each(ANSWERS.filter(([, , , expected]) => expected !== '101').slice(0, 6))(
  '%s SEC-103 SEC-110 the headers after %s',
  async (_, _title, handler) => {
    const answer = await tryConnect(await startGuardedServer(handler))
    expect(answer.header('Content-Type')).toBe('application/json')
    expect(answer.header('Content-Length')).toBe(String(answer.bytes.length))
    expect(answer.header('Connection')).toBe('close')
    expect(answer.header('Cache-Control')).toBe('no-store')
    expect(answer.values('Upgrade')).toEqual([])
    expect(answer.reason).toBe({ 401: 'Unauthorized', 403: 'Forbidden', 500: 'Internal Server Error' }[answer.status])
  },
)

const IDENTITY: readonly [rule: string, title: string, source: string, request: ConnectOptions, said: string][] = [
  ['AWS-WS-01 AWS-ID-07', 'no header', 'route.request.header.Authorization', {}, UNAUTHORIZED],
  [
    'AWS-WS-01 AWS-ID-07',
    'an empty header',
    'route.request.header.Authorization',
    { headers: [['Authorization', '']] },
    UNAUTHORIZED,
  ],
  ['AWS-ID-07', 'the header', 'route.request.header.Authorization', { headers: [['authorization', 'x']] }, '101'],
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
  ['AWS-WSX-03', 'the parameter', 'route.request.querystring.token', { target: '/?token=x' }, '101'],
  [
    'AWS-WSX-03',
    'a subprotocol, all that a browser can send',
    'route.request.header.Sec-WebSocket-Protocol',
    { headers: [['Sec-WebSocket-Protocol', 'token.x']] },
    '101',
  ],
  ['AWS-WSX-03', 'a stage variable', 'stageVariables.tenant', {}, '101'],
  ['AWS-WSX-03', 'no such stage variable', 'stageVariables.other', {}, UNAUTHORIZED],
  ['AWS-WSX-03', 'a variable', 'context.identity.sourceIp', {}, '101'],
  ['AWS-WSX-03', 'a variable without value', 'context.identity.userAgent', {}, UNAUTHORIZED],
  [
    'AWS-WS-01',
    'one of two',
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

test.each(IDENTITY)('%s %s', async (_, _title, identitySource, request, expected) => {
  const door = await startGuardedServer(async () => allow(), { identitySource, stageVariables: { tenant: 'acme' } })
  expect(said(await tryConnect(door, request))).toBe(expected)
  expect(door.events).toHaveLength(expected === '101' ? 1 : 0)
  expect(door.admitted).toHaveLength(expected === '101' ? 1 : 0)
})

const SWITCHES: readonly [title: string, options: aws.WebSocketOptions, answer: object, said: string][] = [
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

test.each(SWITCHES)('AWS-GOT-01 AWS-GOT-02 the switch %s', async (_, options, answer, expected) => {
  expect(said(await tryConnect(await startGuardedServer(async () => answer, options)))).toBe(expected)
})

const sized = (bytes: number): object => {
  const empty = JSON.stringify(allow('*', { context: { fill: '' } })).length
  return allow('*', { context: { fill: 'x'.repeat(bytes - empty) } })
}

test.each([
  [8192, '101'],
  [8193, FAILED],
])('AWS-OUT-50 AWS-WSX-08 an answer of %d bytes', async (bytes, expected) => {
  const door = await startGuardedServer(async () => sized(bytes))
  expect(said(await tryConnect(door))).toBe(expected)
  expect(door.logger.lines.join()).toMatch(expected === '101' ? /^$/ : /larger than 8192 bytes/)
})

test('AWS-OUT-50 the bound counts bytes, not characters', async () => {
  const door = await startGuardedServer(async () => allow('*', { context: { fill: 'ä'.repeat(4096) } }))
  expect(said(await tryConnect(door))).toBe(FAILED)
})

test('AWS-KIND-29 every connection is asked about anew', async () => {
  const door = await startGuardedServer(async () => allow(), { identitySource: 'route.request.querystring.token' })
  for (let count = 1; count <= 3; count++) {
    expect(said(await tryConnect(door, { target: '/?token=x' }))).toBe('101')
    expect(door.events).toHaveLength(count)
  }
})

test('AWS-KIND-03 requests that ask for no upgrade are not for the guard', async () => {
  const door = await startGuardedServer(async () => allow())
  const answer = await ask(door.port, { target: '/chat' })
  expect([answer.status, answer.body]).toEqual([200, 'plain'])
  expect([door.events, door.admitted]).toEqual([[], []])
})
