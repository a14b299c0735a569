/** Handlers that complete late or never, and the event loop (AWS-RUN-07 to 09, 17, 19). */
import type * as aws from '@custom-authorizer/core/aws'
import { afterEach, expect, test, vi } from 'vitest'
import {
  allow,
  ALLOWED,
  AUTHORIZER_ERROR,
  deny,
  EXPLICIT_DENY,
  type Handler,
  outcomeOf,
  raise,
  TIMEOUT,
  tokenBench,
  flushEventLoop,
} from '../harness.ts'

type TokenHandler = Handler<aws.TokenEvent>

const policy = allow()
const pending: TokenHandler = () => new Promise(() => undefined)

test.each<[string, TokenHandler]>([
  ['a handler without promise or callback', () => undefined],
  ['a handler with a pending promise', pending],
])('AWS-RUN-08 %s ends exactly at the deadline', async (_, handler) => {
  const bench = tokenBench(handler)
  let settled = false
  const outcome = outcomeOf(bench).finally(() => (settled = true))
  bench.clock.advanceSync(9999)
  await flushEventLoop()
  expect(settled).toBe(false)
  bench.clock.advanceSync(1)
  expect(await outcome).toBe(TIMEOUT)
})

test('AWS-RUN-19 timeoutMs sets the deadline, up to 900 seconds', async () => {
  const bench = tokenBench(pending, {}, { timeoutMs: 3000 })
  const outcome = outcomeOf(bench)
  bench.clock.advanceSync(3000)
  expect(await outcome).toBe(TIMEOUT)
  expect(() => tokenBench(pending, {}, { timeoutMs: 900_000 })).not.toThrow()
  expect(() => tokenBench(pending, {}, { timeoutMs: 900_001 })).toThrow(/timeoutMs/)
})

test('AWS-RUN-19 an error with a timeout message is an ordinary error', async () => {
  const message = '2030-01-01T12:00:00.000Z c6af9ac6 Task timed out after 3.00 seconds'
  expect(await outcomeOf(tokenBench((_e, _c, callback) => callback(message)))).toBe(AUTHORIZER_ERROR)
})

test.each<[string, (callback: aws.LambdaCallback) => void]>([
  ['a result', (callback) => callback(null, policy)],
  ['an error', (callback) => callback('Unauthorized')],
])('AWS-RUN-07 a callback with %s after the deadline is ignored and not cached', async (_, complete) => {
  let callback: aws.LambdaCallback | undefined
  const bench = tokenBench((_e, _c, given) => void (callback = given), { authorizerResultTtlInSeconds: 300 })
  const first = outcomeOf(bench)
  bench.clock.advanceSync(10_000)
  expect(await first).toBe(TIMEOUT)
  complete(callback ?? raise(new Error('not called')))
  await flushEventLoop()
  const second = outcomeOf(bench)
  expect(bench.handler).toHaveBeenCalledTimes(2)
  callback?.(null, deny())
  expect(await second).toBe(EXPLICIT_DENY)
})

test('AWS-RUN-17 a rejection after the deadline is logged and not unhandled', async () => {
  const seen: unknown[] = []
  const listen = (error: unknown): number => seen.push(error)
  process.prependListener('unhandledRejection', listen)
  const bench = tokenBench(() => flushEventLoop().then(() => raise(new Error('Unauthorized'))))
  const outcome = outcomeOf(bench)
  bench.clock.advanceSync(10_000)
  expect(await outcome).toBe(TIMEOUT)
  await flushEventLoop()
  await flushEventLoop()
  process.removeListener('unhandledRejection', listen)
  expect(seen).toEqual([])
  expect(bench.log.at(-1)).toMatch(/after its deadline/)
})

const timers: NodeJS.Timeout[] = []
afterEach(() => timers.splice(0).forEach(clearInterval))

test.each([true, false])(
  'AWS-RUN-09 a busy event loop does not delay a callback (callbackWaitsForEmptyEventLoop: %s)',
  async (flag) => {
    const idle = vi.fn<() => void>()
    const bench = tokenBench((_e, context, callback) => {
      expect(context.callbackWaitsForEmptyEventLoop).toBe(true)
      context.callbackWaitsForEmptyEventLoop = flag
      timers.push(setInterval(idle, 3_600_000))
      callback(null, policy)
    })
    expect(await outcomeOf(bench)).toBe(ALLOWED)
    expect(idle).not.toHaveBeenCalled()
  },
)
