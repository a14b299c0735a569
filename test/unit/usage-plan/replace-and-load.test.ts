/** Configurations that change at run time: `replace` and `load` (FLEET-22, SEC-94). */
import type { LoadConfiguration, PlanConfiguration } from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { KEY, OTHER_KEY, type Planned, planned, TWO_A_DAY } from '../../support/planned.ts'

const { plans, keys } = TWO_A_DAY
const withLimit = (limit: number): PlanConfiguration => ({
  plans: [{ id: 'gold', quota: { limit, period: 'DAY' } }],
  keys,
})

const bucket = (rateLimit: number): PlanConfiguration => ({
  plans: [{ id: 'gold', throttle: { rateLimit, burstLimit: 100 } }],
  keys,
})

describe('replace', () => {
  test('FLEET-22 SEC-94 a changed limit applies to the next request, and what was used stays', async () => {
    const { plan, send } = planned(TWO_A_DAY)
    await send({ key: KEY })
    plan.replace(withLimit(1))
    expect(await send({ key: KEY })).toBe('429 QUOTA_EXCEEDED')
    plan.replace(withLimit(3))
    expect([await send({ key: KEY }), await send({ key: KEY }), await send({ key: KEY })]).toEqual([
      '200',
      '200',
      '429 QUOTA_EXCEEDED',
    ])
  })

  test('FLEET-22 FLEET-42 a raised rate applies to the level of the bucket at once', async () => {
    const { plan, send, clock } = planned(bucket(1))
    for (let index = 0; index < 100; index++) await send({ key: KEY })
    plan.replace(bucket(100))
    expect(await send({ key: KEY })).toBe('429 THROTTLED')
    clock.advanceSync(10)
    expect(await send({ key: KEY })).toBe('200')
  })

  test('FLEET-22 a changed period starts its own window, and the first one is continued later', async () => {
    const { plan, send } = planned(TWO_A_DAY)
    await send({ key: KEY })
    await send({ key: KEY })
    plan.replace({ plans: [{ id: 'gold', quota: { limit: 1, period: 'WEEK' } }], keys })
    expect([await send({ key: KEY }), await send({ key: KEY })]).toEqual(['200', '429 QUOTA_EXCEEDED'])
    plan.replace(TWO_A_DAY)
    expect(await send({ key: KEY })).toBe('429 QUOTA_EXCEEDED')
  })

  test('FLEET-22 a removed key is rejected, and a disabled one too', async () => {
    const { plan, send } = planned(TWO_A_DAY)
    expect(await send({ key: OTHER_KEY })).toBe('200')
    plan.replace({ plans, keys: keys.slice(0, 1) })
    expect(await send({ key: OTHER_KEY })).toBe('403 API_KEY_INVALID')
    plan.replace({ plans, keys: [{ id: 'acme', value: KEY, usagePlanIds: ['gold'], enabled: false }] })
    expect(await send({ key: KEY })).toBe('403 API_KEY_INVALID')
  })

  test.each([
    ['a plan that does not exist', { plans: [], keys }],
    ['no object', null],
    ['a repeated key', { plans, keys: [...keys, ...keys] }],
  ])('FLEET-11 replace with %s throws, and the active configuration stays', async (_, configuration) => {
    const { plan, send } = planned(TWO_A_DAY)
    expect(() => plan.replace(configuration as PlanConfiguration)).toThrow(/^usagePlan/)
    expect([await send({ key: KEY }), await send({ key: OTHER_KEY })]).toEqual(['200', '200'])
  })

  test('FLEET-25 replace rejects a second plan if no planOf chooses', async () => {
    const { plan, send } = planned({ plans, subject: 'principalId' })
    expect(() => plan.replace({ plans: [...plans, { id: 'free' }] })).toThrow(
      /^usagePlan\.plans: found several or none/,
    )
    expect(await send()).toBe('200')
  })

  test('FLEET-23 usageOf reports used, remaining, the end of the period and tokens', async () => {
    const { plan, send } = planned({
      plans: [{ id: 'gold', quota: { limit: 2, period: 'DAY' }, throttle: { rateLimit: 1, burstLimit: 5 } }],
      keys,
    })
    await send({ key: KEY })
    const resetsAt = Date.UTC(2030, 0, 2)
    expect(await plan.usageOf('gold', 'acme')).toEqual({ planId: 'gold', used: 1, remaining: 1, resetsAt, tokens: 4 })
    expect(await plan.usageOf('gold', 'beta')).toEqual({ planId: 'gold', used: 0, remaining: 2, resetsAt, tokens: 5 })
    await expect(plan.usageOf('gone', 'acme')).rejects.toThrow(/^usageOf\.planId: found an unknown ID/)
    plan.replace(withLimit(0))
    expect((await plan.usageOf('gold', 'acme')).remaining).toBe(0)
  })
})

/** A plan whose `load` is controlled by the test. */
const loading = (answers: readonly (() => unknown)[]): Planned & { readonly loads: () => number } => {
  let loads = 0
  const load = (): unknown => answers[Math.min(loads++, answers.length - 1)]?.()
  return { ...planned({ load: load as LoadConfiguration, loadSeconds: 60, loadTimeoutMs: 500 }), loads: () => loads }
}
const failing = (): never => {
  throw new Error(`secret ${KEY}`)
}
const rejecting = async (): Promise<never> => failing()

describe('load', () => {
  test('FLEET-28 the first request waits for the first configuration, and requests share one call', async () => {
    const first = new Deferred<PlanConfiguration>()
    const { send, loads } = loading([() => first.promise])
    const pending = [send({ key: KEY }), send({ key: KEY }), send({ key: KEY })]
    first.resolve(TWO_A_DAY)
    expect(await Promise.all(pending)).toEqual(['200', '200', '429 QUOTA_EXCEEDED'])
    expect(loads()).toBe(1)
  })

  test('FLEET-28 load is called again after loadSeconds, and requests do not wait for it', async () => {
    const second = new Deferred<PlanConfiguration>()
    const { send, loads, clock } = loading([() => withLimit(1), () => second.promise])
    expect(await send({ key: KEY })).toBe('200')
    clock.advanceSync(59_999)
    await send({ key: KEY })
    expect(loads()).toBe(1)
    clock.advanceSync(1)
    expect(await send({ key: KEY })).toBe('429 QUOTA_EXCEEDED')
    expect(loads()).toBe(2)
    second.resolve(withLimit(2))
    await flushMicrotasks()
    expect(await send({ key: KEY })).toBe('200')
  })

  test.each([
    ['throws', failing, 'load failed'],
    ['rejects', rejecting, 'load failed'],
    ['returns nothing', () => undefined, 'load returned an invalid configuration'],
    ['returns an unknown plan', () => ({ plans: [], keys }), 'load returned an invalid configuration'],
  ])('FLEET-28 a first load that %s gives 503, and is repeated after 5 s', async (_, answer, reported) => {
    const { send, loads, clock, logger } = loading([answer, () => TWO_A_DAY])
    expect(await send({ key: KEY })).toBe('503 PLAN_UNAVAILABLE')
    expect(await send({ key: KEY })).toBe('503 PLAN_UNAVAILABLE')
    expect(logger.lines.join()).toMatch(new RegExp(`${reported}.*; counted requests get 503`))
    expect(logger.lines.join()).not.toContain(KEY)
    clock.advanceSync(4999)
    await send({ key: KEY })
    expect(loads()).toBe(1)
    clock.advanceSync(1)
    expect(await send({ key: KEY })).toBe('200')
  })

  test('FLEET-28 a first load that does not respond gives 503 at its deadline, and its signal is aborted', async () => {
    let signal: AbortSignal | undefined
    const { send, clock, logger } = planned({
      load: (options) => {
        signal = options.signal
        return new Promise(() => undefined)
      },
      loadTimeoutMs: 500,
    })
    const pending = send({ key: KEY })
    clock.advanceSync(499)
    expect(signal?.aborted).toBe(false)
    clock.advanceSync(1)
    expect(await pending).toBe('503 PLAN_UNAVAILABLE')
    expect(signal?.aborted).toBe(true)
    expect(logger.lines.join()).toContain('load did not respond within 500 ms')
    expect(clock.pending).toBe(0)
  })

  test.each([
    ['throws', failing],
    ['rejects', rejecting],
    ['returns an invalid configuration', () => ({ plans: [{ id: 'gold' }, { id: 'gold' }] })],
  ])('FLEET-28 the last valid configuration stays active and the log says so if load %s', async (_, answer) => {
    const { send, clock, logger } = loading([() => TWO_A_DAY, answer])
    expect(await send({ key: KEY })).toBe('200')
    clock.advanceSync(60_000)
    expect(await send({ key: KEY })).toBe('200')
    await flushMicrotasks()
    expect(await send({ key: KEY })).toBe('429 QUOTA_EXCEEDED')
    expect(logger.lines.join()).toContain('the last valid configuration stays active')
    expect(logger.lines.join()).not.toContain(KEY)
  })

  test('FLEET-28 a configuration that load returns after its deadline is ignored', async () => {
    const late = new Deferred<PlanConfiguration>()
    const { send, clock } = loading([() => TWO_A_DAY, () => late.promise, () => new Promise(() => undefined)])
    await send({ key: KEY })
    clock.advanceSync(60_000)
    await send({ key: KEY })
    clock.advanceSync(500)
    late.resolve({ plans })
    await flushMicrotasks()
    expect(await send({ key: OTHER_KEY })).toBe('200')
  })

  test('FLEET-02 routes without apiKeyRequired do not wait for load', async () => {
    const { send } = planned({ load: () => new Promise(() => undefined), apiKeyRequired: false })
    expect(await send()).toBe('200')
  })

  test('FLEET-25 a plan by subject gives 503 without a configuration', async () => {
    const { send } = planned({ load: failing, subject: 'principalId' })
    expect(await send()).toBe('503 PLAN_UNAVAILABLE')
  })
})
