import { httpFunction } from '@custom-authorizer/core/remote'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import { codeOf, OVERLOADED, settle } from './settle.ts'
import { hang, json, type Reply, RemoteServer, reset } from './remote-server.ts'

let clock: FakeClock
beforeEach(() => {
  clock = fakeClock()
})

const OK = { value: { ok: true } }
const OPEN = { code: OVERLOADED, message: 'httpFunction: the circuit breaker is open because too many calls failed' }

describe('failures that the circuit breaker counts', () => {
  const COUNTS: readonly (readonly [string, Reply, boolean])[] = [
    ['a connection reset', reset, true],
    ['a response that is not HTTP', (request) => void request.socket.end('hello'), true],
    [
      'a truncated response',
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': 9 })
          .write('{', () => response.destroy()),
      true,
    ],
    ['status 502', json({}, 502), true],
    ['status 503', json({}, 503), true],
    ['status 504', json({}, 504), true],
    // A caller may be able to cause these and must not lock out others.
    ['status 500', json({}, 500), false],
    ['status 400', json({}, 400), false],
    ['status 429', json({}, 429), false],
    ['a mapped status', json({}, 401), false],
    ['an HTML page', json('<html>', 200, 'text/html'), false],
    ['a repeated member', json('{"a":1,"a":2}'), false],
    ['too large a response', json('x'.repeat(2_000_000)), false],
  ]

  test.each(COUNTS)('SEC-86 %s counts as a failure: $2', async (_, reply, counts) => {
    const server = await RemoteServer.start()
    server.reply = reply
    const remote = httpFunction({
      url: server.url,
      clock,
      mapStatus: { 401: 'Unauthorized' },
      breaker: { minimumCalls: 2 },
    })
    for (let call = 0; call < 3; call++) await codeOf(remote({}))
    expect(await codeOf(remote({}))).toEqual(counts ? OVERLOADED : expect.not.stringMatching(OVERLOADED))
    await server.close()
  })

  test.each([
    ['the deadline of the contract', new DOMException('late', 'TimeoutError'), true],
    ['a client that disconnected', new DOMException('gone', 'AbortError'), false],
  ])('SEC-86 a signal aborted by %s counts as a failure: $2', async (_, reason, counts) => {
    const server = await RemoteServer.start()
    server.reply = hang
    const remote = httpFunction({ url: server.url, clock, breaker: { minimumCalls: 1 } })
    const controller = new AbortController()
    const call = codeOf(remote({}, { signal: controller.signal }))
    await server.reached(1)
    controller.abort(reason)
    await call
    server.reply = json({ ok: true })
    expect(await settle(remote({}))).toEqual(counts ? OPEN : OK)
    await server.close()
  })
})

describe('recovery', () => {
  test('SEC-86 a function that was unreachable is called again after one second', async () => {
    const server = await RemoteServer.start()
    const { url, port } = server
    await server.close()
    const remote = httpFunction({ url, clock })
    for (let call = 0; call < 20; call++) await codeOf(remote({}))
    expect(await settle(remote({}))).toEqual(OPEN)
    await server.listen(port)
    clock.advanceSync(1000)
    expect(await settle(remote({}))).toEqual({ value: { ok: true } })
    expect(await settle(remote({}))).toEqual({ value: { ok: true } })
    await server.close()
  })

  test('SEC-86 a function that hung is called again within two seconds under constant load', async () => {
    const server = await RemoteServer.start()
    server.reply = hang
    const remote = httpFunction({ url: server.url, clock, maxConcurrency: 32 })
    const calls: Promise<unknown>[] = []
    /** Makes ten calls per tenth of a second. */
    const load = async (tenths: number): Promise<void> => {
      for (let tenth = 0; tenth < tenths; tenth++) {
        for (let call = 0; call < 10; call++) calls.push(codeOf(remote({})))
        await flushMicrotasks()
        clock.advanceSync(100)
      }
    }
    await load(45)
    expect(await settle(remote({}))).toEqual(OPEN)
    server.reply = json({ ok: true })
    await load(20)
    expect(await settle(remote({}))).toEqual(OK)
    clock.advanceSync(10_000)
    await Promise.all(calls)
    expect(server.mostOpen).toBeLessThanOrEqual(32)
    await server.close()
  })
})
