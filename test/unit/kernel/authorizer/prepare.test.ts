/** `prepare` of a contract: work that a call waits for before it counts towards `maxInFlight`. */
import { type Contract, createAuthorizer } from '@custom-authorizer/core'
import type { Prepared } from '@custom-authorizer/core/contract'
import { fakeClock } from '@custom-authorizer/core/testing'
import { expect, test, vi } from 'vitest'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { Deferred, flushMicrotasks } from '../../../support/deferred.ts'
import { syncOutcome, reasonOf } from '../../../support/outcome.ts'
import { expectOptionError } from '../../../support/option-error.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { withToken } from '../../../support/with-token.ts'

/** An authorizer with the given `prepare`; the function receives the prepared value. */
const build = (prepare: Contract['prepare'] & {}, options: object = {}) => {
  const authorize = vi.fn((_prepared: unknown): unknown => plainResult())
  const contract = plainContract({
    resultTtlSeconds: 0,
    prepare,
    toEvent: (_, { prepared }) => prepared,
    invoke: (call, event) => call(event),
  })
  const clock = fakeClock()
  const logger = new RecordingLogger()
  return { authorizer: createAuthorizer({ authorize, contract, clock, logger, ...options }), authorize, clock, logger }
}

const pendingIn = (pool: string, promise: Promise<unknown>): Prepared => ({ pool, wait: () => promise })

test('SEC-64 an available value is passed to the call synchronously', () => {
  const { authorizer, authorize } = build(() => ({ value: 'key' }))
  expect(reasonOf(syncOutcome(authorizer.evaluate(withToken('t'))))).toBe('ALLOWED')
  expect(authorize).toHaveBeenCalledWith('key')
})

test('SEC-64 SEC-99 requests that wait for a preparation do not count towards maxInFlight', async () => {
  const key = new Deferred<string>()
  const { authorizer, authorize } = build(
    ([token]) => (token === 'slow' ? pendingIn('p', key.promise) : { value: 'known' }),
    { maxInFlight: 1 },
  )
  const waiting = authorizer.evaluate(withToken('slow'))
  for (let index = 0; index < 5; index++) expect(reasonOf(await authorizer.evaluate(withToken('fast')))).toBe('ALLOWED')
  key.resolve('fetched')
  expect(reasonOf(await waiting)).toBe('ALLOWED')
  expect(authorize).toHaveBeenLastCalledWith('fetched')
})

test('SEC-99 limits.pendingPreparations applies to each pool, and requests beyond it get 503', async () => {
  const started = vi.fn()
  const { authorizer, logger } = build(
    ([token = '']) => ({
      pool: token,
      wait: () => {
        started(token)
        return new Promise(() => undefined)
      },
    }),
    { limits: { pendingPreparations: 2 } },
  )
  for (const token of ['a', 'a', 'b', 'b']) void authorizer.evaluate(withToken(token))
  for (const token of ['a', 'b', 'a'])
    expect(syncOutcome(authorizer.evaluate(withToken(token)))).toMatchObject({ reason: 'OVERLOADED' })
  expect(started).toHaveBeenCalledTimes(4)
  expect(logger.lines.filter((line) => line.includes('too many requests wait'))).toHaveLength(1)
})

test('SEC-62 SEC-64 concurrent requests of one caller share one preparation and one call', async () => {
  const key = new Deferred<string>()
  const prepare = vi.fn(() => pendingIn('p', key.promise))
  const { authorize, clock, logger } = build(() => ({ value: '' }))
  const contract = plainContract({
    resultTtlSeconds: 60,
    prepare,
    toEvent: (_, { prepared }) => prepared,
    invoke: (call, event) => call(event),
  })
  const authorizer = createAuthorizer({
    authorize,
    contract,
    clock,
    logger,
    maxInFlight: 1,
    limits: { pendingPreparations: 2 },
  })
  const waiting = Array.from({ length: 50 }, () => Promise.resolve(authorizer.evaluate(withToken('one'))))
  const other = authorizer.evaluate(withToken('two'))
  expect(reasonOf(await authorizer.evaluate(withToken('three')))).toBe('OVERLOADED')
  expect(prepare).toHaveBeenCalledTimes(3)
  key.resolve('fetched')
  expect((await Promise.all(waiting)).map(reasonOf)).toEqual(waiting.map(() => 'ALLOWED'))
  expect(reasonOf(await other)).toBe('ALLOWED')
  expect(authorize).toHaveBeenCalledTimes(2)
})

test('SEC-63 a shared preparation is aborted only when the last waiting client disconnects', async () => {
  const { authorize, clock, logger } = build(() => ({ value: '' }))
  let signal: AbortSignal | undefined
  const contract = plainContract({
    resultTtlSeconds: 60,
    prepare: () => ({
      pool: 'p',
      wait: (given) => {
        signal = given
        return new Promise(() => undefined)
      },
    }),
    toEvent: (_, { prepared }) => prepared,
    invoke: (call, event) => call(event),
  })
  const authorizer = createAuthorizer({ authorize, contract, clock, logger, limits: { pendingPreparations: 1 } })
  const [first, second] = [new AbortController(), new AbortController()]
  const one = authorizer.evaluate(withToken('one'), { signal: first.signal })
  const two = authorizer.evaluate(withToken('one'), { signal: second.signal })
  first.abort()
  expect(reasonOf(await one)).toBe('ABORTED')
  expect(signal?.aborted).toBe(false)
  second.abort()
  expect(reasonOf(await two)).toBe('ABORTED')
  expect(signal?.aborted).toBe(true)
  await flushMicrotasks()
  void authorizer.evaluate(withToken('two'))
  expect(reasonOf(await authorizer.evaluate(withToken('three')))).toBe('OVERLOADED')
})

test('SEC-80 a preparation ends at the deadline of the call, and its signal is aborted', async () => {
  let signal: AbortSignal | undefined
  const { authorizer, clock, authorize } = build(
    () => ({
      pool: 'p',
      wait: (given) => {
        signal = given
        return new Promise(() => undefined)
      },
    }),
    { timeoutMs: 100, limits: { pendingPreparations: 1 } },
  )
  for (let round = 0; round < 3; round++) {
    const waiting = authorizer.evaluate(withToken('t'))
    clock.advanceSync(99)
    expect(signal?.aborted).toBe(false)
    clock.advanceSync(1)
    expect(reasonOf(await waiting)).toBe('AUTHORIZER_TIMEOUT')
    expect(signal?.aborted).toBe(true)
  }
  expect([authorize.mock.calls.length, clock.pending]).toEqual([0, 0])
})

test('SEC-80 the deadline of a call includes the time of its preparation', async () => {
  const key = new Deferred<string>()
  const { authorizer, clock, authorize } = build(() => pendingIn('p', key.promise), { timeoutMs: 100 })
  authorize.mockReturnValue(new Promise(() => undefined))
  const running = authorizer.evaluate(withToken('t'))
  clock.advanceSync(60)
  key.resolve('k')
  await flushMicrotasks()
  clock.advanceSync(39)
  expect(await Promise.race([running, flushMicrotasks().then(() => 'running')])).toBe('running')
  clock.advanceSync(1)
  expect(reasonOf(await running)).toBe('AUTHORIZER_TIMEOUT')
})

test('SEC-104 a preparation that rejects or throws is an authorizer error and leaves its pool', async () => {
  const failing = [
    () => Promise.reject(new Error('down')),
    () => {
      throw new Error('down')
    },
  ]
  for (const wait of failing) {
    const onAuthorizerError = vi.fn()
    const { authorizer } = build(() => ({ pool: 'p', wait }), { onAuthorizerError, limits: { pendingPreparations: 1 } })
    for (let round = 0; round < 3; round++)
      expect(reasonOf(await authorizer.evaluate(withToken('t')))).toBe('AUTHORIZER_ERROR')
    expect(onAuthorizerError).toHaveBeenCalledTimes(3)
  }
})

test('SEC-108 a polluted Object.prototype is not read as a prepared value', async () => {
  const { authorizer, authorize } = build(() => pendingIn('p', Promise.resolve('own')))
  Reflect.defineProperty(Object.prototype, 'value', { value: 'polluted', configurable: true })
  Reflect.defineProperty(Object.prototype, 'allowed', { value: true, configurable: true })
  try {
    await authorizer.evaluate(withToken('t'))
  } finally {
    Reflect.deleteProperty(Object.prototype, 'value')
    Reflect.deleteProperty(Object.prototype, 'allowed')
  }
  expect(authorize).toHaveBeenCalledWith('own')
})

test.each([
  ['pendingBodies', 0, '1 to 1000000'],
  ['pendingBodyBytes', 1.5, '1 to'],
  ['bodyTimeoutMs', 900_001, '1 to 900000'],
  ['pendingPreparations', 'many', '1 to 1000000'],
  ['pendingKeys', 1, ''],
])('SEC-105 an invalid limits.%s is rejected at construction', (name, value, allowed) => {
  const attempt = (): unknown => build(() => ({ value: 1 }), { limits: { [name]: value } })
  if (name === 'pendingKeys') expect(attempt).toThrow(/createAuthorizer\.limits\.pendingKeys is not an option/)
  else expectOptionError(attempt, `createAuthorizer.limits.${name}`, `found a ${typeof value}`, allowed)
})
