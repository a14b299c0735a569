/** `timeoutMs`: the deadline of a call, its signal, and results after it (SEC-37, SEC-80). */
import { createAuthorizer, native } from '@custom-authorizer/core'
import type { Invocation } from '@custom-authorizer/core/contract'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { plainContract } from '../../../support/contract.ts'
import { Deferred, flushMicrotasks } from '../../../support/deferred.ts'
import { denied, toPromise, reasonOf } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { expectNothingUncaught, settledOrUndefined } from '../../../support/failure-checks.ts'
import { withToken } from '../../../support/with-token.ts'

const request = withToken('Bearer t')
const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
let clock: FakeClock
let logger: RecordingLogger
beforeEach(() => {
  clock = fakeClock()
  logger = new RecordingLogger()
})
expectNothingUncaught()

test('SEC-80 a call without a result within timeoutMs gets 500', async () => {
  const authorizer = createAuthorizer({
    authorize: () => new Promise<boolean>(() => undefined),
    clock,
    logger,
    timeoutMs: 50,
  })
  const outcome = toPromise(authorizer.evaluate(request))
  clock.advanceSync(49)
  expect(await settledOrUndefined(outcome)).toBeUndefined()
  clock.advanceSync(1)
  expect(denied(await outcome)).toMatchObject({ reason: 'AUTHORIZER_TIMEOUT', response: { status: 500 } })
  expect(logger.lines).toEqual([expect.stringContaining('did not respond within 50 ms')])
})

describe.each([
  ['allows', (result: Deferred<boolean>) => result.resolve(true)],
  ['fails', (result: Deferred<boolean>) => result.reject(new Error('late: hunter2'))],
])('a function that %s after its deadline', (_, settle) => {
  test('SEC-37 the late result is ignored, not cached, and logged', async () => {
    const results: Deferred<boolean>[] = []
    const authorize = vi.fn(() => {
      const result = new Deferred<boolean>()
      results.push(result)
      return result.promise
    })
    const authorizer = createAuthorizer({ authorize, contract, clock, logger, timeoutMs: 50 })
    const outcome = toPromise(authorizer.evaluate(request))
    clock.advanceSync(50)
    expect(reasonOf(await outcome)).toBe('AUTHORIZER_TIMEOUT')
    clock.advanceSync(50)
    for (const result of results) settle(result)
    await flushMicrotasks()
    expect(logger.lines.at(-1)).toMatch(/responded after its deadline of 50 ms; the result was ignored/)
    expect(logger.lines).toHaveLength(2)
    expect(logger.lines.join('')).not.toContain('hunter2')
    void authorizer.evaluate(request)
    expect(authorize).toHaveBeenCalledTimes(2)
  })
})

test('SEC-37 a result before the deadline cancels its timer', async () => {
  const authorizer = createAuthorizer({ authorize: async () => true, clock, logger, timeoutMs: 50 })
  expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
  expect(clock.pending).toBe(0)
  clock.advanceSync(1000)
  await flushMicrotasks()
  expect(logger.lines).toEqual([])
})

test('SEC-80 the signal of the call is aborted at the deadline', async () => {
  let signal: AbortSignal | undefined
  const authorize = (__: unknown, call: { signal: AbortSignal }): Promise<boolean> => {
    signal = call.signal
    return new Promise(() => undefined)
  }
  const authorizer = createAuthorizer({ authorize, clock, logger, timeoutMs: 50 })
  const outcome = toPromise(authorizer.evaluate(request))
  clock.advanceSync(49)
  expect(signal?.aborted).toBe(false)
  clock.advanceSync(1)
  expect(signal?.aborted).toBe(true)
  expect(signal?.reason).toMatchObject({ name: 'TimeoutError' })
  await outcome
})

const allowsOnAbort = (_: unknown, { signal }: { signal: AbortSignal }): Promise<boolean> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(true))
  })
test('SEC-37 a result that follows the abort of the signal is ignored', async () => {
  const authorizer = createAuthorizer({ authorize: allowsOnAbort, clock, logger, timeoutMs: 50 })
  const outcome = toPromise(authorizer.evaluate(request))
  clock.advanceSync(50)
  expect(reasonOf(await outcome)).toBe('AUTHORIZER_TIMEOUT')
})

test.each([
  ['the option', { timeoutMs: 20 }, 20],
  ['the contract if the option is not set', {}, 1000],
])('SEC-80 the deadline is set by %s, and remainingMs() returns the time left', async (_, options, deadline) => {
  const left: number[] = []
  let invocation: Invocation | undefined
  const authorizer = createAuthorizer({
    authorize: () => new Promise(() => undefined),
    contract: plainContract({
      invoke: (authorize, event, given) => {
        invocation = given
        left.push(given.remainingMs())
        return authorize(event)
      },
    }),
    clock,
    logger,
    ...options,
  })
  const outcome = toPromise(authorizer.evaluate(request))
  clock.advanceSync(5)
  left.push(invocation?.remainingMs() ?? Number.NaN)
  clock.advanceSync(deadline)
  left.push(invocation?.remainingMs() ?? Number.NaN)
  expect(left).toEqual([deadline, deadline - 5, 0])
  expect(reasonOf(await outcome)).toBe('AUTHORIZER_TIMEOUT')
})

test('SEC-80 setting the wall clock does not change a deadline', async () => {
  const authorizer = createAuthorizer({
    authorize: () => new Promise<boolean>(() => undefined),
    clock,
    logger,
    timeoutMs: 50,
  })
  const outcome = toPromise(authorizer.evaluate(request))
  clock.setTime(0)
  clock.advanceSync(49)
  expect(await settledOrUndefined(outcome)).toBeUndefined()
  clock.setTime(Date.UTC(2099, 0))
  expect(await settledOrUndefined(outcome)).toBeUndefined()
  clock.advanceSync(1)
  expect(reasonOf(await outcome)).toBe('AUTHORIZER_TIMEOUT')
})

test('SEC-98 the timer of the default deadline of ten seconds does not keep the process alive', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout')
  const authorizer = createAuthorizer({ authorize: async () => true })
  expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
  const index = timers.mock.calls.findIndex(([, ms]) => ms === 10_000)
  const timer = timers.mock.results[index]?.value as NodeJS.Timeout | undefined
  expect(timer?.hasRef()).toBe(false)
})
