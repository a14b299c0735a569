import { httpFunction } from '@custom-authorizer/core/remote'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { settledOrUndefined } from '../../support/failure-checks.ts'
import { codeOf, OVERLOADED, settle, tally, UNREACHABLE } from './settle.ts'
import { hang, json, type Reply, RemoteServer, reset } from './remote-server.ts'

let server: RemoteServer
let clock: FakeClock
beforeEach(async () => {
  server = await RemoteServer.start()
  clock = fakeClock()
})
afterEach(() => server.close())

const FULL = { code: OVERLOADED, message: 'httpFunction: maxConcurrency calls are already running' }
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)

describe('maxConcurrency', () => {
  test('SEC-86 10,000 requests to a hanging function open 256 connections and all fail by the deadline', async () => {
    server.reply = hang
    const remote = httpFunction({ url: server.url, clock })
    const counts = tally(times(10_000, () => remote({})))
    await server.reached(256)
    clock.advanceSync(100)
    await flushMicrotasks()
    clock.advanceSync(2900)
    expect(await counts).toEqual({ [OVERLOADED]: 10_000 - 256, [UNREACHABLE]: 256 })
    expect([server.received.length, server.mostOpen]).toEqual([256, 256])
    await server.untilClosed(256)
  })

  test('SEC-86 a call waits up to queueTimeoutMs for a free slot', async () => {
    server.reply = hang
    const remote = httpFunction({ url: server.url, clock, maxConcurrency: 1, queueTimeoutMs: 250 })
    void settle(remote({}))
    await server.reached(1)
    const second = settle(remote({}))
    clock.advanceSync(249)
    expect(await settledOrUndefined(second)).toBeUndefined()
    clock.advanceSync(1)
    expect(await second).toEqual(FULL)
    expect(server.received).toHaveLength(1)
    clock.advanceSync(3000)
  })

  test('SEC-86 at most maxConcurrency calls wait', async () => {
    server.reply = hang
    const remote = httpFunction({ url: server.url, clock, maxConcurrency: 2 })
    const calls = times(5, () => settle(remote({})))
    await server.reached(2)
    expect(await calls[4]).toEqual(FULL)
    expect(await settledOrUndefined(Promise.race(calls.slice(0, 4)))).toBeUndefined()
    clock.advanceSync(3000)
  })

  test('SEC-86 with queueTimeoutMs 0 a call without a free slot is rejected at once', async () => {
    server.reply = hang
    const remote = httpFunction({ url: server.url, clock, maxConcurrency: 1, queueTimeoutMs: 0 })
    void settle(remote({}))
    expect(await settle(remote({}))).toEqual(FULL)
    clock.advanceSync(3000)
  })

  test('SEC-86 no call waits beyond its deadline', async () => {
    server.reply = hang
    const remote = httpFunction({ url: server.url, clock, maxConcurrency: 1, queueTimeoutMs: 500 })
    void settle(remote({}))
    await server.reached(1)
    const second = settle(remote({}, { getRemainingTimeInMillis: () => 200 }))
    clock.advanceSync(200)
    expect(await second).toEqual(FULL)
    clock.advanceSync(3000)
  })
})

describe('released slots', () => {
  test('SEC-86 the longest-waiting call gets the slot, and its wait counts towards the deadline', async () => {
    const responses = times(3, () => new Deferred<Response>())
    const events: unknown[] = []
    const fetch = (_: string, { body }: RequestInit): Promise<Response> => {
      events.push(JSON.parse(body as string))
      return (responses[events.length - 1] as Deferred<Response>).promise
    }
    const remote = httpFunction({ url: server.url, clock, maxConcurrency: 1, fetch, timeoutMs: 1000 })
    const first = settle(remote({ n: 1 }))
    const second = settle(remote({ n: 2 }))
    clock.advanceSync(60)
    responses[0]?.resolve(Response.json('one'))
    expect(await first).toEqual({ value: 'one' })
    await flushMicrotasks()
    expect(events).toEqual([{ n: 1 }, { n: 2 }])
    // Only the timer of the deadline is left, not that of the wait.
    expect(clock.pending).toBe(1)
    clock.advanceSync(939)
    expect(await settledOrUndefined(second)).toBeUndefined()
    clock.advanceSync(1)
    expect(await second).toMatchObject({ code: UNREACHABLE, message: expect.stringContaining('1000 ms') })
  })

  test.each<[string, Reply]>([
    ['succeeded', json({})],
    ['failed', json({}, 500)],
    ['lost its connection', reset],
    ['received too large a response', json('x'.repeat(100))],
    ['been redirected', (_, response) => void response.writeHead(307, { location: '/x' }).end()],
  ])('SEC-86 a call that has %s releases its slot', async (_, reply) => {
    server.reply = reply
    const remote = httpFunction({
      url: server.url,
      clock,
      maxConcurrency: 1,
      queueTimeoutMs: 0,
      maxResponseBytes: 50,
      breaker: { minimumCalls: 1000 },
    })
    for (let round = 0; round < 3; round++) expect(await codeOf(remote({}))).not.toBe(OVERLOADED)
    expect(clock.pending).toBe(0)
  })

  test('SEC-86 a call that ignores its abort signal keeps its slot until it ends', async () => {
    const response = new Deferred<Response>()
    // Ignores the abort signal.
    const fetch = (): Promise<Response> => response.promise
    const remote = httpFunction({ url: server.url, clock, maxConcurrency: 1, queueTimeoutMs: 0, fetch })
    const first = settle(remote({}))
    clock.advanceSync(3000)
    expect(await first).toMatchObject({ code: UNREACHABLE })
    expect(await settle(remote({}))).toEqual(FULL)
    response.resolve(Response.json({}))
    await flushMicrotasks()
    expect(await settle(remote({}))).not.toEqual(FULL)
  })
})

test('SEC-86 each function has its own slots', async () => {
  server.reply = hang
  const options = { url: server.url, clock, maxConcurrency: 1, queueTimeoutMs: 0 }
  void settle(httpFunction(options)({}))
  void settle(httpFunction(options)({}))
  await server.reached(2)
  expect(server.received).toHaveLength(2)
  clock.advanceSync(3000)
})
