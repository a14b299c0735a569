/** Attacks on usage plans that have succeeded once. */
import { allow } from '@custom-authorizer/core'
import type { FindKey, KeyPlanOptions, Taken, ThrottleSettings, UsageStore } from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { KEY, OTHER_KEY, type Planned, planned, TWO_A_DAY } from '../../support/planned.ts'

const STAGE = { apiId: 'a', stage: 'prod' }
const ONE = { rateLimit: 0, burstLimit: 1 }
const IN_GOLD = { id: 'acme', usagePlanIds: ['gold'] }

const throttled = (
  throttle: Readonly<Record<string, ThrottleSettings>>,
  options: Partial<KeyPlanOptions> = {},
): Planned =>
  planned({
    plans: [{ id: 'gold', apiStages: [{ ...STAGE, throttle }] }],
    keys: TWO_A_DAY.keys,
    api: STAGE,
    ...options,
  })

const storeOf = (taken: unknown): UsageStore => ({
  take: () => taken as Taken,
  read: () => ({ used: 0, resetsAt: undefined, levels: {} }),
})

describe('functions of the application', () => {
  test.each(['subject', 'planOf'] as const)(
    'FLEET-25 a %s that rejects is 500, and its rejection is handled',
    async (name) => {
      const unhandled: unknown[] = []
      const record = (reason: unknown): unknown => unhandled.push(reason)
      process.on('unhandledRejection', record)
      try {
        const rejects = (() => Promise.reject(new Error('database'))) as never
        const { plans } = TWO_A_DAY
        const { send } = planned({ plans, subject: 'principalId', [name]: rejects })
        expect(await send()).toBe('500 PLAN_SUBJECT_MISSING')
        await new Promise((resolve) => setImmediate(resolve))
        expect(unhandled).toEqual([])
      } finally {
        process.off('unhandledRejection', record)
      }
    },
  )
})

describe('method throttles', () => {
  test.each([
    ['/files/f.txt/GET', '/files%2Ff.txt'],
    ['/files/{name}/GET', '/files%2ff.txt'],
    ['/files/{path+}/GET', '/files%2Fa%2Fb'],
  ])('SEC-06 FLEET-12 the throttle of %s counts %s, which a file server serves', async (key, path) => {
    const { send } = throttled({ [key]: ONE })
    expect(await send({ key: KEY, line: `GET ${path}` })).toBe('200')
    expect(await send({ key: KEY, line: `GET ${path}` })).toBe('429 THROTTLED')
  })

  test.each<[other: string, throttle: Readonly<Record<string, ThrottleSettings>>, options: Partial<KeyPlanOptions>]>([
    ['a throttle of another method', { '/pets/{id}/GET': ONE, '/pets/mine/POST': ONE }, {}],
    [
      'a route of another method',
      { '/pets/{id}/GET': ONE },
      { routes: { 'POST /pets/mine': { apiKeyRequired: true } } },
    ],
    ['a throttle of ANY', { '/{proxy+}/ANY': ONE, '/pets/{id}/POST': ONE }, {}],
  ])('FLEET-12 %s does not take a path from the throttle of this method', async (_, throttle, options) => {
    const { send } = throttled(throttle, options)
    expect(await send({ key: KEY, line: 'GET /pets/mine' })).toBe('200')
    expect(await send({ key: KEY, line: 'GET /pets/mine' })).toBe('429 THROTTLED')
  })
})

describe('findKey', () => {
  test.each([
    ['short', 'x'.repeat(19)],
    ['long', 'x'.repeat(129)],
    ['with a space', `${'x'.repeat(20)} x`],
  ])('SEC-91 a value that cannot be a key is not looked up: %s', async (_, key) => {
    let calls = 0
    const { send } = planned({ plans: TWO_A_DAY.plans, findKey: () => void calls++ })
    expect(await send({ key })).toBe('403 API_KEY_INVALID')
    expect(calls).toBe(0)
  })

  test('FLEET-24 a key whose ID a configured key has does not share its counter', async () => {
    const { send, logger } = planned({ ...TWO_A_DAY, keys: TWO_A_DAY.keys.slice(0, 1), findKey: () => IN_GOLD })
    expect(await send({ key: OTHER_KEY })).toBe('503 PLAN_UNAVAILABLE')
    expect(await send({ key: KEY })).toBe('200')
    expect(logger.lines.join()).toContain('the ID of a key in keys')
  })

  class Row {
    readonly id = 'acme'
    readonly usagePlanIds = ['gold']
    get enabled(): boolean {
      return false
    }
  }
  test.each<[what: string, found: () => unknown]>([
    ['an object of a class', () => new Row()],
    ['the value as the name of a member', () => ({ ...IN_GOLD, [KEY]: true })],
    [
      'a getter that throws an error with the value',
      () => ({
        ...IN_GOLD,
        get enabled(): boolean {
          throw new Error(KEY)
        },
      }),
    ],
  ])('SEC-91 SEC-105 %s is reported without the value, and is no key', async (_, found) => {
    const { send, logger } = planned({ plans: TWO_A_DAY.plans, findKey: found as FindKey })
    expect(await send({ key: KEY })).toBe('503 PLAN_UNAVAILABLE')
    expect(logger.lines).toHaveLength(1)
    expect(logger.lines.join()).not.toContain(KEY)
  })
})

describe('load and replace', () => {
  class Plan {
    readonly id = 'gold'
    get quota(): object {
      return { limit: 0, period: 'DAY' }
    }
  }
  test('SEC-108 a plan of a class is rejected, because a copy would lose its limits', async () => {
    const { send } = planned({ load: () => ({ plans: [new Plan()], keys: TWO_A_DAY.keys }) as never })
    expect(await send({ key: KEY })).toBe('503 PLAN_UNAVAILABLE')
  })

  test('FLEET-22 a load that began before replace does not undo it', async () => {
    const loaded = new Deferred<typeof TWO_A_DAY>()
    const answers = [Promise.resolve(TWO_A_DAY), loaded.promise]
    const { send, plan, clock } = planned({ load: () => answers.shift() as never, loadSeconds: 60 })
    expect(await send({ key: KEY })).toBe('200')
    clock.advanceSync(60_000)
    expect(await send({ key: KEY })).toBe('200')
    plan.replace({ ...TWO_A_DAY, keys: [] })
    loaded.resolve(TWO_A_DAY)
    await flushMicrotasks()
    expect(await send({ key: KEY })).toBe('403 API_KEY_INVALID')
  })

  test('FLEET-28 20,000 keys in a plan are taken over in linear time', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `key-${index}`)
    const keys = ids.map((id) => ({ id, value: `${id}-`.padEnd(20, 'x') }))
    const usagePlanKeys = ids.map((keyId) => ({ keyId, usagePlanId: 'gold' }))
    const { plan } = planned(TWO_A_DAY)
    let comparisons = 0
    const counted = usagePlanKeys.map((each) => ({
      get keyId() {
        comparisons++
        return each.keyId
      },
      usagePlanId: each.usagePlanId,
    }))
    plan.replace({ plans: TWO_A_DAY.plans, keys, usagePlanKeys: counted })
    expect(comparisons).toBeLessThan(10 * ids.length)
  })
})

describe('stores', () => {
  const throwing = {
    get verdict(): string {
      throw new Error('no verdict')
    },
  }
  const ANSWERS: Readonly<Record<string, unknown>> = {
    undefined: undefined,
    null: null,
    'an empty object': {},
    'another verdict': { verdict: 'yes' },
    'a text': 'pass',
    'an object that throws': throwing,
  }
  test.each(Object.keys(ANSWERS))('SEC-89 an answer of a store that is no verdict is 503: %s', async (name) => {
    for (const answer of [ANSWERS[name], Promise.resolve(ANSWERS[name])]) {
      const { send } = planned({ ...TWO_A_DAY, onStoreError: 'deny', store: storeOf(answer) })
      expect(await send({ key: KEY })).toBe('503 PLAN_UNAVAILABLE')
    }
  })

  test('SEC-94 subjects that differ in lone surrogates have counters of their own in a shared store', async () => {
    const names: string[] = []
    const store: UsageStore = {
      take: (key) => {
        names.push(key)
        return { verdict: 'pass', remaining: undefined, resetsAt: undefined }
      },
      read: () => ({ used: 0, resetsAt: undefined, levels: {} }),
    }
    const subjects = ['ten\ud800', 'ten\ud801', 'ten\ufffd', String.raw`ten\ud800`]
    const { send } = planned(
      { plans: TWO_A_DAY.plans, store, subject: () => subjects.at(names.length) },
      { authorize: () => allow() },
    )
    for (const _ of subjects) await send()
    expect(new Set(names).size).toBe(subjects.length)
  })
})
