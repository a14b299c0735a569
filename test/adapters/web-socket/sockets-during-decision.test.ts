/** The socket during the decision: disconnects, event listeners, early bytes (SEC-63, SEC-110). */
import { createServer } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { allow as yes, native, unauthorized } from '@custom-authorizer/core'
import { guardUpgrade, type UpgradeListener } from '@custom-authorizer/core/node'
import { expect, test, vi } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { toBytes } from '../../support/raw-client.ts'
import { allow, handshakeLines, connect, listen, startGuardedServer, tryConnect } from './harness.ts'

/** Ways in which a client disconnects. */
const LEAVING = {
  'resets the connection': 'resetAndDestroy',
  'closes the connection': 'destroy',
  'ends its side': 'end',
} as const

test.each(Object.entries(LEAVING))(
  'SEC-110 a client that %s during the decision does not reach the listener',
  async (_, how) => {
    const result = new Deferred<object>()
    const service = await startGuardedServer(() => result.promise)
    const called = service.nextCall()
    const client = connectTcp({ port: service.port, host: '127.0.0.1' }).on('error', () => undefined)
    client.write(toBytes({ headers: handshakeLines() }))
    await called
    const socket = service.sockets[0]
    client[how]()
    await vi.waitUntil(() => socket?.destroyed === true || socket?.readableEnded === true)
    result.resolve(allow())
    await flushMicrotasks()
    expect(service.admitted).toHaveLength(0)
    expect(socket?.destroyed).toBe(true)
    client.destroy()
  },
)

/** A server with one upgrade listener, for guards of the native contract. */
const serve = async (onUpgrade: UpgradeListener): Promise<number> => {
  const server = createServer((_, response) => response.end('plain')).on('upgrade', onUpgrade)
  return (await listen(server)).port
}
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\n\r\n'

test('SEC-63 a client that disconnects does not cancel the call that another client shares', async () => {
  const result = new Deferred<ReturnType<typeof yes>>()
  const authorize = vi.fn<() => Promise<ReturnType<typeof yes>>>(() => result.promise)
  const identitySources = ['$request.header.Authorization']
  const contract = native({ identitySources, resultTtlSeconds: 60, cachePer: 'identity' })
  const listener = guardUpgrade(authorize, { contract, logger: null })((_, socket) => void socket.end(SWITCHING))
  let arrived = 0
  const port = await serve((...upgrade) => {
    arrived++
    listener(...upgrade)
  })
  const headers = [['Authorization', 'x']] as const
  const first = await connect(port, { headers })
  await vi.waitUntil(() => arrived === 1)
  const second = await connect(port, { headers })
  await vi.waitUntil(() => arrived === 2)
  first.close()
  await flushMicrotasks()
  result.resolve(yes({ principalId: 'u' }))
  expect((await second.read()).status).toBe(101)
  expect(authorize).toHaveBeenCalledTimes(1)
})

test('SEC-110 the guard removes its event listeners from the socket', async () => {
  const counts: number[] = []
  const left: number[] = []
  const guard = guardUpgrade(async (request) => request.query('token') !== 'no', { logger: null })
  const listener = guard((_, socket) => {
    left.push(socket.listenerCount('error'))
    socket.end(SWITCHING)
  })
  const port = await serve((request, socket, head) => {
    counts.push(socket.listenerCount('error'))
    listener(request, socket, head)
  })
  for (let count = 0; count < 4; count++) {
    expect((await tryConnect({ port }, { target: '/?token=no' })).status).toBe(403)
    expect((await (await connect(port)).read()).status).toBe(101)
  }
  expect(left).toHaveLength(4)
  expect(new Set([...counts, ...left]).size).toBe(1)
})

test('SEC-110 the guard leaves no timer behind', async () => {
  const service = await startGuardedServer(async ({ queryStringParameters: { token } }) =>
    token === 'no' ? {} : allow(),
  )
  for (const target of ['/', '/?token=no']) await tryConnect(service, { target })
  expect(service.clock.pending).toBe(0)
})

test('SEC-110 a synchronous native authorizer allows and denies handshakes', async () => {
  const guard = guardUpgrade((request) => (request.query('token') === 'x' ? yes() : unauthorized()), { logger: null })
  const listener = vi.fn<UpgradeListener>((_, socket) => void socket.end(SWITCHING))
  const port = await serve(guard(listener))
  const rejected = await tryConnect({ port })
  expect([rejected.status, rejected.body]).toEqual([401, '{"message":"Unauthorized"}'])
  expect(listener).not.toHaveBeenCalled()
  expect((await (await connect(port, { target: '/?token=x' })).read()).status).toBe(101)
  expect(listener).toHaveBeenCalledTimes(1)
})

test('SEC-110 a custom response of a native authorizer reaches the client', async () => {
  const challenge = { headers: { 'WWW-Authenticate': 'Bearer' }, body: { error: 'who are you?' } }
  const port = await serve(guardUpgrade(() => unauthorized(challenge), { logger: null })(() => undefined))
  const response = await tryConnect({ port })
  expect([response.status, response.header('WWW-Authenticate'), response.body]).toEqual([
    401,
    'Bearer',
    '{"error":"who are you?"}',
  ])
})

test('SEC-110 bytes that follow the handshake reach the listener', async () => {
  const heads: string[] = []
  const guard = guardUpgrade(async () => true, { logger: null })
  const port = await serve(
    guard((_, socket, head) => {
      heads.push(head.toString())
      socket.end(SWITCHING)
    }),
  )
  const connection = await connect(port, { headers: [['X-Last', '1\r\n\r\nfirst bytes']] })
  expect((await connection.read()).status).toBe(101)
  expect(heads.join()).toMatch(/^first bytes/)
})

test('SEC-110 after a denial, a handshake on a new connection gets its own decision', async () => {
  const service = await startGuardedServer(async ({ queryStringParameters: { token } }) =>
    token === 'x' ? allow() : {},
  )
  expect((await tryConnect(service)).status).toBe(500)
  expect((await tryConnect(service, { target: '/?token=x' })).status).toBe(101)
})
