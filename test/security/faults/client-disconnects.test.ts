/**
 * Clients that disconnect while the authorizer runs: no handler runs, nothing is thrown, and the call continues for the requests
 * that share it and for the cache (INV-2, SEC-63, SEC-98).
 * @module
 */
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { allowance, SECRET } from '../../support/faults/functions.ts'
import {
  connectionsOf,
  CONTRACTS,
  type ContractName,
  type Harness,
  METHODS,
  openHarness,
  requestOf,
  TIMEOUT_MS,
  until,
} from '../../support/faults/harness.ts'
import { resources } from '../../support/fixture/resources.ts'
import { APPLICATIONS, bytesOf, sendBytes } from '../../support/fixture/service.ts'
import { expectNothingUncaught } from '../../support/failure-checks.ts'

/** How a client disconnects. */
const LEAVES: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['closes its connection', (socket) => socket.destroy()],
  ['resets its connection', (socket) => socket.resetAndDestroy()],
]
/** How the call that it started ends. */
const ENDS: readonly (readonly [string, (gate: Deferred<unknown>, name: ContractName, harness: Harness) => void])[] = [
  ['allows', (gate, name) => gate.resolve(allowance(name))],
  ['fails', (gate) => gate.reject(new Error(`the password is ${SECRET}`))],
  ['meets its deadline', (_gate, _name, { clock }) => clock.advanceSync(TIMEOUT_MS)],
]

const NAMES = Object.keys(CONTRACTS) as readonly ContractName[]
const MATRIX = APPLICATIONS.flatMap((application) =>
  NAMES.map((name) => [application.name, name, application] as const),
)

describe.each(MATRIX)('disconnected clients of %s under %s', (_application, name, application) => {
  let harness: Harness | undefined
  let before = 0
  expectNothingUncaught()
  beforeAll(async () => {
    harness = await openHarness(application, name, { mount: { contextHeaders: undefined } })
    before = resources()
  })
  afterAll(() => harness?.close())
  const running = (): Harness => {
    if (harness === undefined) throw new Error('not running')
    return harness
  }

  /** Sends a request, disconnects while the authorizer runs, and waits until the server has noticed. */
  const leave = async (bytes: Buffer, go: (socket: Socket) => void): Promise<void> => {
    const service = running()
    const received = service.requests.length
    const socket = connect({ port: service.fixture.port, host: '127.0.0.1' })
    socket.on('error', () => undefined)
    socket.write(bytes)
    await service.called()
    go(socket)
    await until(() => service.requests[received]?.socket.destroyed === true, 'the server has noticed')
    await flushMicrotasks()
  }

  describe.each(ENDS)('function that then %s', (_end, end) => {
    test.each(LEAVES)('SEC-63 no handler runs for a client that %s, with any method', async (_leave, go) => {
      const service = running()
      for (const list of [service.fixture.errors, service.fixture.ran]) list.length = 0
      for (const method of METHODS) {
        const gate = new Deferred<unknown>()
        await service.authorizer.invalidateAll()
        service.set(() => gate.promise)
        await leave(requestOf(method, SECRET), go)
        end(gate, name, service)
        await flushMicrotasks()
        await flushMicrotasks()
        expect([method, service.fixture.ran.splice(0), service.clock.pending]).toEqual([method, [], 0])
      }
      // Koa itself reports connections that are reset, with a guard and without one.
      const errors = service.fixture.errors.filter((error) => (error as { code?: unknown }).code !== 'ECONNRESET')
      expect(errors).toEqual([])
      expect(service.lines.join('\n')).not.toContain(SECRET)
    })
  })

  test('SEC-63 the result of the call is cached for the next request', async () => {
    const service = running()
    const gate = new Deferred<unknown>()
    await service.authorizer.invalidateAll()
    service.set(() => gate.promise)
    await leave(requestOf('POST', SECRET), (socket) => socket.destroy())
    gate.resolve(allowance(name))
    await flushMicrotasks()
    service.fixture.ran.length = 0
    const got = await sendBytes(service.fixture.port, bytesOf('GET /pets', { token: SECRET }))
    expect([got.status, service.calls(), service.fixture.ran.splice(0)]).toEqual([200, 1, ['pets']])
  })

  test('SEC-63 a client that disconnects within its body does not affect other requests', async () => {
    const service = running()
    const gate = new Deferred<unknown>()
    await service.authorizer.invalidateAll()
    service.set(() => gate.promise)
    const headers = [['Content-Length', '1000'] as const]
    await leave(bytesOf('POST /echo', { token: SECRET, headers, raw: 'begun' }), (socket) => socket.destroy())
    gate.resolve(allowance(name))
    await flushMicrotasks()
    service.fixture.ran.length = 0
    expect((await sendBytes(service.fixture.port, bytesOf('GET /pets', { token: SECRET }))).status).toBe(200)
    service.fixture.ran.length = 0
  })

  test('a client that half-closes its connection after the request gets a response', async () => {
    const service = running()
    await service.authorizer.invalidateAll()
    const gate = new Deferred<unknown>()
    service.set(() => gate.promise)
    const socket = connect({ port: service.fixture.port, host: '127.0.0.1', allowHalfOpen: true })
    const received: Buffer[] = []
    socket.on('data', (chunk: Buffer) => received.push(chunk))
    const closed = new Promise((resolve) => socket.on('end', resolve))
    socket.end(bytesOf('GET /pets', { token: SECRET }))
    await service.called()
    await flushMicrotasks()
    gate.resolve(allowance(name))
    await closed
    expect(Buffer.concat(received).toString('latin1')).toMatch(/^HTTP\/1\.1 200 /)
    expect(service.fixture.ran.splice(0)).toEqual(['pets'])
  })

  test('SEC-98 no connection and no handle is left afterwards', async () => {
    const service = running()
    await until(async () => (await connectionsOf(service)) === 0, 'no connections')
    await flushMicrotasks()
    expect(service.clock.pending).toBe(0)
    expect(resources()).toBeLessThanOrEqual(before)
  })
})
