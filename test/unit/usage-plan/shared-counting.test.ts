/** Stores that other processes share: deadline, outages, circuit breaker, and refusals that are repeated. */
import type { Demand, KeyPlanOptions, Taken, UsageStore } from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { allowed, denied, toPromise } from '../../support/outcome.ts'
import { KEY, OTHER_KEY, planned, type Planned, retryAfterOf, textOf } from '../../support/planned.ts'

const PASS: Taken = { verdict: 'pass', remaining: 5, resetsAt: 1_900_000_000_000 }

/** A store whose answers a test chooses. */
class ScriptedStore implements UsageStore {
  calls = 0
  answer: (demand: Demand) => Taken | Promise<Taken> = () => PASS
  readonly warnings: readonly string[] = ['a warning about the client']

  take(_: string, demand: Demand): Taken | Promise<Taken> {
    this.calls++
    return this.answer(demand)
  }

  read(): never {
    throw new Error('not used')
  }
}

const PLAN: Required<Pick<KeyPlanOptions, 'plans' | 'keys'>> = {
  plans: [{ id: 'gold', throttle: { rateLimit: 1, burstLimit: 2 }, quota: { limit: 10, period: 'DAY' } }],
  keys: [
    { id: 'acme', value: KEY, usagePlanIds: ['gold'] },
    { id: 'beta', value: OTHER_KEY, usagePlanIds: ['gold'] },
  ],
}

const shared = (options: Partial<KeyPlanOptions> = {}): Planned & { readonly counts: ScriptedStore } => {
  const counts = new ScriptedStore()
  return { ...planned({ ...PLAN, store: counts, ...options }), counts }
}

const fails = async (): Promise<never> => {
  throw new Error(`refused for ${KEY}`)
}
const never = (): Promise<never> => new Promise(() => undefined)

const sendMany = async ({ send }: Planned, count: number): Promise<readonly string[]> => {
  const found: string[] = []
  for (let index = 0; index < count; index++) found.push(await send({ key: KEY }))
  return found
}

describe('deadline', () => {
  test('FLEET-49 an answer that arrives while the event loop is blocked counts, although the timer fires first', async () => {
    const { evaluate, clock, counts } = shared()
    const late = new Deferred<Taken>()
    counts.answer = () => late.promise
    const pending = toPromise(evaluate({ key: KEY }))
    await flushMicrotasks()
    // The timer fires, and the reply is read in the same turn of the event loop.
    clock.advanceSync(100)
    late.resolve({ verdict: 'quota', waitMs: 5000, resetsAt: 1_900_000_000_000 })
    expect(textOf(await pending)).toBe('429 QUOTA_EXCEEDED')
    expect(clock.pending).toBe(0)
  })

  test('FLEET-49 FLEET-50 an answer after the deadline is ignored, and the store is not asked again', async () => {
    const { evaluate, clock, counts } = shared({ onStoreError: 'deny' })
    const late = new Deferred<Taken>()
    counts.answer = () => late.promise
    const pending = toPromise(evaluate({ key: KEY }))
    await flushMicrotasks()
    clock.advanceSync(100)
    await flushMicrotasks()
    late.resolve(PASS)
    expect(textOf(await pending)).toBe('503 PLAN_UNAVAILABLE')
    expect(counts.calls).toBe(1)
  })
})

describe('outages', () => {
  test('FLEET-50 SEC-93 by default the process applies the limits of the plan by itself, and the context says so', async () => {
    const { evaluate, send, clock, counts, logger } = shared()
    counts.answer = fails
    const outcome = await evaluate({ key: KEY })
    expect(allowed(outcome).usage).toMatchObject({ planId: 'gold', keyId: 'acme', store: 'unavailable' })
    expect(allowed(outcome).usage).not.toHaveProperty('remaining')
    expect([await send({ key: KEY }), await send({ key: KEY })]).toEqual(['200', '429 THROTTLED'])
    expect(await send({ key: OTHER_KEY })).toBe('200')
    clock.advanceSync(1000)
    expect(await send({ key: KEY })).toBe('200')
    expect(logger.lines.join()).toContain('this process applies the limits of the plan by itself')
    expect(logger.lines.join()).not.toContain(KEY)
  })

  test("SEC-93 with onStoreError 'deny' requests get 503, not 429", async () => {
    const { counts, send, logger } = shared({ onStoreError: 'deny' })
    counts.answer = fails
    expect(await send({ key: KEY })).toBe('503 PLAN_UNAVAILABLE')
    expect(logger.lines.join()).toContain('requests get 503')
  })

  test('FLEET-50 localShare divides rate, burst and quota', async () => {
    const plans = [
      { id: 'gold', throttle: { rateLimit: 8, burstLimit: 8 }, quota: { limit: 16, period: 'DAY' as const } },
    ]
    const subject = shared({ plans, localShare: 0.25 })
    subject.counts.answer = fails
    expect(await sendMany(subject, 3)).toEqual(['200', '200', '429 THROTTLED'])
    subject.clock.advanceSync(500)
    expect(await sendMany(subject, 2)).toEqual(['200', '429 THROTTLED'])
    subject.clock.advanceSync(60_000)
    expect(await sendMany(subject, 2)).toEqual(['200', '429 QUOTA_EXCEEDED'])
  })

  test('FLEET-50 a share of a small limit is at least one request, and none of a limit of 0', async () => {
    const small = shared({ plans: [{ id: 'gold', throttle: { rateLimit: 0.1, burstLimit: 1 } }], localShare: 0.01 })
    small.counts.answer = fails
    expect(await sendMany(small, 2)).toEqual(['200', '429 THROTTLED'])
    const none = shared({ plans: [{ id: 'gold', throttle: { rateLimit: 1, burstLimit: 0 } }], localShare: 0.5 })
    none.counts.answer = fails
    expect(await sendMany(none, 1)).toEqual(['429 THROTTLED'])
  })

  test('FLEET-50 the bucket of the process survives an outage that ends and begins again', async () => {
    const subject = shared()
    const { counts } = subject
    counts.answer = fails
    expect(await sendMany(subject, 3)).toEqual(['200', '200', '429 THROTTLED'])
    counts.answer = () => PASS
    expect(await sendMany(subject, 1)).toEqual(['200'])
    counts.answer = fails
    expect(await sendMany(subject, 1)).toEqual(['429 THROTTLED'])
  })

  test.each(['local', 'deny'] as const)(
    'FLEET-50 with %s a quota that is known to be used up stays used up until its period ends',
    async (onStoreError) => {
      const { send, clock, counts, evaluate } = shared({ onStoreError })
      counts.answer = () => ({ verdict: 'quota', waitMs: 60_000, resetsAt: clock.now() + 60_000 })
      await send({ key: KEY })
      counts.answer = fails
      clock.advanceSync(30_000)
      expect(retryAfterOf(denied(await evaluate({ key: KEY })))).toBe('30')
      clock.advanceSync(30_000)
      expect(await send({ key: KEY })).toBe(onStoreError === 'local' ? '200' : '503 PLAN_UNAVAILABLE')
    },
  )

  test('FLEET-80 after five failures the store is asked once a second, and again each time after it works', async () => {
    const subject = shared()
    const { counts, clock, logger } = subject
    counts.answer = fails
    await sendMany(subject, 20)
    expect(counts.calls).toBe(5)
    expect(logger.lines.join()).toContain('the store of the usage plan keeps failing; it is asked once a second')
    clock.advanceSync(1000)
    await sendMany(subject, 20)
    expect(counts.calls).toBe(6)
    clock.advanceSync(1000)
    counts.answer = () => PASS
    await sendMany(subject, 20)
    expect(counts.calls).toBe(26)
  })

  test('FLEET-80 while a request asks whether the store works again, others do not wait', async () => {
    const subject = shared()
    const { counts, clock, evaluate } = subject
    counts.answer = fails
    await sendMany(subject, 5)
    clock.advanceSync(1000)
    counts.answer = never
    const probe = toPromise(evaluate({ key: KEY }))
    await flushMicrotasks()
    expect(counts.calls).toBe(6)
    expect(evaluate({ key: OTHER_KEY })).not.toBeInstanceOf(Promise)
    clock.advanceSync(100)
    expect(textOf(await probe)).toMatch(/^(200|429)/)
  })

  test('FLEET-48 warnings of the store are logged', () => {
    expect(shared().logger.lines.join()).toContain('a warning about the client')
  })
})

const throttled = (waitMs: number | undefined, bucket = ''): Taken => ({ verdict: 'throttle', waitMs, bucket })

describe('remembered refusals', () => {
  test('FLEET-51 a flood with one key asks the store once until the time that it returned', async () => {
    const subject = shared()
    const { counts, clock, evaluate } = subject
    counts.answer = () => throttled(400)
    await sendMany(subject, 100)
    expect(counts.calls).toBe(1)
    clock.advanceSync(399)
    expect(retryAfterOf(denied(await evaluate({ key: KEY })))).toBe('1')
    expect(counts.calls).toBe(1)
    clock.advanceSync(1)
    await sendMany(subject, 1)
    expect(counts.calls).toBe(2)
  })

  test.each<[string, Taken]>([
    ['throttle without a time', throttled(undefined)],
    ['long throttle', throttled(60_000)],
    ['quota', { verdict: 'quota', waitMs: 60_000, resetsAt: 1_900_000_000_000 }],
  ])('FLEET-51 a %s is repeated for one second', async (_, answer) => {
    const subject = shared()
    subject.counts.answer = () => answer
    await sendMany(subject, 10)
    subject.clock.advanceSync(999)
    await sendMany(subject, 10)
    expect(subject.counts.calls).toBe(1)
    subject.clock.advanceSync(1)
    await sendMany(subject, 10)
    expect(subject.counts.calls).toBe(2)
  })

  test('FLEET-51 a refusal of one key does not concern another key', async () => {
    const { counts, send } = shared()
    counts.answer = () => throttled(1000)
    await send({ key: KEY })
    counts.answer = () => PASS
    expect(await send({ key: OTHER_KEY })).toBe('200')
  })

  test('FLEET-51 a refusal by the bucket of one method does not concern another method', async () => {
    const stage = { apiId: 'a', stage: 's' }
    const bucket = { rateLimit: 1, burstLimit: 1 }
    const { counts, send } = shared({
      plans: [{ id: 'gold', apiStages: [{ ...stage, throttle: { '/pets/GET': bucket, '/pets/POST': bucket } }] }],
      api: stage,
    })
    counts.answer = ({ buckets }) => (buckets[0]?.name === '/pets/GET' ? throttled(1000, '/pets/GET') : PASS)
    expect(await send({ key: KEY })).toBe('429 THROTTLED')
    expect(await send({ key: KEY, line: 'POST /pets' })).toBe('200')
    expect(await send({ key: KEY })).toBe('429 THROTTLED')
    expect(counts.calls).toBe(2)
  })

  test.each<[string, Taken, object]>([
    ['rate', throttled(1000), { throttle: { rateLimit: 9, burstLimit: 2 } }],
    ['burst', throttled(1000), { throttle: { rateLimit: 1, burstLimit: 9 } }],
    [
      'quota',
      { verdict: 'quota', waitMs: 60_000, resetsAt: 1_900_000_000_000 },
      { quota: { limit: 11, period: 'DAY' } },
    ],
  ])('FLEET-51 a refusal is forgotten when the %s of the plan changes', async (_, answer, change) => {
    const { counts, send, plan } = shared()
    counts.answer = () => answer
    await send({ key: KEY })
    counts.answer = () => PASS
    plan.replace({ ...PLAN, plans: [{ ...PLAN.plans[0], id: 'gold', ...change }] })
    expect(await send({ key: KEY })).toBe('200')
  })

  test('FLEET-51 a store in this process is always asked', async () => {
    const counts = Object.assign(new ScriptedStore(), { inProcess: true })
    const subject = planned({ ...PLAN, store: counts })
    counts.answer = () => throttled(1000)
    await sendMany(subject, 3)
    expect(counts.calls).toBe(3)
  })
})
