/** A failing, slow or corrupted store counts as a miss (SEC-65, SEC-66). */
import { createAuthorizer, native, type Store, type StoreHit } from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { Deferred, flushMicrotasks } from '../../../support/deferred.ts'
import { allowed, toPromise, reasonOf } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { throwError, expectNothingUncaught } from '../../../support/failure-checks.ts'
import { withToken } from '../../../support/with-token.ts'

const request = withToken('Bearer t')
const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
const emptyStore: Store = { get: async () => undefined, set: async () => undefined, delete: async () => undefined }
const rejectWithSecret = (): Promise<never> => Promise.reject(new Error('redis://user:hunter2@host is down'))
let logger: RecordingLogger
beforeEach(() => {
  logger = new RecordingLogger()
})
expectNothingUncaught()

/** Expects that the result of the function decides, because the store returned no usable one. */
const expectMiss = async (store: Store): Promise<void> => {
  for (const result of [true, false]) {
    const authorize = vi.fn(() => result)
    const authorizer = createAuthorizer({ authorize, contract, store, name: 'test', logger })
    expect(reasonOf(await authorizer.evaluate(request))).toBe(result ? 'ALLOWED' : 'DENIED')
    expect(authorize).toHaveBeenCalledTimes(1)
  }
  await flushMicrotasks()
  expect(logger.lines.join('')).not.toContain('hunter2')
}

test.each([
  ['throws', throwError],
  ['rejects', rejectWithSecret],
])('SEC-66 store.get that %s is reported and counts as a miss', async (_, get) => {
  await expectMiss({ ...emptyStore, get })
  expect(logger.lines).toEqual([
    expect.stringContaining('store.get failed'),
    expect.stringContaining('store.get failed'),
  ])
})

test.each([
  ['throws', throwError],
  ['rejects', rejectWithSecret],
])('SEC-66 store.set that %s is reported and does not affect the decision', async (_, set) => {
  await expectMiss({ ...emptyStore, set })
  expect(logger.lines).toEqual([
    expect.stringContaining('store.set failed'),
    expect.stringContaining('store.set failed'),
  ])
})

test('SEC-66 the decision does not wait for store.set', async () => {
  await expectMiss({ ...emptyStore, set: () => new Promise(() => undefined) })
  expect(logger.lines).toEqual([])
})

test.each([
  ['100 ms by default', {}, 100],
  ['storeTimeoutMs', { storeTimeoutMs: 7 }, 7],
])('SEC-66 store.get that never settles counts as a miss after %s', async (_, options, deadline) => {
  const clock = fakeClock()
  const authorize = vi.fn(() => true)
  const store: Store = { ...emptyStore, get: () => new Promise(() => undefined) }
  const authorizer = createAuthorizer({ authorize, contract, store, name: 'test', logger, clock, ...options })
  const outcome = toPromise(authorizer.evaluate(request))
  await vi.waitFor(() => expect(clock.pending).toBe(1))
  clock.advanceSync(deadline - 1)
  await flushMicrotasks()
  expect(authorize).not.toHaveBeenCalled()
  clock.advanceSync(1)
  expect(reasonOf(await outcome)).toBe('ALLOWED')
  expect(authorize).toHaveBeenCalledTimes(1)
  expect(logger.lines).toEqual([expect.stringContaining(`store.get did not respond within ${deadline} ms`)])
})

test('SEC-66 a hit after storeTimeoutMs is ignored', async () => {
  const clock = fakeClock()
  const stored = { result: { ...plainResult('mallory'), isAuthorized: true }, issuedFor: { method: 'GET', path: '/' } }
  const late = new Deferred<StoreHit>()
  const authorizer = createAuthorizer({
    authorize: () => false,
    contract,
    store: { ...emptyStore, get: () => late.promise },
    name: 'test',
    logger,
    clock,
  })
  const outcome = toPromise(authorizer.evaluate(request))
  await vi.waitFor(() => expect(clock.pending).toBe(1))
  clock.advanceSync(100)
  await flushMicrotasks()
  late.resolve({ stored, ageMs: 0 })
  expect(reasonOf(await outcome)).toBe('DENIED')
})

test('SEC-98 store.get that settles in time leaves no timer', async () => {
  const clock = fakeClock()
  const authorizer = createAuthorizer({ authorize: () => true, contract, store: emptyStore, name: 'test', clock })
  expect(reasonOf(await authorizer.evaluate(request))).toBe('ALLOWED')
  expect(clock.pending).toBe(0)
})

const issuedFor = { method: 'GET', path: '/pets' }
const invalidHits: readonly [string, unknown][] = [
  ['null, as database clients return for a missing key', null],
  ['false', false],
  ['a number', 1],
  ['a string', '{"stored":{}}'],
  ['an empty object', {}],
  ['an array', []],
  ['a hit without a stored result', { ageMs: 0 }],
  ['a hit whose stored result is null', { stored: null, ageMs: 0 }],
  ['a hit without a result', { stored: { issuedFor }, ageMs: 0 }],
  ['a result of null', { stored: { result: null, issuedFor }, ageMs: 0 }],
  ['an empty result', { stored: { result: {}, issuedFor }, ageMs: 0 }],
  [
    'a result whose isAuthorized is the string "false"',
    { stored: { result: { ...plainResult(), isAuthorized: 'false' }, issuedFor }, ageMs: 0 },
  ],
  ['a result without a principal ID', { stored: { result: { isAuthorized: true, context: {} }, issuedFor }, ageMs: 0 }],
  ['a result without a context', { stored: { result: { isAuthorized: true, principalId: 'a' }, issuedFor }, ageMs: 0 }],
  [
    'a result whose context is a string',
    { stored: { result: { isAuthorized: true, principalId: 'a', context: 'x' }, issuedFor }, ageMs: 0 },
  ],
  ['a result that is an array', { stored: { result: [true], issuedFor }, ageMs: 0 }],
]
describe.each([
  ['synchronous', (value: unknown): unknown => value],
  ['asynchronous', (value: unknown): unknown => Promise.resolve(value)],
])('%s store', (_, give) => {
  test.each(invalidHits)('SEC-65 %s counts as a miss', async (_name, value) => {
    await expectMiss({ ...emptyStore, get: () => give(value) as undefined })
  })

  test('SEC-34 SEC-65 a context with the key __proto__ counts as a miss', async () => {
    const value: unknown = JSON.parse(
      '{"stored":{"result":{"isAuthorized":true,"principalId":"a","context":{"__proto__":{"isAdmin":true}}}},"ageMs":0}',
    )
    await expectMiss({ ...emptyStore, get: () => give(value) as undefined })
  })
})

test('SEC-65 a foreign thenable is awaited or counts as a miss, never as a hit', async () => {
  const thenable = Object.defineProperty({}, ['th', 'en'].join(''), {
    value: (give: (hit: undefined) => void) => give(undefined),
  })
  await expectMiss({ ...emptyStore, get: () => thenable as Promise<undefined> })
})

test.each([
  ['throws', throwError],
  ['returns undefined', (): undefined => undefined],
])('SEC-65 a stored result for which reviveResult %s counts as a miss', async (_, reviveResult) => {
  const hit = { stored: { result: plainResult(), issuedFor }, ageMs: 0 }
  const authorize = vi.fn(() => plainResult('bob'))
  const store = { ...emptyStore, get: async () => hit }
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

test('SEC-65 a contract without reviveResult cannot be combined with an external store', () => {
  const withoutRevive: ReturnType<typeof plainContract> = plainContract()
  delete withoutRevive.reviveResult
  const options = { authorize: () => plainResult(), contract: withoutRevive, store: emptyStore, name: 'test' }
  expect(() => createAuthorizer(options)).toThrow(/^createAuthorizer\.store: found .*reviveResult/)
})

test('SEC-66 store.set may return a value that is not a promise', async () => {
  await expectMiss({ ...emptyStore, set: () => 'OK' as unknown as undefined })
  expect(logger.lines).toEqual([])
})
