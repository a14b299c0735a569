/** What stands before the authorizer: protocols, origins, targets, headers that are ours (SEC-110, SEC-06, SEC-103). */
import { expect, test } from 'vitest'
import { allow, type ConnectOptions, startGuardedServer, said, tryConnect } from './harness.ts'

const BAD_REQUEST = '400 {"message":"Bad Request"}'
const FORBIDDEN = '403 {"message":"User is not authorized to access this resource"}'

const PROTOCOLS: readonly [upgrade: string, protocols: readonly string[] | undefined, said: string][] = [
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

test.each(PROTOCOLS)('SEC-110 Upgrade: %s with protocols %j', async (upgrade, protocols, expected) => {
  const door = await startGuardedServer(async () => allow(), {}, protocols && { protocols })
  expect(said(await tryConnect(door, { upgrade }))).toBe(expected)
  expect([door.events.length, door.admitted.length]).toEqual(expected === '101' ? [1, 1] : [0, 0])
})

test('SEC-110 a protocol from the list, in any letter case, goes to the authorizer', async () => {
  const door = await startGuardedServer(async () => ({}), {}, { protocols: ['websocket', 'MyProto/1'] })
  expect((await tryConnect(door, { upgrade: 'myproto/1' })).status).toBe(500)
  expect(door.events).toHaveLength(1)
})

test.each(['POST', 'DELETE', 'OPTIONS', 'PUT'])(
  'SEC-110 %s with Upgrade goes through the guard as well',
  async (method) => {
    const door = await startGuardedServer(async () => ({}))
    expect((await tryConnect(door, { method })).status).toBe(500)
    expect([door.events.length, door.admitted.length]).toEqual([1, 0])
  },
)

test.each(['Upgrade, x-user-id', 'x-user-id, upgrade', 'upgrade,\tSec-WebSocket-Protocol'])(
  'SEC-23 a handshake with Connection: %s is rejected with 400',
  async (value) => {
    const door = await startGuardedServer(async () => allow())
    expect(said(await tryConnect(door, { headers: [['Connection', value]] }))).toBe(BAD_REQUEST)
    expect([door.events.length, door.admitted.length]).toEqual([0, 0])
  },
)

test('SEC-23 a handshake with Connection: keep-alive, Upgrade is accepted', async () => {
  const door = await startGuardedServer(async () => allow())
  expect(said(await tryConnect(door, { headers: [['Connection', 'keep-alive, Upgrade']] }))).toBe('101')
})

const APP = 'https://app.example.com'
const ORIGINS: readonly [origins: readonly string[] | undefined, sent: readonly string[], said: string][] = [
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

test.each(ORIGINS)('SEC-110 with origins %j the Origin %j', async (origins, sent, expected) => {
  const door = await startGuardedServer(async () => allow(), {}, origins && { origins })
  const answer = await tryConnect(door, { headers: sent.map((origin) => ['Origin', origin] as const) })
  expect(said(answer)).toBe(expected)
  expect([door.events.length, door.admitted.length]).toEqual(expected === '101' ? [1, 1] : [0, 0])
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

test.each(TARGETS)('SEC-06 SEC-15 $target is refused before the authorizer is asked', async (request) => {
  const door = await startGuardedServer(async () => allow())
  expect(said(await tryConnect(door, request))).toBe(BAD_REQUEST)
  expect([door.events.length, door.admitted.length]).toEqual([0, 0])
})

test('SEC-06 ambiguousTargets: allow is the named way out', async () => {
  const door = await startGuardedServer(async () => allow(), {}, { ambiguousTargets: 'allow' })
  expect(said(await tryConnect(door, { target: '//chat' }))).toBe('101')
})

const EARLY: readonly [title: string, request: ConnectOptions][] = [
  ['a foreign origin', { headers: [['Origin', 'https://evil.example']] }],
  ['another protocol', { upgrade: 'h2c' }],
  ['an ambiguous target', { target: '//chat' }],
]

test.each(EARLY)('SEC-103 no cache may keep the answer to %s', async (_, request) => {
  const answer = await tryConnect(await startGuardedServer(async () => allow(), {}, { origins: [APP] }), request)
  expect(answer.header('Cache-Control')).toBe('no-store')
  expect(answer.header('Content-Type')).toBe('application/json')
  expect(answer.header('Connection')).toBe('close')
})

test.each(EARLY)('SEC-102 %s is a refusal that can be counted', async (_, request) => {
  const reasons: string[] = []
  const onDecision = ({ reason }: { reason: string }): unknown => reasons.push(reason)
  await tryConnect(await startGuardedServer(async () => allow(), {}, { origins: [APP], onDecision }), request)
  expect(reasons).toHaveLength(1)
})

const CONTEXT_HEADERS = { 'x-user': 'principalId', 'x-role': 'context.role', 'x-team': 'context.team' }

test('SEC-17 context headers that a client sends are removed from an upgrade, and the answer takes their place', async () => {
  const door = await startGuardedServer(
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
  expect(said(await tryConnect(door, { headers }))).toBe('101')
  const { headers: seen, rawHeaders = [] } = door.admitted[0] ?? {}
  expect([seen?.['x-user'], seen?.['x-role'], seen?.['x-team'], seen?.['x_role']]).toEqual([
    'u',
    'reader',
    undefined,
    undefined,
  ])
  expect(rawHeaders.filter((each) => each === 'admin')).toEqual([])
  expect(door.events[0]?.headers).not.toHaveProperty('X-User')
})

test('SEC-21 a context value that no header can carry refuses the handshake', async () => {
  const door = await startGuardedServer(
    async () => allow('*', { context: { role: 'a\r\nb' } }),
    {},
    { contextHeaders: CONTEXT_HEADERS },
  )
  expect((await tryConnect(door)).status).toBe(500)
  expect(door.admitted).toHaveLength(0)
})

test('SEC-26 the address of the client comes from trusted proxies only', async () => {
  const forwarded: ConnectOptions = { headers: [['X-Forwarded-For', '198.51.100.7']] }
  const ip = async (guarding: object) => {
    const door = await startGuardedServer(async () => allow(), {}, guarding)
    await tryConnect(door, forwarded)
    return door.events[0]?.requestContext.identity.sourceIp
  }
  expect(await ip({})).toBe('127.0.0.1')
  expect(await ip({ trustedProxies: ['127.0.0.0/8'] })).toBe('198.51.100.7')
})
