/** Keys that `findKey` looks up one by one (FLEET-28). */
import type { FindKey, FoundKey } from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { KEY, OTHER_KEY, type Planned, planned, type PlannedParts, UNKNOWN_KEY } from '../../support/planned.ts'

const PLANS = [
  { id: 'gold', quota: { limit: 2, period: 'DAY' } },
  { id: 'free', quota: { limit: 1, period: 'DAY' } },
] as const
const FOUND: FoundKey = { id: 'acme', usagePlanIds: ['gold'] }

interface Finding extends Planned {
  readonly found: string[]
}

const finding = (answer: (value: string, signal: AbortSignal) => unknown, parts?: PlannedParts): Finding => {
  const found: string[] = []
  const findKey = (value: string, { signal }: { readonly signal: AbortSignal }): unknown => {
    found.push(value)
    return answer(value, signal)
  }
  const options = { plans: PLANS, findKey: findKey as FindKey, keySeconds: 60, unknownKeySeconds: 5 }
  return { ...planned({ ...options, findKeyTimeoutMs: 200 }, parts), found }
}
const inOrder = (...answers: readonly (() => unknown)[]): (() => unknown) => {
  let index = 0
  return () => answers[Math.min(index++, answers.length - 1)]?.()
}
const fails = async (): Promise<never> => {
  throw new Error(`secret ${KEY}`)
}
const hangs = (): Promise<never> => new Promise(() => undefined)

describe('found keys', () => {
  test.each([
    ['a value', () => FOUND],
    ['a promise', async () => FOUND],
    // oxlint-disable-next-line no-thenable -- promise libraries return such objects
    ['a thenable', () => ({ then: (resolve: (found: FoundKey) => void) => resolve(FOUND) })],
  ])('FLEET-28 a key that findKey returns as %s is counted, and remembered for keySeconds', async (_, answer) => {
    const { send, found, plan, clock } = finding(answer)
    expect([await send({ key: KEY }), await send({ key: KEY })]).toEqual(['200', '200'])
    expect(await send({ key: KEY })).toBe('429 QUOTA_EXCEEDED')
    expect(found).toEqual([KEY])
    expect((await plan.usageOf('gold', 'acme')).used).toBe(2)
    clock.advanceSync(59_999)
    await send({ key: KEY })
    expect(found).toEqual([KEY])
    clock.advanceSync(1)
    await send({ key: KEY })
    expect(found).toEqual([KEY, KEY])
  })

  test('FLEET-28 configured keys are found without findKey', async () => {
    const found: string[] = []
    const { send } = planned({
      plans: PLANS,
      keys: [{ id: 'acme', value: KEY, usagePlanIds: ['gold'] }],
      findKey: (value) => {
        found.push(value)
        return undefined
      },
    })
    expect([await send({ key: KEY }), await send({ key: OTHER_KEY })]).toEqual(['200', '403 API_KEY_INVALID'])
    expect(found).toEqual([OTHER_KEY])
  })

  test('FLEET-28 requests with one key share a running call', async () => {
    const answer = new Deferred<FoundKey>()
    const { send, found } = finding(() => answer.promise)
    const pending = [send({ key: KEY }), send({ key: KEY }), send({ key: KEY })]
    answer.resolve(FOUND)
    expect(await Promise.all(pending)).toEqual(['200', '200', '429 QUOTA_EXCEEDED'])
    expect(found).toEqual([KEY])
  })

  test.each([
    ['is disabled', { ...FOUND, enabled: false }],
    ['is in no plan', { id: 'acme' }],
  ])('FLEET-03 a found key that %s is 403', async (_, answer) => {
    expect(await finding(() => answer).send({ key: KEY })).toBe('403 API_KEY_INVALID')
  })

  test('FLEET-09 AWS-UP-18 the handler receives a found key and its ID', async () => {
    const outcome = await finding(async () => FOUND).evaluate({ key: KEY })
    expect(outcome.allowed && outcome.authorizer.requestContext.identity).toEqual({ apiKey: KEY, apiKeyId: 'acme' })
  })

  test('FLEET-22 replace removes what findKey has returned, also in running calls', async () => {
    const first = new Deferred<FoundKey>()
    const { send, found, plan } = finding(
      inOrder(
        () => first.promise,
        async () => undefined,
      ),
    )
    const running = send({ key: KEY })
    plan.replace({ plans: PLANS })
    first.resolve(FOUND)
    expect(await running).toBe('200')
    expect(await send({ key: KEY })).toBe('403 API_KEY_INVALID')
    expect(found).toHaveLength(2)
  })
})

describe('unknown keys', () => {
  test.each([undefined, null])('FLEET-03 FLEET-28 %s is 403, and remembered for unknownKeySeconds', async (answer) => {
    const { send, found, clock } = finding(async () => answer)
    expect([await send({ key: UNKNOWN_KEY }), await send({ key: UNKNOWN_KEY })]).toEqual([
      '403 API_KEY_INVALID',
      '403 API_KEY_INVALID',
    ])
    clock.advanceSync(4999)
    await send({ key: UNKNOWN_KEY })
    expect(found).toHaveLength(1)
    clock.advanceSync(1)
    await send({ key: UNKNOWN_KEY })
    expect(found).toHaveLength(2)
  })

  test('FLEET-28 a key that is removed from the service is 403 after keySeconds', async () => {
    const { send, clock } = finding(
      inOrder(
        async () => FOUND,
        async () => undefined,
        fails,
      ),
    )
    expect(await send({ key: KEY })).toBe('200')
    clock.advanceSync(60_000)
    expect(await send({ key: KEY })).toBe('403 API_KEY_INVALID')
    clock.advanceSync(5000)
    expect(await send({ key: KEY })).toBe('503 PLAN_UNAVAILABLE')
  })

  test('K21 SEC-91 10,000 unknown keys create no counter, and are looked up once each', async () => {
    const { send, found, store } = finding(async () => undefined)
    const values = Array.from({ length: 10_000 }, (_, index) => `unknown-key-value-${String(index).padStart(6, '0')}`)
    const results = new Set<string>()
    for (let round = 0; round < 2; round++)
      for (const key of values) results.add(await send({ key, ...(round === 1 && { token: 'bob' }) }))
    expect([...results]).toEqual(['403 API_KEY_INVALID'])
    expect([found.length, new Set(found).size, store.size]).toEqual([10_000, 10_000, 0])
  })

  test('K21 SEC-91 10,000 unknown keys without findKey create no counter', async () => {
    const { send, store } = planned({ plans: PLANS, keys: [{ id: 'acme', value: KEY, usagePlanIds: ['gold'] }] })
    for (let index = 0; index < 10_000; index++) await send({ key: `unknown-key-value-${index}-0000` })
    expect(store.size).toBe(0)
    expect(await send({ key: KEY })).toBe('200')
  })
})

describe('failures', () => {
  test.each([
    ['throws', (): never => JSON.parse('{') as never, 'findKey failed'],
    ['rejects', fails, 'findKey failed'],
    ['returns a text', async () => 'acme', 'findKey returned an invalid key'],
    ['returns a key without an ID', async () => ({}), 'findKey returned an invalid key'],
    ['returns the value', async () => ({ ...FOUND, value: KEY }), 'findKey returned an invalid key'],
    ['returns an unknown plan', async () => ({ id: 'acme', usagePlanIds: ['gone'] }), 'cannot be used'],
    ['returns two plans', async () => ({ id: 'acme', usagePlanIds: ['gold', 'free'] }), 'cannot be used'],
  ])('FLEET-28 a first lookup that %s is 503, and is reported without the value', async (_, answer, reported) => {
    const { send, logger, store } = finding(answer)
    expect(await send({ key: KEY })).toBe('503 PLAN_UNAVAILABLE')
    expect(store.size).toBe(0)
    expect(logger.lines.join()).toContain(reported)
    expect(logger.lines.join()).not.toContain(KEY)
  })

  test.each([
    ['rejects', fails],
    ['returns an invalid key', async () => ({ id: 7 })],
  ])('FLEET-28 the last key stays in use if findKey %s', async (_, answer) => {
    const { send, logger, clock } = finding(inOrder(async () => FOUND, answer))
    await send({ key: KEY })
    clock.advanceSync(60_000)
    expect(await send({ key: KEY })).toBe('200')
    expect(logger.lines.join()).toContain('the last key it found stays in use')
  })

  test('FLEET-28 a lookup that does not respond is 503 at its deadline, and its signal is aborted', async () => {
    let aborted: AbortSignal | undefined
    const { send, clock } = finding((_, signal) => {
      aborted = signal
      return hangs()
    })
    const pending = send({ key: KEY })
    clock.advanceSync(199)
    await flushMicrotasks()
    expect(aborted?.aborted).toBe(false)
    clock.advanceSync(1)
    expect(await pending).toBe('503 PLAN_UNAVAILABLE')
    expect([aborted?.aborted, clock.pending]).toEqual([true, 0])
  })

  test('FLEET-28 the last key stays in use if findKey does not respond', async () => {
    const { send, clock } = finding(inOrder(async () => FOUND, hangs))
    await send({ key: KEY })
    clock.advanceSync(60_000)
    const pending = send({ key: KEY })
    clock.advanceSync(200)
    expect(await pending).toBe('200')
  })

  test('FLEET-28 after a failed lookup with a last key, findKey is called again only after 5 s', async () => {
    const { send, clock, found } = finding(inOrder(async () => FOUND, fails))
    await send({ key: KEY })
    clock.advanceSync(60_000)
    await send({ key: KEY })
    await send({ key: KEY })
    expect(found).toHaveLength(2)
    clock.advanceSync(5000)
    await send({ key: KEY })
    expect(found).toHaveLength(3)
  })

  test('SEC-99 at most 1000 lookups run at a time; further keys are 503 until one ends', async () => {
    const { send, clock, found } = finding(hangs)
    const pending = Array.from({ length: 1000 }, (_, index) => send({ key: `pending-key-value-${index}-000` }))
    expect(await send({ key: KEY })).toBe('503 PLAN_UNAVAILABLE')
    expect(found).toHaveLength(1000)
    clock.advanceSync(200)
    await Promise.all(pending)
    const later = send({ key: KEY })
    expect(found).toHaveLength(1001)
    clock.advanceSync(200)
    expect(await later).toBe('503 PLAN_UNAVAILABLE')
  })

  test('FLEET-06 a denied caller gets the denial of the authorizer if findKey fails', async () => {
    expect(await finding(fails).send({ key: KEY, token: null })).toBe('401 UNAUTHORIZED')
  })
})
