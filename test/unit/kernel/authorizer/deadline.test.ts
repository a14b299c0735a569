import { createAuthorizer, native } from '@custom-authorizer/core'
import type { Invocation } from '@custom-authorizer/core/contract'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { TestClock } from '../../../support/clock.ts'
import { plainContract } from '../../../support/contract.ts'
import { Deferred, flushMicrotasks } from '../../../support/deferred.ts'
import { denied, later, reasonOf } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { expectNothingUncaught, settledOrUndefined } from '../../../support/refusal.ts'
import { withToken } from '../../../support/with-token.ts'

const request = withToken('Bearer t')
const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
let clock: TestClock
let logger: RecordingLogger
beforeEach(() => {
  clock = new TestClock()
  logger = new RecordingLogger()
})
expectNothingUncaught()

test('SEC-80 no answer within timeoutMs is a refusal with 500, not a moment sooner', async () => {
  const authorizer = createAuthorizer({
    authorize: () => new Promise<boolean>(() => undefined),
    clock,
    logger,
    timeoutMs: 50,
  })
  const outcome = later(authorizer.evaluate(request))
  clock.advance(49)
  expect(await settledOrUndefined(outcome)).toBeUndefined()
  clock.advance(1)
  expect(denied(await outcome)).toMatchObject({ reason: 'AUTHORIZER_TIMEOUT', response: { status: 500 } })
  expect(logger.lines).toEqual([expect.stringContaining('no answer within 50 ms')])
})

describe.each([
  ['allows', (answer: Deferred<boolean>) => answer.resolve(true)],
  ['fails', (answer: Deferred<boolean>) => answer.reject(new Error('late: hunter2'))],
])('SEC-37 an authorizer that %s after its deadline', (_, settle) => {
  test('changes nothing, is not kept, and is reported', async () => {
    const answers: Deferred<boolean>[] = []
    const authorize = vi.fn(() => {
      const answer = new Deferred<boolean>()
      answers.push(answer)
      return answer.promise
    })
    const authorizer = createAuthorizer({ authorize, contract, clock, logger, timeoutMs: 50 })
    const outcome = later(authorizer.evaluate(request))
    clock.advance(50)
    expect(reasonOf(await outcome)).toBe('AUTHORIZER_TIMEOUT')
    clock.advance(50)
    for (const answer of answers) settle(answer)
    await flushMicrotasks()
    expect(logger.lines.at(-1)).toMatch(/answered after its deadline of 50 ms; the answer was ignored/)
    expect(logger.lines).toHaveLength(2)
    expect(logger.lines.join('')).not.toContain('hunter2')
    void authorizer.evaluate(request)
    expect(authorize).toHaveBeenCalledTimes(2)
  })
})

test('SEC-37 an answer before the deadline cancels it', async () => {
  const authorizer = createAuthorizer({ authorize: async () => true, clock, logger, timeoutMs: 50 })
  expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
  expect(clock.pending).toBe(0)
  clock.advance(1000)
  await flushMicrotasks()
  expect(logger.lines).toEqual([])
})

test('the signal of the call is aborted at the deadline and not before', async () => {
  let signal: AbortSignal | undefined
  const authorize = (__: unknown, call: { signal: AbortSignal }): Promise<boolean> => {
    signal = call.signal
    return new Promise(() => undefined)
  }
  const authorizer = createAuthorizer({ authorize, clock, logger, timeoutMs: 50 })
  const outcome = later(authorizer.evaluate(request))
  clock.advance(49)
  expect(signal?.aborted).toBe(false)
  clock.advance(1)
  expect(signal?.aborted).toBe(true)
  expect(signal?.reason).toMatchObject({ name: 'TimeoutError' })
  await outcome
})

const allowsOnAbort = (_: unknown, { signal }: { signal: AbortSignal }): Promise<boolean> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(true))
  })
test('SEC-37 an authorizer that ends because its signal was aborted is still too late', async () => {
  const authorizer = createAuthorizer({ authorize: allowsOnAbort, clock, logger, timeoutMs: 50 })
  const outcome = later(authorizer.evaluate(request))
  clock.advance(50)
  expect(reasonOf(await outcome)).toBe('AUTHORIZER_TIMEOUT')
})

test.each([
  ['the option', { timeoutMs: 20 }, 20],
  ['the contract, without the option', {}, 1000],
])('the deadline comes from %s, and the call knows what is left of it', async (_, options, deadline) => {
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
  const outcome = later(authorizer.evaluate(request))
  clock.advance(5)
  left.push(invocation?.remainingMs() ?? Number.NaN)
  clock.advance(deadline)
  left.push(invocation?.remainingMs() ?? Number.NaN)
  expect(left).toEqual([deadline, deadline - 5, 0])
  expect(reasonOf(await outcome)).toBe('AUTHORIZER_TIMEOUT')
})

test('a correction of the wall clock moves no deadline', async () => {
  const authorizer = createAuthorizer({
    authorize: () => new Promise<boolean>(() => undefined),
    clock,
    logger,
    timeoutMs: 50,
  })
  const outcome = later(authorizer.evaluate(request))
  clock.setTime(0)
  clock.advance(49)
  expect(await settledOrUndefined(outcome)).toBeUndefined()
  clock.setTime(Date.UTC(2099, 0))
  expect(await settledOrUndefined(outcome)).toBeUndefined()
  clock.advance(1)
  expect(reasonOf(await outcome)).toBe('AUTHORIZER_TIMEOUT')
})

test('SEC-98 the deadline of the native contract is ten seconds, and its timer keeps no process alive', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout')
  const authorizer = createAuthorizer({ authorize: async () => true })
  expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
  const index = timers.mock.calls.findIndex(([, ms]) => ms === 10_000)
  const timer = timers.mock.results[index]?.value as NodeJS.Timeout | undefined
  expect(timer?.hasRef()).toBe(false)
})
