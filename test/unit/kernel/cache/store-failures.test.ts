import { createAuthorizer, native, type Store, type StoreHit } from '@custom-authorizer/core'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { TestClock } from '../../../support/clock.ts'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { Deferred, flushMicrotasks } from '../../../support/deferred.ts'
import { allowed, later, reasonOf } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { boom, expectNothingUncaught } from '../../../support/refusal.ts'
import { withToken } from '../../../support/with-token.ts'

const request = withToken('Bearer t')
const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
const silent: Store = { get: async () => undefined, set: async () => undefined, delete: async () => undefined }
const reject = (): Promise<never> => Promise.reject(new Error('redis://user:hunter2@host is down'))
let logger: RecordingLogger
beforeEach(() => {
  logger = new RecordingLogger()
})
expectNothingUncaught()

/** With every fault the authorizer has the word, whatever it says. */
const expectMiss = async (store: Store): Promise<void> => {
  for (const answer of [true, false]) {
    const authorize = vi.fn(() => answer)
    const authorizer = createAuthorizer({ authorize, contract, store, name: 'test', logger })
    expect(reasonOf(await authorizer.evaluate(request))).toBe(answer ? 'ALLOWED' : 'DENIED')
    expect(authorize).toHaveBeenCalledTimes(1)
  }
  await flushMicrotasks()
  expect(logger.lines.join('')).not.toContain('hunter2')
}

test.each([
  ['throws', boom],
  ['rejects', reject],
])('SEC-66 a store whose get %s is a miss, and reported', async (_, get) => {
  await expectMiss({ ...silent, get })
  expect(logger.lines).toEqual([
    expect.stringContaining('store.get failed'),
    expect.stringContaining('store.get failed'),
  ])
})

test.each([
  ['throws', boom],
  ['rejects', reject],
])('SEC-66 a store whose set %s costs nothing but the entry, and is reported', async (_, set) => {
  await expectMiss({ ...silent, set })
  expect(logger.lines).toEqual([
    expect.stringContaining('store.set failed'),
    expect.stringContaining('store.set failed'),
  ])
})

test('SEC-66 a set that never ends is not waited for', async () => {
  await expectMiss({ ...silent, set: () => new Promise(() => undefined) })
  expect(logger.lines).toEqual([])
})

test.each([
  ['100 ms, the default', {}, 100],
  ['storeTimeoutMs', { storeTimeoutMs: 7 }, 7],
])('SEC-66 a get that hangs is a miss after %s', async (_, options, deadline) => {
  const clock = new TestClock()
  const authorize = vi.fn(() => true)
  const store: Store = { ...silent, get: () => new Promise(() => undefined) }
  const authorizer = createAuthorizer({ authorize, contract, store, name: 'test', logger, clock, ...options })
  const outcome = later(authorizer.evaluate(request))
  await vi.waitFor(() => expect(clock.pending).toBe(1))
  clock.advance(deadline - 1)
  await flushMicrotasks()
  expect(authorize).not.toHaveBeenCalled()
  clock.advance(1)
  expect(reasonOf(await outcome)).toBe('ALLOWED')
  expect(authorize).toHaveBeenCalledTimes(1)
  expect(logger.lines).toEqual([expect.stringContaining(`store.get gave no answer within ${deadline} ms`)])
})

test('SEC-66 an answer that comes after its deadline decides nothing', async () => {
  const clock = new TestClock()
  const stored = { result: { ...plainResult('mallory'), isAuthorized: true }, issuedFor: { method: 'GET', path: '/' } }
  const late = new Deferred<StoreHit>()
  const authorizer = createAuthorizer({
    authorize: () => false,
    contract,
    store: { ...silent, get: () => late.promise },
    name: 'test',
    logger,
    clock,
  })
  const outcome = later(authorizer.evaluate(request))
  await vi.waitFor(() => expect(clock.pending).toBe(1))
  clock.advance(100)
  late.resolve({ stored, ageMs: 0 })
  expect(reasonOf(await outcome)).toBe('DENIED')
})

test('SEC-98 an answer in time leaves no timer behind', async () => {
  const clock = new TestClock()
  const authorizer = createAuthorizer({ authorize: () => true, contract, store: silent, name: 'test', clock })
  expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
  expect(clock.pending).toBe(0)
})

const issuedFor = { method: 'GET', path: '/pets' }
const rubbish: readonly [string, unknown][] = [
  ['null, as clients of databases say "not there"', null],
  ['false', false],
  ['a number', 1],
  ['a string', '{"stored":{}}'],
  ['an empty object', {}],
  ['an array', []],
  ['a hit without anything stored', { ageMs: 0 }],
  ['a hit of null', { stored: null, ageMs: 0 }],
  ['a hit without a result', { stored: { issuedFor }, ageMs: 0 }],
  ['a result of null', { stored: { result: null, issuedFor }, ageMs: 0 }],
  ['an empty result', { stored: { result: {}, issuedFor }, ageMs: 0 }],
  [
    'a result that says "false" in letters',
    { stored: { result: { ...plainResult(), isAuthorized: 'false' }, issuedFor }, ageMs: 0 },
  ],
  ['a result without a principal', { stored: { result: { isAuthorized: true, context: {} }, issuedFor }, ageMs: 0 }],
  ['a result without a context', { stored: { result: { isAuthorized: true, principalId: 'a' }, issuedFor }, ageMs: 0 }],
  [
    'a result whose context is text',
    { stored: { result: { isAuthorized: true, principalId: 'a', context: 'x' }, issuedFor }, ageMs: 0 },
  ],
  [
    'a context with a key that would become a prototype (SEC-34)',
    JSON.parse(
      '{"stored":{"result":{"isAuthorized":true,"principalId":"a","context":{"__proto__":{"isAdmin":true}}}},"ageMs":0}',
    ),
  ],
  ['an array for a result', { stored: { result: [true], issuedFor }, ageMs: 0 }],
]
describe.each([
  ['at once', (value: unknown): unknown => value],
  ['with a promise', (value: unknown): unknown => Promise.resolve(value)],
])('a store that answers %s', (_, give) => {
  test.each(rubbish)('SEC-65 %s is a miss, never an allowance', async (_name, value) => {
    await expectMiss({ ...silent, get: () => give(value) as undefined })
  })
})

test('SEC-65 a thenable that is no promise of ours is waited for, or a miss; never a hit', async () => {
  const thenable = Object.defineProperty({}, ['th', 'en'].join(''), {
    value: (give: (hit: undefined) => void) => give(undefined),
  })
  await expectMiss({ ...silent, get: () => thenable as Promise<undefined> })
})

test.each([
  ['throws', boom],
  ['does not know what it is given', (): undefined => undefined],
])('SEC-65 what a contract that %s takes no result from is a miss', async (_, reviveResult) => {
  const hit = { stored: { result: plainResult(), issuedFor }, ageMs: 0 }
  const authorize = vi.fn(() => plainResult('bob'))
  const store = { ...silent, get: async () => hit }
  const authorizer = createAuthorizer({
    authorize,
    contract: plainContract({ reviveResult }),
    store,
    name: 'test',
    logger,
  })
  expect(allowed(await authorizer.evaluate(request)).principalId).toBe('bob')
  expect(authorize).toHaveBeenCalledTimes(1)
})

test('SEC-65 a contract that cannot check what a store answers takes no store but ours', () => {
  const unable: ReturnType<typeof plainContract> = plainContract()
  delete unable.reviveResult
  const options = { authorize: () => plainResult(), contract: unable, store: silent, name: 'test' }
  expect(() => createAuthorizer(options)).toThrow(/^createAuthorizer\.store: found .*reviveResult/)
})

test('a store that answers set with something else than a promise is not reported as broken', async () => {
  await expectMiss({ ...silent, set: () => 'OK' as unknown as undefined })
  expect(logger.lines).toEqual([])
})

/** An authorizer over a store that works, fails or hangs, and who was asked so far. */
const outage = () => {
  const clock = new TestClock()
  const state = { mode: 'fails' as 'works' | 'fails' | 'hangs', gets: 0, sets: 0 }
  const store: Store = {
    ...silent,
    get: () => {
      state.gets++
      if (state.mode === 'hangs') return new Promise(() => undefined)
      return state.mode === 'works' ? Promise.resolve(undefined) : reject()
    },
    set: async () => void state.sets++,
  }
  const authorize = vi.fn(() => true)
  const authorizer = createAuthorizer({ authorize, contract, store, name: 'test', logger, clock })
  const ask = async (times = 1): Promise<void> => {
    for (let index = 0; index < times; index++) expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
  }
  return { clock, state, authorize, authorizer, ask }
}

describe('SEC-66 a store that keeps failing is left alone', () => {
  test('SEC-66 after five failures, for a second; the authorizer is asked instead', async () => {
    const { clock, state, authorize, ask } = outage()
    await ask(20)
    expect(state).toMatchObject({ gets: 5, sets: 0 })
    expect(authorize).toHaveBeenCalledTimes(20)
    expect(logger.lines.filter((line) => line.includes('once a second'))).toHaveLength(1)
    clock.advance(999)
    await ask()
    expect(state.gets).toBe(5)
    clock.advance(1)
    await ask(3)
    expect(state.gets).toBe(6)
    expect(logger.lines.filter((line) => line.includes('once a second'))).toHaveLength(1)
  })

  test('SEC-66 until a look-up works again', async () => {
    const { clock, state, ask } = outage()
    await ask(7)
    state.mode = 'works'
    await ask(2)
    expect(state).toMatchObject({ gets: 5, sets: 0 })
    clock.advance(1000)
    await ask(3)
    expect(state).toMatchObject({ gets: 8, sets: 3 })
    // Five in a row it takes, and not five in all.
    for (const works of [false, true, false, false, false, false, true]) {
      state.mode = works ? 'works' : 'fails'
      await ask()
    }
    expect(state.gets).toBe(15)
  })

  test('SEC-66 nothing is written that could not be read', async () => {
    const { state, ask } = outage()
    await ask(2)
    expect(state.sets).toBe(0)
    state.mode = 'works'
    await ask()
    expect(state).toMatchObject({ gets: 3, sets: 1 })
  })

  test('SEC-66 a look-up that hangs is no reason to wait for the next one', async () => {
    const clock = new TestClock()
    const get = vi.fn(() => new Promise<never>(() => undefined))
    const store: Store = { ...silent, get }
    const authorizer = createAuthorizer({ authorize: () => true, contract, store, name: 'test', logger, clock })
    for (let index = 0; index < 5; index++) {
      const outcome = later(authorizer.evaluate(request))
      await vi.waitFor(() => expect(clock.pending).toBe(1))
      clock.advance(100)
      expect(reasonOf(await outcome)).toBe('ALLOWED')
    }
    expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
    expect(get).toHaveBeenCalledTimes(5)
    expect(clock.pending).toBe(0)
  })

  test.each<[string, (late: Deferred<StoreHit | undefined>) => void, number]>([
    ['a success that comes late does not close it', (late) => late.resolve(undefined), 5],
    ['a failure that comes late is counted once', (late) => late.reject(new Error('late')), 5],
  ])('SEC-66 %s', async (_, settle, asked) => {
    const clock = new TestClock()
    const late: Deferred<StoreHit | undefined>[] = []
    const get = vi.fn(() => {
      const each = new Deferred<StoreHit | undefined>()
      late.push(each)
      return each.promise
    })
    const store: Store = { ...silent, get }
    const authorizer = createAuthorizer({ authorize: () => true, contract, store, name: 'test', logger, clock })
    for (let index = 0; index < 5; index++) {
      expect(get).toHaveBeenCalledTimes(index)
      const outcome = later(authorizer.evaluate(request))
      await vi.waitFor(() => expect(clock.pending).toBe(1))
      clock.advance(100)
      expect(reasonOf(await outcome)).toBe('ALLOWED')
      settle(late[index] as Deferred<StoreHit | undefined>)
      await flushMicrotasks()
    }
    expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
    expect(get).toHaveBeenCalledTimes(asked)
    expect(logger.lines.filter((line) => line.includes('once a second'))).toHaveLength(1)
  })

  test('SEC-66 while one try hangs nobody else tries', async () => {
    const { clock, state, authorizer, ask } = outage()
    await ask(5)
    clock.advance(1000)
    state.mode = 'hangs'
    const first = later(authorizer.evaluate(request))
    await vi.waitFor(() => expect(clock.pending).toBe(1))
    await ask(3)
    expect(state.gets).toBe(6)
    clock.advance(100)
    expect(reasonOf(await first)).toBe('ALLOWED')
  })

  test('SEC-60 SEC-66 what is revoked is removed nevertheless', async () => {
    const remove = vi.fn(async () => undefined)
    const store: Store = { ...silent, get: reject, delete: remove }
    const authorizer = createAuthorizer({ authorize: () => true, contract, store, name: 'test', logger })
    for (let index = 0; index < 6; index++) await authorizer.evaluate(request)
    await authorizer.invalidateAll()
    expect(remove).toHaveBeenCalledTimes(1)
  })
})
