/** Invalid plans and keys are rejected, at construction and by `replace` (SEC-105). */
import { allow, type AuthorizerError, createAuthorizer } from '@custom-authorizer/core'
import { type PlanConfiguration, usagePlan } from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'
import { expectOptionError, type Row, titled, UNKNOWN } from '../../support/option-error.ts'
import { KEY, OTHER_KEY, planned, TWO_A_DAY } from '../../support/planned.ts'

const member = createAuthorizer({ authorize: () => allow(), logger: null })
const build = (options: unknown): unknown => usagePlan(member, options as never)

const { plans, keys } = TWO_A_DAY
const ofKeys = (more: object): object => ({ plans, keys, ...more })
const staging = (id: string, stage: string): object => ({ id, apiStages: [{ apiId: 'a', stage }] })

const THROTTLE = '{ rateLimit, burstLimit }: a number from 0 and a whole number from 0'
const plan = (more: object): object => ({ plans: [{ id: 'gold', ...more }] })
const key = (more: object): object => ({ plans, keys: [{ id: 'acme', value: KEY, ...more }] })
const staged = (throttle: unknown): object => ({
  ...plan({ apiStages: [{ apiId: 'a', stage: 's', throttle }] }),
  api: { apiId: 'a', stage: 's' },
})
const bucket = { rateLimit: 1, burstLimit: 1 }
const quota = (more: object): object => plan({ quota: { limit: 1, period: 'DAY', ...more } })

const CONFIGURATIONS: readonly Row[] = [
  ['usagePlan.plans', { plans: {} }, 'an object', 'a list'],
  ['usagePlan.plans', { plans: null }, 'null', 'a list'],
  ['usagePlan.plans', { plans: '' }, 'an empty string', 'a list'],
  ['usagePlan.keys', { plans, keys: null }, 'null', 'a list'],
  ['usagePlan.usagePlanKeys', ofKeys({ usagePlanKeys: 0 }), 'a number', 'a list'],
  ['usagePlan.plans[0]', { plans: ['gold'] }, 'a string', 'an object'],
  ['usagePlan.plans[0].id', { plans: [{}] }, 'undefined', 'a value, which is required'],
  ['usagePlan.plans[0].id', { plans: [{ id: '' }] }, 'an empty string', '1 to 256 visible ASCII characters'],
  ['usagePlan.plans[0].id', { plans: [{ id: 'a b' }] }, 'a string', 'visible ASCII characters'],
  ['usagePlan.plans[0].id', { plans: [{ id: 'x'.repeat(257) }] }, 'a string', '1 to 256'],
  ['usagePlan.plans[1].id', { plans: [{ id: 'gold' }, { id: 'gold' }] }, 'a repeated one', 'no earlier element'],
  ['usagePlan.plans[0].limit', plan({ limit: 1 }), UNKNOWN, 'throttle'],
  ['usagePlan.plans[0].name', plan({ name: 1 }), 'a number', 'a string'],
  ['usagePlan.plans[0].throttle', plan({ throttle: 5 }), 'a number', THROTTLE],
  ['usagePlan.plans[0].throttle', plan({ throttle: { rateLimit: '1', burstLimit: 1 } }), 'an object', THROTTLE],
  ['usagePlan.plans[0].throttle', plan({ throttle: { rateLimit: -1, burstLimit: 1 } }), 'an object', THROTTLE],
  ['usagePlan.plans[0].throttle', plan({ throttle: { rateLimit: Infinity, burstLimit: 1 } }), 'an object', THROTTLE],
  ['usagePlan.plans[0].throttle', plan({ throttle: { rateLimit: 1, burstLimit: 1.5 } }), 'an object', THROTTLE],
  ['usagePlan.plans[0].throttle', plan({ throttle: { rateLimit: 1 } }), 'an object', THROTTLE],
  ['usagePlan.plans[0].throttle', plan({ throttle: { ...bucket, burst: 1 } }), 'an object', THROTTLE],
  ['usagePlan.plans[0].quota', plan({ quota: 1 }), 'a number', '"DAY", "WEEK" or "MONTH"'],
  ['usagePlan.plans[0].quota', quota({ limit: -1 }), 'an object', 'a whole number from 0'],
  ['usagePlan.plans[0].quota', quota({ limit: 1.5 }), 'an object', 'a whole number from 0'],
  ['usagePlan.plans[0].quota', quota({ period: 'HOUR' }), 'an object', '"DAY", "WEEK" or "MONTH"'],
  ['usagePlan.plans[0].quota', quota({ period: 'toString' }), 'an object', '"DAY", "WEEK" or "MONTH"'],
  ['usagePlan.plans[0].quota', quota({ offset: 1 }), 'an object', '0 for DAY'],
  ['usagePlan.plans[0].quota', quota({ period: 'WEEK', offset: 7 }), 'an object', '0 to 6 for WEEK'],
  ['usagePlan.plans[0].quota', quota({ period: 'MONTH', offset: 28 }), 'an object', '0 to 27 for MONTH'],
  ['usagePlan.plans[0].quota', quota({ offset: -1 }), 'an object', '0 for DAY'],
  ['usagePlan.plans[0].quota', quota({ rate: 1 }), 'an object', '{ limit, period, offset }'],
  ['usagePlan.plans[0].apiStages', plan({ apiStages: {} }), 'an object', 'a list'],
  ['usagePlan.plans[0].apiStages[0].apiId', plan({ apiStages: [{ stage: 's' }] }), 'undefined', 'required'],
  ['usagePlan.plans[0].apiStages[0].stage', plan({ apiStages: [{ apiId: 'a' }] }), 'undefined', 'required'],
  ['usagePlan.plans[0].apiStages[0].throttle', staged([]), 'an empty array', '"{resourcePath}/{METHOD}"'],
  ['usagePlan.plans[0].apiStages[0].throttle', staged({ 'GET /pets': bucket }), 'an object', '"/pets/{id}/GET"'],
  ['usagePlan.plans[0].apiStages[0].throttle', staged({ '/pets/get': bucket }), 'an object', '"/pets/{id}/GET"'],
  [
    'usagePlan.plans[0].apiStages[0].throttle',
    staged({ '/pets/GET': { rateLimit: 1 } }),
    'an object',
    THROTTLE.slice(0, 25),
  ],
  [
    'usagePlan.plans[0].apiStages[0].throttle',
    staged(Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`/r${index}/GET`, bucket]))),
    'an object',
    'at most 20 members',
  ],
  ['usagePlan.api', plan({ apiStages: [{ apiId: 'a', stage: 's' }] }), 'undefined', 'plans[0] has apiStages'],
  ['usagePlan.keys', { plans, keys: {} }, 'an object', 'a list'],
  ['usagePlan.keys[0].id', { plans, keys: [{ value: KEY }] }, 'undefined', 'required'],
  ['usagePlan.keys[0].value', { plans, keys: [{ id: 'acme' }] }, 'undefined', 'required'],
  ['usagePlan.keys[0].value', key({ value: 'x'.repeat(19) }), 'a string', '20 to 128 visible ASCII characters'],
  ['usagePlan.keys[0].value', key({ value: 'x'.repeat(129) }), 'a string', '20 to 128 visible ASCII characters'],
  ['usagePlan.keys[0].value', key({ value: `${KEY} ` }), 'a string', 'visible ASCII characters'],
  ['usagePlan.keys[0].value', key({ value: Buffer.from(KEY) }), 'an object', 'visible ASCII characters'],
  ['usagePlan.keys[0].enabled', key({ enabled: 'false' }), 'a string', 'true or false'],
  ['usagePlan.keys[0].usagePlanIds', key({ usagePlanIds: 'gold' }), 'a string', 'an array'],
  ['usagePlan.keys[0].usagePlanIds[0]', key({ usagePlanIds: ['gone'] }), 'an unknown ID', 'a plan in plans'],
  ['usagePlan.keys[0].plan', key({ plan: 'gold' }), UNKNOWN, 'usagePlanIds'],
  [
    'usagePlan.plans[0].apiStages[1].stage',
    {
      api: { apiId: 'a', stage: 's' },
      plans: [
        {
          id: 'gold',
          apiStages: [
            { apiId: 'a', stage: 's' },
            { apiId: 'a', stage: 's', throttle: {} },
          ],
        },
      ],
      keys: [],
    },
    'a repeated one',
    'no earlier element',
  ],
  [
    'usagePlan.keys[1].id',
    { plans, keys: [keys[0], { id: 'acme', value: OTHER_KEY }] },
    'a repeated one',
    'no earlier',
  ],
  ['usagePlan.keys[1].value', { plans, keys: [keys[0], { id: 'beta', value: KEY }] }, 'a repeated one', 'no earlier'],
  [
    'usagePlan.keys[0]',
    { plans: [...plans, { id: 'free' }], keys: [{ id: 'acme', value: KEY, usagePlanIds: ['gold', 'free'] }] },
    'a key in two plans of one stage',
    'at most one plan per API and stage',
  ],
  ['usagePlan.usagePlanKeys', ofKeys({ usagePlanKeys: {} }), 'an object', 'a list'],
  [
    'usagePlan.usagePlanKeys[0].keyId',
    ofKeys({ usagePlanKeys: [{ usagePlanId: 'gold', keyId: 'gone' }] }),
    'an unknown ID',
    'a key in keys',
  ],
  [
    'usagePlan.usagePlanKeys[0].usagePlanId',
    ofKeys({ usagePlanKeys: [{ usagePlanId: 'gone', keyId: 'acme' }] }),
    'an unknown ID',
    'a plan in plans',
  ],
  [
    'usagePlan.usagePlanKeys[0].keyType',
    ofKeys({ usagePlanKeys: [{ usagePlanId: 'gold', keyId: 'acme', keyType: 'X' }] }),
    'a string',
    '"API_KEY"',
  ],
]

describe('configurations', () => {
  test.each(titled(CONFIGURATIONS))('SEC-105 %s: %s is rejected; allowed: %s', (path, found, allowed, options) => {
    expectOptionError(() => build(options), path, found, allowed)
  })

  test('SEC-101 SEC-91 no error of an invalid configuration shows the value of a key', () => {
    const messages = CONFIGURATIONS.map(([, options]) => {
      try {
        build(options)
        return 'accepted'
      } catch (error) {
        return JSON.stringify([String(error), (error as AuthorizerError).stack, error])
      }
    })
    expect(
      messages.filter((message) => message === 'accepted' || message.includes(KEY) || message.includes(OTHER_KEY)),
    ).toEqual([])
  })

  const INVALID: readonly (readonly [path: string, configuration: unknown, found: string, allowed: string])[] = [
    ['usagePlan', undefined, 'undefined', 'plans'],
    ['usagePlan', null, 'null', 'plans'],
    ['usagePlan', 'gold', 'a string', 'plans'],
    ['usagePlan.key', { plans, key: [] }, UNKNOWN, 'keys'],
    ['usagePlan.plans', {}, 'undefined', 'a list'],
  ]
  test.each(INVALID)('SEC-105 replace rejects %s of %j', (path, configuration, found, allowed) => {
    const { plan: limited } = planned(TWO_A_DAY)
    expectOptionError(() => limited.replace(configuration as PlanConfiguration), path, found, allowed)
  })

  test('SEC-108 changes to a configuration after its check have no effect', async () => {
    const throttle = { rateLimit: 0, burstLimit: 9 }
    const daily = { limit: 1, period: 'DAY' as 'DAY' | 'WEEK' }
    const acme = { id: 'acme', value: KEY, usagePlanIds: ['gold'] }
    const { send } = planned({ plans: [{ id: 'gold', throttle, quota: daily }], keys: [acme] })
    Object.assign(throttle, { burstLimit: 0 })
    Object.assign(daily, { limit: Number.NaN })
    Object.assign(acme, { enabled: false, value: OTHER_KEY })
    acme.usagePlanIds.pop()
    expect([await send({ key: KEY }), await send({ key: KEY })]).toEqual(['200', '429 QUOTA_EXCEEDED'])
    expect(await send({ key: OTHER_KEY })).toBe('403 API_KEY_INVALID')
  })

  test('AWS-UP-07 FLEET-11 a key may be in plans of several stages, and at most one of them in each', () => {
    const api = { apiId: 'a', stage: 'prod' }
    const holder = { id: 'acme', value: KEY, usagePlanIds: ['one', 'two'] }
    expect(() => build({ api, plans: [staging('one', 'prod'), staging('two', 'dev')], keys: [holder] })).not.toThrow()
    expectOptionError(
      () => build({ api, plans: [staging('one', 'prod'), staging('two', 'prod')], keys: [holder] }),
      'usagePlan.keys[0]',
      'a key in two plans',
      'at most one plan per API and stage',
    )
  })

  test('AWS-UP-13 members of the manual without an effect, and the highest offsets, are accepted', () => {
    const members = { tags: {}, name: 'n', description: 'd' }
    const given = {
      plans: [
        { id: 'a', ...members, productCode: 'p', quota: { limit: 1, period: 'WEEK', offset: 6 } },
        { id: 'b', quota: { limit: 1, period: 'MONTH', offset: 27 } },
      ],
      keys: [
        { id: 'acme', value: KEY, ...members, customerId: 'c', createdDate: 1, lastUpdatedDate: 1, stageKeys: [] },
      ],
      usagePlanKeys: [{ usagePlanId: 'a', keyId: 'acme', keyType: 'API_KEY' }],
    }
    expect(() => build(given)).not.toThrow()
  })
})
