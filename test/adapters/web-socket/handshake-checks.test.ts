/** Checks before the authorizer: protocols, origins, targets, reserved headers (SEC-110, SEC-06, SEC-103). */
import { expect, test } from 'vitest'
import { allow, type ConnectOptions, startGuardedServer, resultText, tryConnect } from './harness.ts'

const BAD_REQUEST = '400 {"message":"Bad Request"}'
const FORBIDDEN = '403 {"message":"User is not authorized to access this resource"}'

const PROTOCOLS: readonly [upgrade: string, protocols: readonly string[] | undefined, response: string][] = [
  ['websocket', undefined, '101'],
  ['WebSocket', undefined, '101'],
  ['h2c', undefined, BAD_REQUEST],
  ['TLS/1.0', undefined, BAD_REQUEST],
  ['websocket, h2c', undefined, BAD_REQUEST],
  ['h2c, websocket', undefined, BAD_REQUEST],
  ['websocket/13', undefined, BAD_REQUEST],
  ['websockets', undefined, BAD_REQUEST],
  ['websocket,', undefined, BAD_REQUEST],
  ['websocket', ['myproto/1'], BAD_REQUEST],
  ['h2c', [], BAD_REQUEST],
]

test.each(PROTOCOLS)('SEC-110 Upgrade: %s with protocols %j gets %s', async (upgrade, protocols, expected) => {
  const service = await startGuardedServer(async () => allow(), {}, protocols && { protocols })
  expect(resultText(await tryConnect(service, { upgrade }))).toBe(expected)
  expect([service.events.length, service.admitted.length]).toEqual(expected === '101' ? [1, 1] : [0, 0])
})

test('SEC-110 a listed protocol in any letter case reaches the authorizer', async () => {
  const service = await startGuardedServer(async () => ({}), {}, { protocols: ['websocket', 'MyProto/1'] })
  expect((await tryConnect(service, { upgrade: 'myproto/1' })).status).toBe(500)
  expect(service.events).toHaveLength(1)
})

test.each(['POST', 'DELETE', 'OPTIONS', 'PUT'])('SEC-110 %s with Upgrade is authorized', async (method) => {
  const service = await startGuardedServer(async () => ({}))
  expect((await tryConnect(service, { method })).status).toBe(500)
  expect([service.events.length, service.admitted.length]).toEqual([1, 0])
})

test.each(['Upgrade, x-user-id', 'x-user-id, upgrade', 'upgrade,\tSec-WebSocket-Protocol'])(
  'SEC-23 a handshake with Connection: %s is rejected with 400',
  async (value) => {
    const service = await startGuardedServer(async () => allow())
    expect(resultText(await tryConnect(service, { headers: [['Connection', value]] }))).toBe(BAD_REQUEST)
    expect([service.events.length, service.admitted.length]).toEqual([0, 0])
  },
)

test('SEC-23 a handshake with Connection: keep-alive, Upgrade is accepted', async () => {
  const service = await startGuardedServer(async () => allow())
  expect(resultText(await tryConnect(service, { headers: [['Connection', 'keep-alive, Upgrade']] }))).toBe('101')
})

const APP = 'https://app.example.com'
const ORIGINS: readonly [origins: readonly string[] | undefined, sent: readonly string[], response: string][] = [
  [[APP], [APP], '101'],
  [[APP], [], '101'],
  [[APP], ['https://evil.example'], FORBIDDEN],
  [[APP], ['http://app.example.com'], FORBIDDEN],
  [[APP], [`${APP}:8443`], FORBIDDEN],
  [[APP], [`${APP}.evil.example`], FORBIDDEN],
  [[APP], [`${APP}/`], FORBIDDEN],
  [[APP], ['null'], FORBIDDEN],
  [[APP], [''], FORBIDDEN],
  [[APP], [APP, 'https://evil.example'], FORBIDDEN],
  [[APP, 'http://localhost:3000'], ['http://localhost:3000'], '101'],
  [[], [APP], FORBIDDEN],
  [undefined, ['https://evil.example'], '101'],
]

test.each(ORIGINS)('SEC-110 with origins %j the Origin %j gets %s', async (origins, sent, expected) => {
  const service = await startGuardedServer(async () => allow(), {}, origins && { origins })
  const response = await tryConnect(service, { headers: sent.map((origin) => ['Origin', origin] as const) })
  expect(resultText(response)).toBe(expected)
  expect([service.events.length, service.admitted.length]).toEqual(expected === '101' ? [1, 1] : [0, 0])
})

const TARGETS: readonly ConnectOptions[] = [
  { target: '//chat' },
  { target: '/a/../chat' },
  { target: '/a/%2e%2e/chat' },
  { target: '/a\\chat' },
  { target: '/chat#x' },
  { target: '/chat%' },
  { target: '/chat', headers: [['Host', 'other.example.com']] },
]

test.each(TARGETS)('SEC-06 SEC-15 $target is rejected before the authorizer is called', async (request) => {
  const service = await startGuardedServer(async () => allow())
  expect(resultText(await tryConnect(service, request))).toBe(BAD_REQUEST)
  expect([service.events.length, service.admitted.length]).toEqual([0, 0])
})

test('SEC-06 ambiguousTargets: allow admits an ambiguous target', async () => {
  const service = await startGuardedServer(async () => allow(), {}, { ambiguousTargets: 'allow' })
  expect(resultText(await tryConnect(service, { target: '//chat' }))).toBe('101')
})

const EARLY: readonly [title: string, request: ConnectOptions][] = [
  ['a foreign origin', { headers: [['Origin', 'https://evil.example']] }],
  ['another protocol', { upgrade: 'h2c' }],
  ['an ambiguous target', { target: '//chat' }],
]

test.each(EARLY)('SEC-103 the response to %s has Cache-Control: no-store', async (_, request) => {
  const response = await tryConnect(await startGuardedServer(async () => allow(), {}, { origins: [APP] }), request)
  expect(response.header('Cache-Control')).toBe('no-store')
  expect(response.header('Content-Type')).toBe('application/json')
  expect(response.header('Connection')).toBe('close')
})

test.each(EARLY)('SEC-102 %s is reported to onDecision', async (_, request) => {
  const reasons: string[] = []
  const onDecision = ({ reason }: { reason: string }): unknown => reasons.push(reason)
  await tryConnect(await startGuardedServer(async () => allow(), {}, { origins: [APP], onDecision }), request)
  expect(reasons).toHaveLength(1)
})

const CONTEXT_HEADERS = { 'x-user': 'principalId', 'x-role': 'context.role', 'x-team': 'context.team' }

test('SEC-17 context headers of an upgrade hold only the values of the authorizer', async () => {
  const service = await startGuardedServer(
    async () => allow('*', { context: { role: 'reader' } }),
    {},
    { contextHeaders: CONTEXT_HEADERS },
  )
  const headers = [
    ['X-User', 'admin'],
    ['x_role', 'admin'],
    ['X-TEAM', 'admin'],
    ['X-Role', 'admin'],
  ] as const
  expect(resultText(await tryConnect(service, { headers }))).toBe('101')
  const { headers: seen, rawHeaders = [] } = service.admitted[0] ?? {}
  expect([seen?.['x-user'], seen?.['x-role'], seen?.['x-team'], seen?.['x_role']]).toEqual([
    'u',
    'reader',
    undefined,
    undefined,
  ])
  expect(rawHeaders.filter((each) => each === 'admin')).toEqual([])
  expect(service.events[0]?.headers).not.toHaveProperty('X-User')
})

test('SEC-21 a context value with a line break gives 500', async () => {
  const service = await startGuardedServer(
    async () => allow('*', { context: { role: 'a\r\nb' } }),
    {},
    { contextHeaders: CONTEXT_HEADERS },
  )
  expect((await tryConnect(service)).status).toBe(500)
  expect(service.admitted).toHaveLength(0)
})

test('SEC-26 X-Forwarded-For sets the source IP only if the peer is a trusted proxy', async () => {
  const forwarded: ConnectOptions = { headers: [['X-Forwarded-For', '198.51.100.7']] }
  const ip = async (guarding: object) => {
    const service = await startGuardedServer(async () => allow(), {}, guarding)
    await tryConnect(service, forwarded)
    return service.events[0]?.requestContext.identity.sourceIp
  }
  expect(await ip({})).toBe('127.0.0.1')
  expect(await ip({ trustedProxies: ['127.0.0.0/8'] })).toBe('198.51.100.7')
})
