/** The circuit breaker stops calls to a store that keeps failing (SEC-66). */
import { createAuthorizer, native, type Store, type StoreHit } from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import { beforeEach, expect, test, vi } from 'vitest'
import { Deferred, flushMicrotasks } from '../../../support/deferred.ts'
import { toPromise, reasonOf } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { expectNothingUncaught } from '../../../support/failure-checks.ts'
import { withToken } from '../../../support/with-token.ts'

const request = withToken('Bearer t')
const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
const emptyStore: Store = { get: async () => undefined, set: async () => undefined, delete: async () => undefined }
const reject = (): Promise<never> => Promise.reject(new Error('the store is down'))
let logger: RecordingLogger
beforeEach(() => {
  logger = new RecordingLogger()
})
expectNothingUncaught()

/** An authorizer with a store that works, fails or hangs, and the number of calls so far. */
const outage = () => {
  const clock = fakeClock()
  const state = { mode: 'fails' as 'works' | 'fails' | 'hangs', gets: 0, sets: 0 }
  const store: Store = {
    ...emptyStore,
    get: () => {
      state.gets++
      if (state.mode === 'hangs') return new Promise(() => undefined)
      return state.mode === 'works' ? Promise.resolve(undefined) : reject()
    },
    set: async () => void state.sets++,
  }
  const authorize = vi.fn(() => true)
  const authorizer = createAuthorizer({ authorize, contract, store, name: 'test', logger, clock })
  const evaluateTimes = async (times = 1): Promise<void> => {
    for (let index = 0; index < times; index++) expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
  }
  return { clock, state, authorize, authorizer, evaluateTimes }
}

test('SEC-66 after five failures the store is not called for one second, and the function is called instead', async () => {
  const { clock, state, authorize, evaluateTimes } = outage()
  await evaluateTimes(20)
  expect(state).toMatchObject({ gets: 5, sets: 0 })
  expect(authorize).toHaveBeenCalledTimes(20)
  expect(logger.lines.filter((line) => line.includes('once a second'))).toHaveLength(1)
  clock.advanceSync(999)
  await evaluateTimes()
  expect(state.gets).toBe(5)
  clock.advanceSync(1)
  await evaluateTimes(3)
  expect(state.gets).toBe(6)
  expect(logger.lines.filter((line) => line.includes('once a second'))).toHaveLength(1)
})

test('SEC-66 a successful lookup closes the circuit, and only consecutive failures open it', async () => {
  const { clock, state, evaluateTimes } = outage()
  await evaluateTimes(7)
  state.mode = 'works'
  await evaluateTimes(2)
  expect(state).toMatchObject({ gets: 5, sets: 0 })
  clock.advanceSync(1000)
  await evaluateTimes(3)
  expect(state).toMatchObject({ gets: 8, sets: 3 })
  for (const works of [false, true, false, false, false, false, true]) {
    state.mode = works ? 'works' : 'fails'
    await evaluateTimes()
  }
  expect(state.gets).toBe(15)
})

test('SEC-66 store.set is not called after store.get has failed', async () => {
  const { state, evaluateTimes } = outage()
  await evaluateTimes(2)
  expect(state.sets).toBe(0)
  state.mode = 'works'
  await evaluateTimes()
  expect(state).toMatchObject({ gets: 3, sets: 1 })
})

test('SEC-66 five lookups that time out open the circuit', async () => {
  const clock = fakeClock()
  const get = vi.fn(() => new Promise<never>(() => undefined))
  const store: Store = { ...emptyStore, get }
  const authorizer = createAuthorizer({ authorize: () => true, contract, store, name: 'test', logger, clock })
  for (let index = 0; index < 5; index++) {
    const outcome = toPromise(authorizer.evaluate(request))
    await vi.waitFor(() => expect(clock.pending).toBe(1))
    clock.advanceSync(100)
    expect(reasonOf(await outcome)).toBe('ALLOWED')
  }
  expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
  expect(get).toHaveBeenCalledTimes(5)
  expect(clock.pending).toBe(0)
})

test.each<[string, (late: Deferred<StoreHit | undefined>) => void, number]>([
  ['a lookup that succeeds after its timeout does not close the circuit', (late) => late.resolve(undefined), 5],
  ['a lookup that fails after its timeout is counted once', (late) => late.reject(new Error('late')), 5],
])('SEC-66 %s', async (_, settle, calls) => {
  const clock = fakeClock()
  const late: Deferred<StoreHit | undefined>[] = []
  const get = vi.fn(() => {
    const each = new Deferred<StoreHit | undefined>()
    late.push(each)
    return each.promise
  })
  const store: Store = { ...emptyStore, get }
  const authorizer = createAuthorizer({ authorize: () => true, contract, store, name: 'test', logger, clock })
  for (let index = 0; index < 5; index++) {
    expect(get).toHaveBeenCalledTimes(index)
    const outcome = toPromise(authorizer.evaluate(request))
    await vi.waitFor(() => expect(clock.pending).toBe(1))
    clock.advanceSync(100)
    expect(reasonOf(await outcome)).toBe('ALLOWED')
    settle(late[index] as Deferred<StoreHit | undefined>)
    await flushMicrotasks()
  }
  expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
  expect(get).toHaveBeenCalledTimes(calls)
  expect(logger.lines.filter((line) => line.includes('once a second'))).toHaveLength(1)
})

test('SEC-66 while one probe of the store is pending, other requests do not call it', async () => {
  const { clock, state, authorizer, evaluateTimes } = outage()
  await evaluateTimes(5)
  clock.advanceSync(1000)
  state.mode = 'hangs'
  const first = toPromise(authorizer.evaluate(request))
  await vi.waitFor(() => expect(clock.pending).toBe(1))
  await evaluateTimes(3)
  expect(state.gets).toBe(6)
  clock.advanceSync(100)
  expect(reasonOf(await first)).toBe('ALLOWED')
})

test('SEC-60 SEC-66 invalidateAll calls the store even if the circuit is open', async () => {
  const remove = vi.fn(async () => undefined)
  const store: Store = { ...emptyStore, get: reject, delete: remove }
  const authorizer = createAuthorizer({ authorize: () => true, contract, store, name: 'test', logger })
  for (let index = 0; index < 6; index++) await authorizer.evaluate(request)
  await authorizer.invalidateAll()
  expect(remove).toHaveBeenCalledTimes(1)
})
