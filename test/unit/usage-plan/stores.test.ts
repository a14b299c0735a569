/** Stores that count: failures, digests, and the store in memory (SEC-89, SEC-91, SEC-93, SEC-94, FLEET-26). */
import { createHash } from 'node:crypto'
import { allow, type NativeAnswer } from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import {
  type CounterState,
  type Demand,
  MemoryUsageStore,
  type Taken,
  type UsageStore,
} from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { denied, toPromise } from '../../support/outcome.ts'
import { KEY, OTHER_KEY, planned, retryAfterOf, textOf, TWO_A_DAY } from '../../support/planned.ts'

const PASS: Taken = { verdict: 'pass', remaining: undefined, resetsAt: undefined }
const STATE: CounterState = { used: 0, resetsAt: undefined, levels: {} }
const storeOf = (take: (key: string, demand: Demand) => unknown): UsageStore =>
  ({ take, read: () => STATE }) as UsageStore
/** Plans whose requests are denied while the store fails. */
const STRICT = { ...TWO_A_DAY, onStoreError: 'deny' } as const
const fails = (): never => {
  throw new Error(`secret ${KEY}`)
}

describe('failures', () => {
  test.each([
    ['throws', fails],
    ['rejects', async () => fails()],
  ])(
    "SEC-93 with onStoreError 'deny' a store that %s gives 503, and the log says so without a key",
    async (_, take) => {
      const { send, logger, plan } = planned({ ...STRICT, store: storeOf(take) })
      expect(await send({ key: KEY })).toBe('503 PLAN_UNAVAILABLE')
      expect(logger.lines.join()).toContain('the store of the usage plan failed; requests get 503')
      expect(logger.lines.join()).not.toContain(KEY)
      expect(plan.name).toBe('usagePlan(authorize)')
    },
  )

  test("SEC-93 with onStoreError 'deny' a store that does not respond gives 503 at storeTimeoutMs", async () => {
    const { evaluate, clock } = planned({
      ...STRICT,
      storeTimeoutMs: 50,
      store: storeOf(() => new Promise(() => undefined)),
    })
    const pending = toPromise(evaluate({ key: KEY }))
    await flushMicrotasks()
    clock.advanceSync(49)
    expect(clock.pending).toBe(1)
    clock.advanceSync(1)
    expect(textOf(await pending)).toBe('503 PLAN_UNAVAILABLE')
    expect(clock.pending).toBe(0)
  })

  test('SEC-93 the deadline of a store is 100 ms by default, and a later answer is ignored', async () => {
    const late = new Deferred<Taken>()
    const { evaluate, clock } = planned({ ...STRICT, store: storeOf(() => late.promise) })
    const pending = toPromise(evaluate({ key: KEY }))
    await flushMicrotasks()
    clock.advanceSync(100)
    await flushMicrotasks()
    late.resolve(PASS)
    expect(textOf(await pending)).toBe('503 PLAN_UNAVAILABLE')
  })

  test.each([undefined, null, {}, { verdict: 'PASS' }, { verdict: true }, 'pass', 7])(
    "SEC-93 with onStoreError 'deny' a store that returns %j lets no request pass",
    async (answer) => {
      for (const take of [() => answer, async () => answer]) {
        const outcome = await planned({ ...STRICT, store: storeOf(take) }).evaluate({ key: KEY })
        expect(outcome.allowed).toBe(false)
      }
    },
  )

  test('SEC-93 a store that throws in read makes usageOf reject', async () => {
    const { plan } = planned({ ...TWO_A_DAY, store: { take: () => PASS, read: fails } })
    await expect(plan.usageOf('gold', 'acme')).rejects.toMatchObject({
      code: 'ERR_STORE',
      message: 'usageOf: the store of the usage plan failed',
    })
  })

  test.each([
    [Number.NaN, undefined],
    [-5, '1'],
    [Infinity, String(31 * 86_400)],
  ])('SEC-92 a store that reports a wait of %s ms results in Retry-After %s', async (waitMs, expected) => {
    const store = storeOf(() => ({ verdict: 'throttle', waitMs, bucket: '' }))
    expect(retryAfterOf(denied(await planned({ ...TWO_A_DAY, store }).evaluate({ key: KEY })))).toBe(expected)
  })
})

/** The keys that a store receives for two API keys. */
const keysFor = async (inProcess: boolean | undefined): Promise<readonly string[]> => {
  const keys: string[] = []
  const recording = storeOf((key) => {
    keys.push(key)
    return PASS
  })
  const { send } = planned({ ...TWO_A_DAY, store: { ...recording, ...(inProcess !== undefined && { inProcess }) } })
  await send({ key: KEY })
  await send({ key: OTHER_KEY })
  return keys
}
const digestsOf = (text: string): readonly string[] =>
  (['hex', 'base64', 'base64url'] as const).map((encoding) => createHash('sha256').update(text).digest(encoding))

describe('keys of counters', () => {
  test.each([undefined, false])(
    'SEC-91 FLEET-26 a store with inProcess %s receives digests only',
    async (inProcess) => {
      const keys = await keysFor(inProcess)
      expect(new Set(keys).size).toBe(2)
      for (const key of keys) expect(key).toMatch(/^[\w+/=-]{43,64}$/)
      expect(keys.join()).not.toMatch(/gold|acme|beta/)
      const guessable = new Set([KEY, 'acme', 'gold', 'goldacme'].flatMap(digestsOf))
      expect(keys.filter((key) => guessable.has(key))).toEqual([])
    },
  )

  test('SEC-91 a store in this process receives IDs, never the value of a key', async () => {
    const keys = await keysFor(true)
    expect(new Set(keys).size).toBe(2)
    expect(keys.join()).not.toMatch(new RegExp(`${KEY}|${OTHER_KEY}`))
  })

  test('FLEET-40 a request is one call of the store, with the quota and all buckets', async () => {
    const demands: Demand[] = []
    const stage = { apiId: 'a', stage: 's' }
    const bucket = { rateLimit: 1, burstLimit: 2 }
    const quota = { limit: 3, period: 'MONTH', offset: 4 } as const
    const plans = [
      { id: 'gold', throttle: bucket, quota, apiStages: [{ ...stage, throttle: { '/pets/GET': bucket } }] },
    ]
    const store = storeOf((_, demand) => {
      demands.push(demand)
      return PASS
    })
    await planned({ ...TWO_A_DAY, plans, api: stage, store }).send({ key: KEY })
    expect(demands).toEqual([
      {
        quota,
        buckets: [
          { name: '', ...bucket },
          { name: '/pets/GET', ...bucket },
        ],
      },
    ])
  })
})

const bucketOf = (rateLimit: number, burstLimit: number): Demand => ({
  quota: undefined,
  buckets: [{ name: '', rateLimit, burstLimit }],
})
const daily = (limit: number): Demand => ({ quota: { limit, period: 'DAY' }, buckets: [] })

const allowLater = async (): Promise<NativeAnswer> => {
  await flushMicrotasks()
  return allow()
}

describe('MemoryUsageStore', () => {
  test('SEC-89 1,000 parallel requests pass a bucket of 100 exactly 100 times', async () => {
    const plans = [{ id: 'gold', throttle: { rateLimit: 1, burstLimit: 100 } }]
    const { send } = planned({ ...TWO_A_DAY, plans }, { authorize: allowLater })
    const results = await Promise.all(Array.from({ length: 1000 }, () => send({ key: KEY })))
    expect(results.filter((each) => each === '200')).toHaveLength(100)
  })

  test('SEC-92 FLEET-41 FLEET-19 buckets use the monotonic clock: steps of the wall clock add no token', () => {
    const clock = fakeClock()
    const store = new MemoryUsageStore({ clock })
    expect(store.take('k', bucketOf(1, 1)).verdict).toBe('pass')
    for (const step of [-3600_000, 3600_000, 86_400_000]) {
      clock.setTime(clock.now() + step)
      expect(store.take('k', bucketOf(1, 1)).verdict).toBe('throttle')
    }
    clock.advanceSync(1000)
    expect(store.take('k', bucketOf(1, 1)).verdict).toBe('pass')
  })

  test('SEC-92 FLEET-41 a step of the wall clock within the day leaves the quota unchanged', () => {
    const clock = fakeClock()
    const store = new MemoryUsageStore({ clock })
    store.take('k', daily(1))
    for (const step of [3600_000, -2 * 3600_000]) {
      clock.setTime(clock.now() + step)
      expect(store.take('k', daily(1)).verdict).toBe('quota')
    }
  })

  test('FLEET-19 a window that ends more than two periods ahead is shortened, and what was used stays', () => {
    const clock = fakeClock()
    const start = clock.now()
    const store = new MemoryUsageStore({ clock })
    clock.setTime(start + 30 * 86_400_000)
    store.take('k', daily(1))
    clock.setTime(start)
    expect(store.take('k', daily(1))).toMatchObject({ verdict: 'quota', resetsAt: Date.UTC(2030, 0, 2) })
    clock.setTime(Date.UTC(2030, 0, 2))
    expect(store.take('k', daily(1)).verdict).toBe('pass')
  })

  test('SEC-92 FLEET-16 remaining is never negative', () => {
    const store = new MemoryUsageStore({ clock: fakeClock() })
    for (let index = 0; index < 3; index++) store.take('k', daily(5))
    expect(store.take('k', daily(1)).verdict).toBe('quota')
    expect(store.read('k', daily(1)).used).toBe(3)
  })

  test('FLEET-23 read changes nothing and creates no counter', () => {
    const store = new MemoryUsageStore({ clock: fakeClock() })
    expect(store.read('k', bucketOf(1, 3)).levels).toEqual({ '': 3 })
    expect(store.size).toBe(0)
    store.take('k', bucketOf(1, 3))
    for (let index = 0; index < 3; index++) expect(store.read('k', bucketOf(1, 3)).levels).toEqual({ '': 2 })
  })

  test('SEC-99 maxCounters bounds the counters; the least recently used one is dropped', () => {
    const store = new MemoryUsageStore({ clock: fakeClock(), maxCounters: 2 })
    for (const key of ['a', 'b', 'a', 'c']) store.take(key, bucketOf(0, 2))
    expect(store.size).toBe(2)
    expect([store.take('a', bucketOf(0, 2)).verdict, store.take('b', bucketOf(0, 2)).verdict]).toEqual([
      'throttle',
      'pass',
    ])
  })

  test('FLEET-14 fractional rates refill exactly, and never beyond the burst', () => {
    const clock = fakeClock()
    const store = new MemoryUsageStore({ clock })
    let passed = 0
    for (let ms = 0; ms < 20_000; ms += 100) {
      if (store.take('k', bucketOf(2.5, 5)).verdict === 'pass') passed++
      clock.advanceSync(100)
    }
    expect(passed).toBe(5 + Math.floor(2.5 * 19.9))
  })
})
