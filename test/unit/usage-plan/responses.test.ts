/** The responses of each contract to requests without a key and beyond a limit (SEC-92, AWS-UP-15). */
import { allow, type Authorizer, createAuthorizer, type Denied } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { type KeyPlanOptions, type UsagePlan, usagePlan } from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'
import { denied, responseHeader } from '../../support/outcome.ts'
import { KEY, planned, retryAfterOf, TWO_A_DAY } from '../../support/planned.ts'
import { gatewayRequest } from '../../support/request.ts'
import { authorizerOf, token } from '../jwt/jwt-fixture.ts'

const { keys } = TWO_A_DAY
const api = { region: 'us-east-1', accountId: '123456789012', apiId: 'abcdef123', stage: 'prod' }
const policy = async (): Promise<never> =>
  ({
    principalId: 'u',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }],
    },
  }) as never

type Build = (clock: FakeClock) => Authorizer
const build =
  (authorize: unknown, contract: unknown): Build =>
  (clock: FakeClock) =>
    createAuthorizer({ authorize: authorize as never, contract: contract as never, clock, logger: null })
const CONTRACTS: Readonly<Record<string, Build>> = {
  'aws.token': build(policy, aws.token({ api, authorizerResultTtlInSeconds: 0 })),
  'aws.request': build(policy, aws.request({ api, authorizerResultTtlInSeconds: 0 })),
  'aws.httpApi': build(async () => ({ isAuthorized: true }), aws.httpApi({ api, enableSimpleResponses: true })),
  huawei: build(
    async () => ({ statusCode: 200, isBase64Encoded: false, body: JSON.stringify({ status: 'allow' }) }),
    huawei.frontend({}),
  ),
  native: (clock) => createAuthorizer({ authorize: () => allow(), clock, logger: null }),
  jwt: () => authorizerOf(),
}

/** Sends requests one after another to a plan; the last one must be denied. */
const lastOf = async (
  name: string,
  gold: object,
  count: number,
  options: Partial<KeyPlanOptions> = {},
): Promise<Denied> => {
  const clock = fakeClock()
  const member = (CONTRACTS[name] as Build)(clock)
  const plan = usagePlan(member, { plans: [{ id: 'gold', ...gold }], keys, clock, ...options })
  const authorization = name === 'jwt' ? `Bearer ${token()}` : 'ann'
  const request = () =>
    gatewayRequest('GET /pets', { headers: { Authorization: authorization, ...(count > 0 && { 'x-api-key': KEY }) } })
  for (let index = 1; index < count; index++) expect((await plan.evaluate(request())).allowed).toBe(true)
  return denied(await plan.evaluate(request()))
}
/** Statuses of a missing key and of an exceeded quota. APIG has its own (FLEET-36, FLEET-38). */
const statusesOf = (name: string): readonly [noKey: number, exceeded: number] =>
  name === 'huawei' ? [401, 405] : [403, 429]
const partsOf = (given: Denied): readonly unknown[] => [given.response.status, given.reason, retryAfterOf(given)]
const throttle: Pick<UsagePlan, 'throttle'> = { throttle: { rateLimit: 0.25, burstLimit: 1 } }
const quota: Pick<UsagePlan, 'quota'> = { quota: { limit: 1, period: 'DAY' } }

describe.each(Object.keys(CONTRACTS))('%s', (name) => {
  const [noKey, exceeded] = statusesOf(name)

  test(`SEC-92 AWS-UP-05 ${name}: a request without a key is ${noKey}`, async () => {
    expect(partsOf(await lastOf(name, quota, 0))).toEqual([noKey, 'API_KEY_MISSING', undefined])
  })

  test(`SEC-92 ${name}: a throttled request is 429 with the seconds until the next token`, async () => {
    expect(partsOf(await lastOf(name, throttle, 2))).toEqual([429, 'THROTTLED', '4'])
  })

  test(`SEC-92 ${name}: a request over quota is ${exceeded} with the seconds until the end of the period`, async () => {
    const last = await lastOf(name, quota, 2)
    expect(partsOf(last)).toEqual([exceeded, 'QUOTA_EXCEEDED', String(12 * 3600)])
    expect(JSON.stringify(last.response)).not.toMatch(/gold|acme/i)
  })

  test(`FLEET-10 ${name}: retryAfter false leaves Retry-After out`, async () => {
    expect(partsOf(await lastOf(name, quota, 2, { retryAfter: false }))).toEqual([
      exceeded,
      'QUOTA_EXCEEDED',
      undefined,
    ])
    expect(partsOf(await lastOf(name, throttle, 2, { retryAfter: false }))).toEqual([429, 'THROTTLED', undefined])
  })
})

const AWS: readonly (readonly [gold: object, count: number, status: number, body: string, error: string])[] = [
  [quota, 0, 403, '{"message":"Forbidden"}', 'ForbiddenException'],
  [throttle, 2, 429, '{"message":"Too Many Requests"}', 'TooManyRequestsException'],
  [quota, 2, 429, '{"message":"Limit Exceeded"}', 'LimitExceededException'],
]
test.each(AWS)('AWS-UP-15 AWS-UP-05 with %j the response %#: %s %s %s', async (gold, count, status, body, error) => {
  for (const name of ['aws.token', 'aws.request']) {
    const last = await lastOf(name, gold, count)
    expect([last.response.status, last.response.body]).toEqual([status, body])
    expect(responseHeader(last, 'x-amzn-errortype')).toBe(error)
  }
})

const WAITS: readonly (readonly [gold: object, expected: string | undefined])[] = [
  [{ throttle: { rateLimit: 1000, burstLimit: 1 } }, '1'],
  [{ throttle: { rateLimit: 0.4, burstLimit: 1 } }, '3'],
  [{ throttle: { rateLimit: 0, burstLimit: 1 } }, undefined],
  [{ throttle: { rateLimit: 1e-12, burstLimit: 1 } }, String(31 * 86_400)],
  [{ throttle: { rateLimit: Number.MIN_VALUE, burstLimit: 1 } }, String(31 * 86_400)],
  [{ quota: { limit: 1, period: 'WEEK' } }, String(12 * 3600 + 4 * 86_400)],
  [{ quota: { limit: 1, period: 'MONTH' } }, String(12 * 3600 + 30 * 86_400)],
]
test.each(WAITS)(
  'SEC-92 Retry-After of %j is %s: a whole number from 1, at most the period',
  async (gold, expected) => {
    expect(retryAfterOf(await lastOf('native', gold, 2))).toBe(expected)
  },
)

test.each([1, 26])(
  'SEC-92 after a step of the clock %i hours back Retry-After is at most the period, and nothing is given back',
  async (hours) => {
    const { clock, send, evaluate } = planned({ plans: [{ id: 'gold', ...quota }], keys })
    await send({ key: KEY })
    clock.setTime(clock.now() - hours * 3600_000)
    const last = denied(await evaluate({ key: KEY }))
    expect(last.reason).toBe('QUOTA_EXCEEDED')
    expect(Number(retryAfterOf(last))).toBeGreaterThanOrEqual(1)
    expect(Number(retryAfterOf(last))).toBeLessThanOrEqual(86_400)
  },
)
