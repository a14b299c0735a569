/** Plans that count by caller, without API keys (FLEET-25). */
import { allow, type AuthorizerContext, native, type NativeAnswer, optional } from '@custom-authorizer/core'
import type { SubjectPlanOptions } from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'
import { allowed } from '../../support/outcome.ts'
import { KEY, type Planned, planned, type PlannedParts, TWO_A_DAY } from '../../support/planned.ts'

const { plans } = TWO_A_DAY
const TIERS = [
  { id: 'gold', quota: { limit: 2, period: 'DAY' } },
  { id: 'free', quota: { limit: 1, period: 'DAY' } },
] as const
const failing = (): never => {
  throw new Error('no subject')
}

const bySubject = (options: Partial<SubjectPlanOptions> = {}, parts?: PlannedParts): Planned =>
  planned({ plans, subject: 'principalId', ...options }, parts)
const authorize = (request: { header(name: string): string | undefined }): NativeAnswer => {
  const [principalId = '', tenant = '', tier = ''] = (request.header('authorization') ?? '').split('/')
  return allow({ principalId, context: { tenant, tier } })
}
const contextOf = ({ context }: AuthorizerContext, name: string): string | undefined => context[name] as string

const tenantAndMethod: SubjectPlanOptions['subject'] = (context, request) =>
  `${contextOf(context, 'tenant')}:${request.method}`

describe('subjects', () => {
  test('FLEET-25 requests are counted by principal, without an API key', async () => {
    const { send, plan } = bySubject()
    const results = [await send(), await send(), await send(), await send({ token: 'bob' })]
    expect(results).toEqual(['200', '200', '429 QUOTA_EXCEEDED', '200'])
    expect([(await plan.usageOf('gold', 'ann')).used, (await plan.usageOf('gold', 'bob')).used]).toEqual([2, 1])
  })

  test('FLEET-25 a key in the header changes nothing, and the context has usage without a key', async () => {
    const context = allowed(await bySubject().evaluate({ key: KEY }))
    expect(context.usage).toEqual({ planId: 'gold', remaining: 1, resetsAt: Date.UTC(2030, 0, 2) })
    expect(context.requestContext).not.toHaveProperty('identity')
  })

  test('FLEET-25 a function of the authorizer context and the request names the subject', async () => {
    const { send, plan } = bySubject({ subject: tenantAndMethod }, { authorize })
    const results = [
      await send({ token: 'ann/acme' }),
      await send({ token: 'bob/acme' }),
      await send({ token: 'cid/acme' }),
    ]
    expect(results).toEqual(['200', '200', '429 QUOTA_EXCEEDED'])
    expect(await send({ token: 'ann/beta' })).toBe('200')
    expect((await plan.usageOf('gold', 'acme:GET')).used).toBe(2)
  })

  test('FLEET-25 planOf chooses the plan of a caller', async () => {
    const { send } = bySubject({ plans: TIERS, planOf: (context) => contextOf(context, 'tier') }, { authorize })
    const results = [
      await send({ token: 'ann//free' }),
      await send({ token: 'ann//free' }),
      await send({ token: 'ann//gold' }),
    ]
    expect(results).toEqual(['200', '429 QUOTA_EXCEEDED', '200'])
  })

  test('SEC-94 FLEET-26 plan and subject with delimiters have counters of their own', async () => {
    const pairs = [
      { id: 'a:b', quota: { limit: 1, period: 'DAY' } },
      { id: 'a', quota: { limit: 1, period: 'DAY' } },
    ] as const
    const { send } = bySubject({ plans: pairs, planOf: (context) => contextOf(context, 'tier') }, { authorize })
    const results = [await send({ token: 'c//a:b' }), await send({ token: 'b:c//a' }), await send({ token: 'b:c//a' })]
    expect(results).toEqual(['200', '200', '429 QUOTA_EXCEEDED'])
  })
})

const MISSING: readonly (readonly [title: string, options: Partial<SubjectPlanOptions>])[] = [
  ['the principal ID is empty', {}],
  ['subject returns undefined', { subject: () => undefined }],
  ['subject returns an empty text', { subject: () => '' }],
  ['subject returns a number', { subject: () => 7 as never }],
  ['subject returns a promise', { subject: (async () => 'ann') as never }],
  ['subject throws', { subject: failing }],
  ['planOf returns undefined', { subject: () => 'ann', planOf: () => undefined }],
  ['planOf returns an unknown plan', { subject: () => 'ann', planOf: () => 'gone' }],
  ['planOf returns a name of Object.prototype', { subject: () => 'ann', planOf: () => '__proto__' }],
  ['planOf returns an object', { subject: () => 'ann', planOf: () => ({ id: 'gold' }) as never }],
  ['planOf throws', { subject: () => 'ann', planOf: failing }],
]

describe('missing subjects', () => {
  test.each(MISSING)(
    'FLEET-25 no caller is without a limit: 500, or 403 with missingSubject "deny", if %s',
    async (_, options) => {
      const parts = { authorize: () => allow() }
      const error = bySubject(options, parts)
      expect(await error.send()).toBe('500 PLAN_SUBJECT_MISSING')
      const deny = bySubject({ ...options, missingSubject: 'deny' }, parts)
      expect(await deny.send()).toBe('403 DENIED')
      expect([error.store.size, deny.store.size]).toEqual([0, 0])
    },
  )

  test.each([
    ['500 PLAN_SUBJECT_MISSING', {}],
    ['403 DENIED', { missingSubject: 'deny' }],
  ] as const)('FLEET-25 an anonymous caller of optional gets %s', async (expected, options) => {
    const sources = { contract: native({ identitySources: ['$request.header.Authorization'] }) }
    const { send, calls } = bySubject(options, { wrap: (member) => optional(member), kernel: sources })
    expect([await send({ token: null }), calls()]).toEqual([expected, 0])
    expect(await send()).toBe('200')
  })

  test('FLEET-25 a plan of another stage does not apply', async () => {
    const api = { apiId: 'a', stage: 'prod' }
    const staged = [
      { id: 'dev', apiStages: [{ apiId: 'a', stage: 'dev' }] },
      { id: 'prod', apiStages: [api] },
    ]
    const { send } = bySubject({ api, plans: staged, planOf: ({ principalId }) => principalId, subject: () => 'ann' })
    expect([await send({ token: 'dev' }), await send({ token: 'prod' })]).toEqual(['500 PLAN_SUBJECT_MISSING', '200'])
  })
})
