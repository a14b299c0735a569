/** Where API keys come from, and who sees them (AWS-UP-01 to AWS-UP-07, AWS-UP-18 to AWS-UP-22, FLEET-01 to FLEET-11). */
import { type Authorizer, createAuthorizer, type Outcome, unauthorized } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { composeAuthorizers, createContext } from '@custom-authorizer/core/contract'
import { fakeClock } from '@custom-authorizer/core/testing'
import { type KeyPlanOptions, type PlannedAuthorizer, usagePlan } from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'
import { allowed, reasonOf } from '../../support/outcome.ts'
import { KEY, keyed, OTHER_KEY, planned, TWO_A_DAY, UNKNOWN_KEY } from '../../support/planned.ts'

const api = { region: 'us-east-1', accountId: '123456789012', apiId: 'abcdef123', stage: 'prod' }

interface Rest {
  readonly plan: PlannedAuthorizer
  readonly events: aws.RequestEvent[]
  readonly evaluate: (key?: string | readonly string[], line?: string) => Promise<Outcome>
}

/** A REQUEST authorizer that allows everything, with members of its result. */
const rest = (options: Partial<KeyPlanOptions> = {}, { ttl = 0, members = {} } = {}): Rest => {
  const clock = fakeClock()
  const events: aws.RequestEvent[] = []
  const authorizer = createAuthorizer({
    authorize: async (event: aws.RequestEvent) => {
      events.push(event)
      const Statement = [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }]
      return { principalId: 'u', policyDocument: { Version: '2012-10-17', Statement }, ...members } as never
    },
    contract: aws.request({
      api,
      identitySource: 'method.request.header.Authorization',
      authorizerResultTtlInSeconds: ttl,
    }),
    clock,
    logger: null,
  })
  const plan = usagePlan(authorizer as unknown as Authorizer, { ...TWO_A_DAY, clock, ...options })
  return {
    plan,
    events,
    evaluate: async (key, line = 'GET /pets') => plan.evaluate(keyed({ line, ...(key && { key }) })),
  }
}

const bodyOf = (each: Outcome): unknown => !each.allowed && [each.response.status, each.response.body]

describe('events', () => {
  test('AWS-UP-18 FLEET-06 the event has apiKey and apiKeyId for a valid key in x-api-key', async () => {
    const { evaluate, events } = rest()
    expect(reasonOf(await evaluate(KEY))).toBe('ALLOWED')
    expect(events[0]?.requestContext.identity).toMatchObject({ apiKey: KEY, apiKeyId: 'acme' })
  })

  test.each<readonly [string, Partial<KeyPlanOptions>, string | readonly string[]]>([
    ['unknown', {}, UNKNOWN_KEY],
    ['missing', {}, []],
    ['sent twice', {}, [KEY, KEY]],
    ['in no plan', { keys: [{ id: 'acme', value: KEY }] }, KEY],
    ['disabled', { keys: [{ id: 'acme', value: KEY, enabled: false, usagePlanIds: ['gold'] }] }, KEY],
    ['not required', { apiKeyRequired: false }, KEY],
    ['to come from the authorizer', { apiKeySource: 'AUTHORIZER' }, KEY],
  ])('AWS-UP-18 FLEET-06 the event has neither apiKey nor apiKeyId if the key is %s', async (_, options, key) => {
    const { evaluate, events } = rest(options)
    await evaluate(key)
    expect(events).toHaveLength(1)
    expect(Object.keys(events[0]?.requestContext.identity ?? {})).not.toContain('apiKey')
    expect(Object.keys(events[0]?.requestContext.identity ?? {})).not.toContain('apiKeyId')
  })

  test('AWS-UP-19 FLEET-07 a cached result is counted for the key of each request', async () => {
    const { evaluate, events, plan } = rest({}, { ttl: 300 })
    const identities: unknown[] = []
    for (const key of [KEY, OTHER_KEY, KEY]) identities.push(allowed(await evaluate(key)).requestContext.identity)
    expect(identities).toEqual([
      { apiKey: KEY, apiKeyId: 'acme' },
      { apiKey: OTHER_KEY, apiKeyId: 'beta' },
      { apiKey: KEY, apiKeyId: 'acme' },
    ])
    expect(reasonOf(await evaluate(KEY))).toBe('QUOTA_EXCEEDED')
    expect(events).toHaveLength(1)
    expect((await plan.usageOf('gold', 'beta')).used).toBe(1)
  })

  test('AWS-UP-18 FLEET-09 with AUTHORIZER the handler receives the key that the result names, and no usageIdentifierKey', async () => {
    const { evaluate } = rest({ apiKeySource: 'AUTHORIZER' }, { members: { usageIdentifierKey: KEY } })
    const { requestContext, usage } = allowed(await evaluate())
    expect(requestContext.identity).toEqual({ apiKey: KEY, apiKeyId: 'acme' })
    expect(requestContext.authorizer).not.toHaveProperty('usageIdentifierKey')
    expect(usage?.keyId).toBe('acme')
  })

  test('AWS-UP-03 AWS-UP-04 usageIdentifierKey is a value, not the ID or the name of a key', async () => {
    for (const usageIdentifierKey of ['acme', 'the-name-of-the-acme-key'])
      expect(reasonOf(await rest({ apiKeySource: 'AUTHORIZER' }, { members: { usageIdentifierKey } }).evaluate())).toBe(
        'API_KEY_INVALID',
      )
  })
})

describe('contexts', () => {
  test('FLEET-09 SEC-57 callers have keys of their own if an authorizer returns one context for all', async () => {
    const shared = createContext({ principalId: 'u', context: { role: 'user' } }, () => ({}))
    const wrap = (member: Authorizer): Authorizer => ({
      ...composeAuthorizers('shared', [member], () => ({ allowed: true, authorizer: shared })),
    })
    const { evaluate } = planned(TWO_A_DAY, { wrap })
    const contexts = [allowed(await evaluate({ key: KEY })), allowed(await evaluate({ key: OTHER_KEY }))]
    expect(contexts.map(({ requestContext, usage }) => [requestContext.identity?.apiKeyId, usage?.keyId])).toEqual([
      ['acme', 'acme'],
      ['beta', 'beta'],
    ])
  })

  test('FLEET-09 a context that this library did not create is counted like others', async () => {
    const foreign = { principalId: 'u', context: { role: 'user' }, requestContext: { authorizer: {} } }
    const wrap = (member: Authorizer): Authorizer => ({
      ...composeAuthorizers('foreign', [member], () => ({ allowed: true, authorizer: foreign })),
    })
    const { evaluate } = planned(TWO_A_DAY, { wrap })
    expect(allowed(await evaluate({ key: KEY }))).toMatchObject({ principalId: 'u', usage: { keyId: 'acme' } })
    expect(foreign).not.toHaveProperty('usage')
  })

  test('SEC-90 a context that is not JSON data is 500 and not counted', async () => {
    const broken = { principalId: 'u', context: { role: () => 'user' }, requestContext: { authorizer: {} } }
    const wrap = (member: Authorizer): Authorizer => ({
      ...composeAuthorizers('broken', [member], () => ({ allowed: true, authorizer: broken })),
    })
    const { send, store } = planned(TWO_A_DAY, { wrap })
    expect(await send({ key: KEY })).toBe('500 BAD_RESULT')
    expect(store.size).toBe(0)
  })
})

describe('keys', () => {
  test('AWS-UP-14 FLEET-20 a request that the rate refuses uses no quota', async () => {
    const plans = [
      { id: 'gold', quota: { limit: 2, period: 'DAY' }, throttle: { rateLimit: 1, burstLimit: 1 } },
    ] as const
    const { send, clock } = planned({ ...TWO_A_DAY, plans })
    const results: string[] = []
    for (const ms of [0, 0, 0, 1000, 1000]) {
      clock.advanceSync(ms)
      results.push(await send({ key: KEY }))
    }
    expect(results).toEqual(['200', '429 THROTTLED', '429 THROTTLED', '200', '429 QUOTA_EXCEEDED'])
  })

  test.each<readonly [string, Partial<KeyPlanOptions>, string | readonly string[], string]>([
    ['AWS-UP-05 a missing key', {}, [], 'API_KEY_MISSING'],
    ['AWS-UP-05 an empty key', {}, '', 'API_KEY_MISSING'],
    ['AWS-UP-05 an unknown key', {}, UNKNOWN_KEY, 'API_KEY_INVALID'],
    [
      'AWS-UP-05 a disabled key',
      { keys: [{ id: 'a', value: KEY, enabled: false, usagePlanIds: ['gold'] }] },
      KEY,
      'API_KEY_INVALID',
    ],
    ['AWS-UP-05 a key in no plan', { keys: [{ id: 'a', value: KEY }] }, KEY, 'API_KEY_INVALID'],
    ['FLEET-04 a key in lower case', {}, KEY.toLowerCase(), 'API_KEY_INVALID'],
    ['FLEET-04 a prefix of a key', {}, KEY.slice(0, -1), 'API_KEY_INVALID'],
    ['FLEET-04 a key with more characters', {}, `${KEY}0`, 'API_KEY_INVALID'],
    ['FLEET-04 the ID of a key', {}, 'acme', 'API_KEY_INVALID'],
    ['FLEET-05 SEC-24 a key that is sent twice', {}, [KEY, KEY], 'API_KEY_MISSING'],
    ['SEC-91 a name of Object.prototype', {}, '__proto__', 'API_KEY_INVALID'],
    ['SEC-91 a key of 20,000 characters', {}, 'x'.repeat(20_000), 'API_KEY_INVALID'],
  ])('%s is rejected with 403 and the body of a missing key', async (_, options, key, reason) => {
    const outcome = await rest(options).evaluate(key)
    const missing = await rest().evaluate([])
    expect(reasonOf(outcome)).toBe(reason)
    expect(bodyOf(outcome)).toEqual(bodyOf(missing))
  })

  test('AWS-UP-06 FLEET-04 keys of 20 and 128 characters are accepted', async () => {
    for (const value of ['x'.repeat(20), 'y'.repeat(128)])
      expect(reasonOf(await rest({ keys: [{ id: 'a', value, usagePlanIds: ['gold'] }] }).evaluate(value))).toBe(
        'ALLOWED',
      )
  })

  test('AWS-UP-07 usagePlanKeys puts a key into a plan like usagePlanIds', async () => {
    const keys = [{ id: 'a', value: KEY }]
    const usagePlanKeys = [{ usagePlanId: 'gold', keyId: 'a', keyType: 'API_KEY' }] as const
    expect(reasonOf(await rest({ keys, usagePlanKeys }).evaluate(KEY))).toBe('ALLOWED')
  })

  test('AWS-UP-11 FLEET-24 two stages that share a store share the counters of a plan; two keys do not', async () => {
    const { store } = planned(TWO_A_DAY)
    const stage = (name: string): Rest => {
      const apiStages = ['prod', 'dev'].map((each) => ({ apiId: 'a', stage: each }))
      const plans = [{ id: 'gold', quota: { limit: 1, period: 'DAY' }, apiStages }] as const
      return rest({ plans, store, api: { apiId: 'a', stage: name } })
    }
    expect(reasonOf(await stage('prod').evaluate(KEY))).toBe('ALLOWED')
    expect(reasonOf(await stage('dev').evaluate(KEY))).toBe('QUOTA_EXCEEDED')
    expect(reasonOf(await stage('dev').evaluate(OTHER_KEY))).toBe('ALLOWED')
    expect(reasonOf(await stage('test').evaluate(KEY))).toBe('API_KEY_INVALID')
  })

  test('FLEET-06 SEC-90 a request that the authorizer denies counts nothing, and gets its response', async () => {
    const { send, store, plan } = planned(TWO_A_DAY, { authorize: () => unauthorized() })
    for (let index = 0; index < 1000; index++) expect(await send({ key: KEY })).toBe('401 UNAUTHORIZED')
    expect([store.size, (await plan.usageOf('gold', 'acme')).remaining]).toEqual([0, 2])
  })

  test('AWS-UP-22 an HTTP API has no apiKey in its events; a plan applies all the same', async () => {
    const events: object[] = []
    const member = createAuthorizer({
      authorize: async (event: object) => {
        events.push(event)
        return { isAuthorized: true } as never
      },
      contract: aws.httpApi({ api, enableSimpleResponses: true }),
      logger: null,
    })
    const plan = usagePlan(member, TWO_A_DAY)
    expect(reasonOf(await plan.evaluate(keyed({ key: KEY })))).toBe('ALLOWED')
    expect(JSON.stringify(events)).not.toMatch(/apiKey/)
  })
})
