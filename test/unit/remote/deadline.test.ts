import { getEventListeners } from 'node:events'
import type { ServerResponse } from 'node:http'
import { httpFunction, type RemoteContext } from '@custom-authorizer/core/remote'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TestClock } from '../../support/clock.ts'
import { settledOrUndefined } from '../../support/refusal.ts'
import { settle, UNREACHABLE } from './settle.ts'
import { hang, json, type Reply, RemoteServer, reset } from './remote-server.ts'

let server: RemoteServer
let clock: TestClock
beforeEach(async () => {
  server = await RemoteServer.start()
  clock = new TestClock()
})
afterEach(() => server.close())

const tooLate = (ms: number): object => ({
  code: UNREACHABLE,
  message: `httpFunction: gave no answer within ${ms} ms`,
})

const begin = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'application/json' })

const left =
  (ms: number): (() => number) =>
  () =>
    ms

describe('SEC-80 a call ends at its deadline, and its connection with it', () => {
  test.each<[string, Reply]>([
    ['without a word', hang],
    ['after the headers', (_, response) => begin(response).flushHeaders()],
    ['in the middle of the body', (_, response) => void begin(response).write('{"status":')],
  ])('%s', async (_, reply) => {
    server.reply = reply
    const call = settle(httpFunction({ url: server.url, clock })({}))
    await server.reached(1)
    clock.advance(2999)
    expect(await settledOrUndefined(call)).toBeUndefined()
    clock.advance(1)
    expect(await call).toEqual(tooLate(3000))
    await server.leftAlone()
    expect(server.received).toHaveLength(1)
  })

  test('a byte per second does not move it', async () => {
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
      clock.advance(1000)
    }
    expect(await call).toEqual(tooLate(3000))
    await server.leftAlone()
  })

  test('on the clock of the platform', async () => {
    server.reply = hang
    expect(await settle(httpFunction({ url: server.url, timeoutMs: 30 })({}))).toEqual(tooLate(30))
    await server.leftAlone()
  })
})

describe('SEC-80 the deadline is the nearer of timeoutMs and what the contract has left', () => {
  test.each<[string, RemoteContext, number]>([
    ['Lambda’s context', { getRemainingTimeInMillis: left(1200) }, 1200],
    ['FunctionGraph’s context', { getRemainingTimeInMilliSeconds: left(700) }, 700],
    ['a contract with more time than that', { getRemainingTimeInMillis: left(9000) }, 2000],
    ['a contract that does not know', { getRemainingTimeInMillis: left(Number.NaN) }, 2000],
    ['no context', {}, 2000],
  ])('%s', async (_, context, ms) => {
    server.reply = hang
    const call = settle(httpFunction({ url: server.url, clock, timeoutMs: 2000 })({}, context))
    await server.reached(1)
    clock.advance(ms - 1)
    expect(await settledOrUndefined(call)).toBeUndefined()
    clock.advance(1)
    expect(await call).toEqual(tooLate(ms))
  })

  test.each([0, -1])('with %i ms left nothing is asked', async (ms) => {
    const remote = httpFunction({ url: server.url, clock })
    expect(await settle(remote({}, { getRemainingTimeInMillis: left(ms) }))).toEqual({
      code: UNREACHABLE,
      message: 'httpFunction: there was no time left for a call',
    })
    expect(server.opened).toBe(0)
  })

  test('a signal that is aborted ends the call, and one that was aborted before prevents it', async () => {
    server.reply = hang
    const controller = new AbortController()
    const remote = httpFunction({ url: server.url, clock })
    const call = settle(remote({}, { signal: controller.signal }))
    await server.reached(1)
    controller.abort()
    expect(await call).toEqual({ code: UNREACHABLE, message: 'httpFunction: the call was given up by its caller' })
    await server.leftAlone()
    expect(await settle(remote({}, { signal: controller.signal }))).toMatchObject({ code: UNREACHABLE })
    expect(server.received).toHaveLength(1)
  })
})

describe('SEC-80 nothing is tried twice', () => {
  test.each<[string, Reply]>([
    ['a connection that is reset', reset],
    ['status 503', json({}, 503)],
    ['status 429', json({}, 429)],
  ])('%s', async (_, reply) => {
    server.reply = reply
    await settle(httpFunction({ url: server.url, clock })({}))
    expect(server.received).toHaveLength(1)
  })
})

test('SEC-80 a port on which nobody listens is known as such at once', async () => {
  const { url } = server
  await server.close()
  expect(await settle(httpFunction({ url, clock })({}))).toEqual({
    code: UNREACHABLE,
    message: 'httpFunction: could not be reached (ECONNREFUSED)',
  })
  server = await RemoteServer.start()
})

describe('SEC-98 nothing is left of a call', () => {
  test.each<[string, Reply, number]>([
    ['that was answered', json({}), 0],
    ['that failed', json({}, 404), 0],
    ['that was reset', reset, 0],
    ['that hung', hang, 3000],
  ])('%s', async (_, reply, ms) => {
    server.reply = reply
    const { signal } = new AbortController()
    const remote = httpFunction({ url: server.url, clock })
    const call = settle(remote({}, { signal }))
    await server.reached(1)
    expect([clock.pending, getEventListeners(signal, 'abort').length]).toEqual([1, 1])
    clock.advance(ms)
    await call
    expect([clock.pending, getEventListeners(signal, 'abort').length]).toEqual([0, 0])
  })
})
