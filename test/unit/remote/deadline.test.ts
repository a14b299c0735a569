import { getEventListeners } from 'node:events'
import type { ServerResponse } from 'node:http'
import { httpFunction, type RemoteContext } from '@custom-authorizer/core/remote'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { settledOrUndefined } from '../../support/failure-checks.ts'
import { settle, UNREACHABLE } from './settle.ts'
import { hang, json, type Reply, RemoteServer, reset } from './remote-server.ts'

let server: RemoteServer
let clock: FakeClock
beforeEach(async () => {
  server = await RemoteServer.start()
  clock = fakeClock()
})
afterEach(() => server.close())

const timedOut = (ms: number): object => ({
  code: UNREACHABLE,
  message: `httpFunction: did not respond within ${ms} ms`,
})

const begin = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'application/json' })

const leaves =
  (ms: number): (() => number) =>
  () =>
    ms

describe('deadline', () => {
  test.each<[string, Reply]>([
    ['before a response', hang],
    ['after the headers', (_, response) => begin(response).flushHeaders()],
    ['in the middle of the body', (_, response) => void begin(response).write('{"status":')],
  ])('SEC-80 a call that hangs %s fails at the deadline and its connection is closed', async (_, reply) => {
    server.reply = reply
    const call = settle(httpFunction({ url: server.url, clock })({}))
    await server.reached(1)
    clock.advanceSync(2999)
    expect(await settledOrUndefined(call)).toBeUndefined()
    clock.advanceSync(1)
    expect(await call).toEqual(timedOut(3000))
    await server.untilClosed()
    expect(server.received).toHaveLength(1)
  })

  test('SEC-80 one byte per second does not extend the deadline', async () => {
    let response: ServerResponse | undefined
    server.reply = (_, given) => {
      response = begin(given)
      response.write('[')
    }
    const call = settle(httpFunction({ url: server.url, clock })({}))
    await server.reached(1)
    for (let second = 1; second <= 3; second++) {
      response?.write(' ')
      expect(await settledOrUndefined(call)).toBeUndefined()
      clock.advanceSync(1000)
    }
    expect(await call).toEqual(timedOut(3000))
    await server.untilClosed()
  })

  test('SEC-80 the deadline works with the system clock', async () => {
    server.reply = hang
    expect(await settle(httpFunction({ url: server.url, timeoutMs: 30 })({}))).toEqual(timedOut(30))
    await server.untilClosed()
  })
})

describe('remaining time of the contract', () => {
  test.each<[string, RemoteContext, number]>([
    ['Lambda context', { getRemainingTimeInMillis: leaves(1200) }, 1200],
    ['FunctionGraph context', { getRemainingTimeInMilliSeconds: leaves(700) }, 700],
    ['context with more time than timeoutMs', { getRemainingTimeInMillis: leaves(9000) }, 2000],
    ['context without a number', { getRemainingTimeInMillis: leaves(Number.NaN) }, 2000],
    ['context without the method', {}, 2000],
  ])('SEC-80 the shorter of timeoutMs and the remaining time applies: %s', async (_, context, ms) => {
    server.reply = hang
    const call = settle(httpFunction({ url: server.url, clock, timeoutMs: 2000 })({}, context))
    await server.reached(1)
    clock.advanceSync(ms - 1)
    expect(await settledOrUndefined(call)).toBeUndefined()
    clock.advanceSync(1)
    expect(await call).toEqual(timedOut(ms))
  })

  test.each([0, -1])('SEC-80 with %i ms left the function is not called', async (ms) => {
    const remote = httpFunction({ url: server.url, clock })
    expect(await settle(remote({}, { getRemainingTimeInMillis: leaves(ms) }))).toEqual({
      code: UNREACHABLE,
      message: 'httpFunction: no time was left for the call',
    })
    expect(server.opened).toBe(0)
  })

  test('SEC-80 aborting the signal cancels the call, and an aborted signal prevents it', async () => {
    server.reply = hang
    const controller = new AbortController()
    const remote = httpFunction({ url: server.url, clock })
    const call = settle(remote({}, { signal: controller.signal }))
    await server.reached(1)
    controller.abort()
    expect(await call).toEqual({ code: UNREACHABLE, message: 'httpFunction: the call was cancelled' })
    await server.untilClosed()
    expect(await settle(remote({}, { signal: controller.signal }))).toMatchObject({ code: UNREACHABLE })
    expect(server.received).toHaveLength(1)
  })
})

describe('no retries', () => {
  test.each<[string, Reply]>([
    ['a connection reset', reset],
    ['status 503', json({}, 503)],
    ['status 429', json({}, 429)],
  ])('SEC-80 the function is called once after %s', async (_, reply) => {
    server.reply = reply
    await settle(httpFunction({ url: server.url, clock })({}))
    expect(server.received).toHaveLength(1)
  })
})

test('SEC-80 a closed port fails at once with ECONNREFUSED', async () => {
  const { url } = server
  await server.close()
  expect(await settle(httpFunction({ url, clock })({}))).toEqual({
    code: UNREACHABLE,
    message: 'httpFunction: could not be reached (ECONNREFUSED)',
  })
  server = await RemoteServer.start()
})

describe('cleanup', () => {
  test.each<[string, Reply, number]>([
    ['success', json({}), 0],
    ['failure', json({}, 404), 0],
    ['connection reset', reset, 0],
    ['timeout', hang, 3000],
  ])('SEC-98 no timer and no listener is left after a call: %s', async (_, reply, ms) => {
    server.reply = reply
    const { signal } = new AbortController()
    const remote = httpFunction({ url: server.url, clock })
    const call = settle(remote({}, { signal }))
    await server.reached(1)
    expect([clock.pending, getEventListeners(signal, 'abort').length]).toEqual([1, 1])
    clock.advanceSync(ms)
    await call
    expect([clock.pending, getEventListeners(signal, 'abort').length]).toEqual([0, 0])
  })
})
