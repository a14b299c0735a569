/** Usage plans in and around compositions, and plans that are mounted twice (FLEET-39). */
import {
  allOf,
  allow,
  anyOf,
  type Authorizer,
  createAuthorizer,
  deny,
  firstOf,
  type NativeAnswer,
  optional,
} from '@custom-authorizer/core'
import { createMount } from '@custom-authorizer/core/adapter'
import { usagePlan } from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'
import { expectOptionError } from '../../support/option-error.ts'
import { gatewayRequest } from '../../support/request.ts'
import { KEY, keyed, planned, textOf, TWO_A_DAY } from '../../support/planned.ts'

const member = (authorize: () => NativeAnswer = () => allow()): Authorizer =>
  createAuthorizer({ authorize, logger: null })

const FOUND = 'found an authorizer with a usage plan'
const COMPOSITIONS: readonly (readonly [place: string, name: string, build: (plan: Authorizer) => unknown])[] = [
  ['as the first member', 'anyOf', (plan) => anyOf(plan, member())],
  ['as a later member', 'anyOf', (plan) => anyOf(member(), plan)],
  ['as a later member', 'allOf', (plan) => allOf(member(), plan)],
  ['as the only member', 'firstOf', (plan) => firstOf(plan)],
  ['as its member', 'optional', (plan) => optional(plan)],
  ['as its member', 'usagePlan', (plan) => usagePlan(plan, TWO_A_DAY)],
]

describe('compositions', () => {
  test.each(COMPOSITIONS)('FLEET-39 an authorizer with a usage plan is rejected %s of %s', (_, name, build) => {
    expectOptionError(() => build(planned(TWO_A_DAY).plan), name, FOUND, 'apply usagePlan to what')
  })

  test('FLEET-39 a copy of an authorizer with a usage plan is rejected too', () => {
    expectOptionError(() => anyOf({ ...planned(TWO_A_DAY).plan }), 'anyOf', FOUND, 'apply usagePlan to what')
  })

  test.each([
    [
      'anyOf',
      (one: Authorizer): Authorizer =>
        anyOf(
          member(() => deny()),
          one,
          member(),
        ),
    ],
    ['allOf', (one: Authorizer): Authorizer => allOf(member(), one, member())],
    ['firstOf', (one: Authorizer): Authorizer => firstOf(one, member())],
    ['optional', (one: Authorizer): Authorizer => optional(one)],
  ])('FLEET-39 usagePlan around %s counts a request once', async (_, wrap) => {
    const { send, plan } = planned(TWO_A_DAY, { wrap })
    expect(await send({ key: KEY })).toBe('200')
    expect((await plan.usageOf('gold', 'acme')).used).toBe(1)
  })

  test('FLEET-39 a member of allOf that denies leaves the counters unchanged', async () => {
    const { send, store } = planned(TWO_A_DAY, {
      wrap: (one) =>
        allOf(
          one,
          member(() => deny()),
        ),
    })
    expect(await send({ key: KEY })).toBe('403 DENIED')
    expect(store.size).toBe(0)
  })

  test('FLEET-39 a value that is not an authorizer is rejected', () => {
    expectOptionError(
      () => usagePlan({} as never, TWO_A_DAY),
      'usagePlan',
      'an object',
      'authorizers, as createAuthorizer returns them',
    )
  })
})

describe('mounts', () => {
  test('FLEET-39 a request of a framework is counted once, however often the plan is evaluated', async () => {
    const { plan } = planned(TWO_A_DAY)
    const frameworks = [{}, {}, {}]
    const outcomes: string[] = []
    for (const framework of frameworks) {
      const request = keyed({ key: KEY })
      Object.defineProperty(request, 'framework', { value: framework })
      outcomes.push(textOf(await plan.evaluate(request)), textOf(await plan.evaluate(request)))
    }
    expect(outcomes).toEqual(['200', '200', '200', '200', '429 QUOTA_EXCEEDED', '429 QUOTA_EXCEEDED'])
  })

  test('FLEET-39 SEC-90 a request takes one token of sourceLimit in a plan that is mounted twice, and is refused twice', async () => {
    const { plan } = planned({ ...TWO_A_DAY, sourceLimit: { rateLimit: 1, burstLimit: 1 } })
    const request = keyed({ key: KEY })
    expect([textOf(await plan.evaluate(request)), textOf(await plan.evaluate(request))]).toEqual(['200', '200'])
    const refused = keyed({ key: KEY })
    expect([textOf(await plan.evaluate(refused)), textOf(await plan.evaluate(refused))]).toEqual([
      '429 THROTTLED',
      '429 THROTTLED',
    ])
  })

  test('FLEET-39 a second evaluation of a counted request has the same usage', async () => {
    const { plan } = planned(TWO_A_DAY)
    const request = keyed({ key: KEY })
    const [first, second] = [await plan.evaluate(request), await plan.evaluate(request)]
    expect(first.allowed && first.authorizer.usage).toEqual({
      planId: 'gold',
      keyId: 'acme',
      remaining: 1,
      resetsAt: Date.UTC(2030, 0, 2),
    })
    expect(second.allowed && second.authorizer.usage).toEqual(first.allowed && first.authorizer.usage)
  })

  test('FLEET-39 failureMode "allow" is rejected with a usage plan, and accepted without one', () => {
    const routing = { caseSensitive: true, strict: true }
    const options = { failureMode: 'allow' } as const
    expectOptionError(
      () => createMount(planned(TWO_A_DAY).plan, options, routing),
      'customAuthorizer.failureMode',
      'a string',
      '"deny" with a usage plan',
    )
    expect(() => createMount(member(), options, routing)).not.toThrow()
    expect(() => createMount(planned(TWO_A_DAY).plan, { failureMode: 'deny' }, routing)).not.toThrow()
  })

  test('FLEET-08 requests that a mount skips are not counted', async () => {
    const { plan, store } = planned(TWO_A_DAY)
    const mount = createMount(plan, { skip: ['/pets'] }, { caseSensitive: true, strict: true })
    expect(await mount.handle(keyed({ key: KEY }))).toMatchObject({ kind: 'skipped' })
    expect(store.size).toBe(0)
  })

  test('FLEET-06 a request that cannot be read is rejected without counting', async () => {
    const { plan, store } = planned(TWO_A_DAY)
    const request = gatewayRequest('GET /%zz', { headers: { Authorization: 'ann', 'x-api-key': KEY } })
    expect(textOf(await plan.evaluate(request))).toBe('400 MALFORMED_REQUEST')
    expect(store.size).toBe(0)
  })
})
