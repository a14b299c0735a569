/** `shadow`: sampling, limits, deadlines, reset and the asynchronous context of the candidate. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createAuthorizer, type GatewayRequest, native, shadow } from '@custom-authorizer/core'
import { usagePlan } from '@custom-authorizer/core/usage-plan'
import { describe, expect, test, vi } from 'vitest'
import { Deferred, flushMicrotasks } from '../../../support/deferred.ts'
import { expectNothingUncaught, throwError } from '../../../support/failure-checks.ts'
import { expectOptionError, type Row, titled, UNKNOWN } from '../../../support/option-error.ts'
import { withToken } from '../../../support/with-token.ts'
import { ann, returning, setUp } from './trial.ts'

expectNothingUncaught()

const request = withToken('Bearer t')
const hanging = (): Promise<never> => new Promise(() => undefined)

describe('maxInFlight', () => {
  test('SEC-130 candidates that never settle keep their places, and further requests are counted and not compared', async () => {
    const observe = vi.fn(hanging)
    const { authorizer, clock, settle, kinds } = setUp({
      candidate: { name: 'next', observe },
      maxInFlight: 3,
      timeoutMs: 50,
    })
    for (let index = 0; index < 500; index++) await authorizer.evaluate(request)
    await settle()
    clock.advanceSync(50)
    for (let index = 0; index < 500; index++) await authorizer.evaluate(request)
    await settle()
    expect(observe).toHaveBeenCalledTimes(3)
    expect(kinds()).toEqual(['CANDIDATE_TIMED_OUT'])
    expect(authorizer.comparison()).toMatchObject({
      requests: 1000,
      compared: 3,
      inFlight: 3,
      skipped: { BUSY: 997 },
      differences: [{ count: 3 }],
    })
    expect(clock.pending).toBe(0)
  })

  test('SEC-130 the limit also applies to requests that enforce decides on at the same time', async () => {
    const turn = new Deferred<boolean>()
    const { authorizer, settle } = setUp({
      enforce: returning(() => turn.promise),
      candidate: { name: 'next', observe: hanging },
      maxInFlight: 2,
    })
    const outcomes = Array.from({ length: 5 }, () => authorizer.evaluate(request))
    turn.resolve(true)
    await Promise.all(outcomes.map(async (each) => each))
    await settle()
    expect(authorizer.comparison()).toMatchObject({ inFlight: 2, skipped: { BUSY: 3 } })
  })

  test('a call that ends after its deadline frees its place and is not counted twice', async () => {
    const late = new Deferred<undefined>()
    const { authorizer, clock, settle } = setUp({
      candidate: { name: 'next', observe: () => late.promise },
      maxInFlight: 1,
      timeoutMs: 50,
    })
    void authorizer.evaluate(request)
    await settle()
    clock.advanceSync(50)
    await settle()
    expect(authorizer.comparison()).toMatchObject({ inFlight: 1, compared: 1 })
    late.reject(new Error('late'))
    await settle()
    expect(authorizer.comparison()).toMatchObject({ inFlight: 0, compared: 1 })
  })

  test('the signal of the candidate is aborted at its deadline', async () => {
    const signals: AbortSignal[] = []
    const { authorizer, clock, settle } = setUp({
      candidate: {
        name: 'next',
        observe: (_, { signal }) => {
          signals.push(signal)
          return hanging()
        },
      },
    })
    void authorizer.evaluate(request)
    await settle()
    clock.advanceSync(9999)
    expect(signals[0]?.aborted).toBe(false)
    clock.advanceSync(1)
    expect(signals[0]?.aborted).toBe(true)
  })
})

test.each<[rate: number, title: string, random: () => number, compared: number]>([
  [0, 'returns 0', () => 0, 0],
  [0.25, 'returns 0.2499', () => 0.2499, 1],
  [0.25, 'returns 0.25', () => 0.25, 0],
  [1, 'throws', throwError, 1],
  [0.5, 'throws', throwError, 0],
  [0.5, 'returns NaN', () => Number.NaN, 0],
])(
  'with sampleRate %d and a random function that %s, the comparisons are counted',
  async (sampleRate, _, random, compared) => {
    const { authorizer, compareOnce } = setUp({ candidate: returning(ann()), sampleRate, random })
    await compareOnce()
    expect(authorizer.comparison()).toMatchObject({ requests: 1, compared, skipped: { NOT_SAMPLED: 1 - compared } })
  },
)

test('reset sets the counts to 0, and comparisons in progress do not count afterwards', async () => {
  const { authorizer, clock, compareOnce, settle } = setUp({ candidate: returning(false) })
  await compareOnce()
  void authorizer.evaluate(request)
  await settle()
  const before = authorizer.comparison()
  void authorizer.evaluate(request)
  authorizer.reset()
  await settle()
  expect(before).toMatchObject({ requests: 2, differences: [{ count: 2 }] })
  expect(authorizer.comparison()).toMatchObject({
    since: clock.now(),
    requests: 0,
    compared: 0,
    differences: [],
    inFlight: 0,
  })
})

test('SEC-131 at most 5 samples of a kind are kept, no two of them alike', async () => {
  const { authorizer, compareOnce } = setUp({ candidate: returning(false) })
  for (let index = 0; index < 20; index++) await compareOnce(withToken('t', `GET /${Math.floor(index / 2)}`))
  const [differences] = authorizer.comparison().differences
  expect(differences?.count).toBe(20)
  expect(differences?.samples.map(({ path }) => path)).toEqual(['/0', '/1', '/2', '/3', '/4'])
})

test('SEC-131 what a hook does to a difference or a report has no effect on later reports', async () => {
  const spoil = (value: object): void => {
    for (const each of Object.values(value) as unknown[]) if (typeof each === 'object' && each !== null) spoil(each)
    try {
      for (const name of [...Object.keys(value), 'length']) Object.assign(value, { [name]: 'spoiled' })
    } catch {
      // It is frozen.
    }
  }
  const { authorizer, compareOnce } = setUp({
    enforce: returning(ann({ a: 1 })),
    candidate: returning(ann({ a: 2 })),
    onDifference: spoil,
  })
  await compareOnce()
  const before = JSON.stringify(authorizer.comparison())
  spoil(authorizer.comparison())
  expect(JSON.stringify(authorizer.comparison())).toBe(before)
  expect(before).toContain('["context.a"]')
})

test('SEC-129 a request whose route cannot be read is not compared', async () => {
  const { authorizer, compareOnce } = setUp({ candidate: returning(false) })
  await compareOnce(withToken('t', 'GET /pets', { route: 'no template' }))
  expect(authorizer.comparison()).toMatchObject({ requests: 1, compared: 0, skipped: { NO_DECISION: 1 }, inFlight: 0 })
})

test('SEC-130 a clock that fails later frees the place of the candidate', async () => {
  const { authorizer, clock, settle } = setUp({ candidate: returning(true) })
  void authorizer.evaluate(request)
  clock.setTimeout = throwError
  await settle()
  expect(authorizer.comparison()).toMatchObject({ inFlight: 0, differences: [{ kind: 'CANDIDATE_FAILED', count: 1 }] })
})

test('SEC-130 the candidate runs in the asynchronous context of its own request', async () => {
  const storage = new AsyncLocalStorage<string>()
  const seen: unknown[] = []
  const candidate = returning((each: GatewayRequest) => {
    seen.push([each.path, storage.getStore()])
    return true
  })
  const { authorizer, settle } = setUp({ enforce: returning(async () => true), candidate })
  for (const name of ['a', 'b', 'c']) storage.run(name, () => void authorizer.evaluate(withToken('t', `GET /${name}`)))
  await settle()
  expect(seen).toEqual([
    ['/a', 'a'],
    ['/b', 'b'],
    ['/c', 'c'],
  ])
})

test('SEC-130 the candidate finds neither the body nor the framework object', async () => {
  const seen: unknown[] = []
  const candidate = returning(async (each: GatewayRequest) => {
    seen.push(each.framework, await each.readBody(100))
    return true
  })
  const { compareOnce } = setUp({ candidate })
  await compareOnce()
  expect(seen).toEqual([undefined, 'GONE'])
})

test('without options, the clock and random numbers of the system are used', async () => {
  const candidate = returning(vi.fn(() => true))
  const authorizer = shadow({ enforce: returning(true), candidate, sampleRate: 0.999_999_999 })
  void authorizer.evaluate(request)
  await vi.waitFor(() => expect(authorizer.comparison()).toMatchObject({ compared: 1, inFlight: 0 }))
})

describe('options', () => {
  const enforce = returning(true)
  const candidate = returning(true)
  const body = createAuthorizer({ authorize: () => true, contract: native({ maxBodyBytes: 10 }) })
  const plan = usagePlan(enforce, { plans: [{ id: 'gold' }], keys: [] })
  const ROWS: readonly Row[] = [
    ['shadow', { candidate }, 'undefined', 'authorizers, as createAuthorizer returns them'],
    ['shadow', { enforce: () => true, candidate }, 'a function', 'authorizers'],
    [
      'shadow',
      { enforce: plan, candidate },
      'an authorizer with a usage plan',
      'apply usagePlan to what shadow returns',
    ],
    [
      'shadow',
      { enforce, candidate: plan },
      'an authorizer with a usage plan',
      'apply usagePlan to what shadow returns',
    ],
    [
      'shadow.candidate',
      { enforce },
      'undefined',
      'an authorizer, as createAuthorizer returns it, or a DecisionObserver',
    ],
    ['shadow.candidate', { enforce, candidate: { observe: true, name: 'a' } }, 'an object', 'an authorizer'],
    ['shadow.candidate', { enforce, candidate: body }, 'an authorizer that reads the request body', 'does not read it'],
    ['shadow.sampleRate', { enforce, candidate, sampleRate: 1.1 }, 'a number', 'a number from 0 to 1'],
    ['shadow.sampleRate', { enforce, candidate, sampleRate: Number.NaN }, 'a number', 'a number from 0 to 1'],
    ['shadow.maxInFlight', { enforce, candidate, maxInFlight: 0 }, 'a number', 'from 1 to 10000'],
    ['shadow.timeoutMs', { enforce, candidate, timeoutMs: 0 }, 'a number', 'from 1 to 900000'],
    ['shadow.ignore', { enforce, candidate, ignore: ['tenant'] }, 'an array of 1', '"context.KEY"'],
    ['shadow.ignore', { enforce, candidate, ignore: ['context.'] }, 'an array of 1', '"context.KEY"'],
    ['shadow.random', { enforce, candidate, random: 1 }, 'a number', 'a function'],
    ['shadow.onDifference', { enforce, candidate, onDifference: 1 }, 'a number', 'a function'],
    ['shadow.clock', { enforce, candidate, clock: {} }, 'an object', 'a Clock'],
    ['shadow.safeAfter', { enforce, candidate, safeAfter: 1 }, 'a number', 'an object with requests'],
    ['shadow.safeAfter.denied', { enforce, candidate, safeAfter: { denied: -1 } }, 'a number', 'from 0'],
    [
      'shadow.safeAfter.days',
      { enforce, candidate, safeAfter: { days: 1 } },
      UNKNOWN,
      'requests, allowed, denied, differences',
    ],
    ['shadow.mode', { enforce, candidate, mode: 1 }, UNKNOWN, 'enforce, candidate'],
  ]
  test.each(titled(ROWS))('SEC-105 SEC-129 %s: %s is rejected, %s is allowed', (path, found, allowed, options) => {
    expectOptionError(() => shadow(options as never), path, found, allowed)
  })

  test('the body may be read by enforce', async () => {
    const { compareOnce, authorizer } = setUp({ enforce: body, candidate })
    expect(authorizer.readsBody).toBe(true)
    await compareOnce()
    await flushMicrotasks()
    expect(authorizer.comparison().skipped.NO_DECISION).toBe(1)
  })

  test('usagePlan can be applied to what shadow returns', async () => {
    const planned = usagePlan(shadow({ enforce, candidate }), { plans: [{ id: 'gold' }], keys: [] })
    expect(await planned.evaluate(request)).toMatchObject({ allowed: false, reason: 'API_KEY_MISSING' })
  })
})
