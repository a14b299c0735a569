/** `huawei.both` as an authorizer: synchronous results, caches and denials. The corpus tests its decisions. */
import { type Authorizer, type Decision, type GatewayRequest, MemoryStore } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { syncOutcome } from '../../support/outcome.ts'
import { gatewayRequest } from '../../support/request.ts'
import { describeAdapters } from '../../support/adapters.ts'
import { evaluate, backendAuthorizer, frontendAuthorizer, functionResult, summarize } from './authorizers.ts'

const identities = [{ location: 'HEADER', name: 'X-Token' }] as const
const withToken = (token: string, line: string = 'GET /pets/7'): GatewayRequest =>
  gatewayRequest(line, { headers: { 'x-token': token } })

/** A function that counts its calls. */
const counting = (result: () => object): { calls: number; authorize: () => Promise<object> } => {
  const counter = { calls: 0, authorize: async () => (counter.calls++, result()) }
  return counter
}

const pairOf = (options: huawei.BothOptions<unknown, unknown>): Authorizer =>
  huawei.both(options) as unknown as Authorizer

const never = (): Promise<never> => new Promise(() => undefined)
const allowAll = async (): Promise<object> => functionResult('allow')

const condition = (value: string): huawei.PolicyCondition => ({
  conditionOrigin: 'frontend_authorizer',
  frontendAuthorizerParamName: '$context.authorizer.frontend.who',
  conditionType: 'exact',
  conditionValue: value,
})

describe('both', () => {
  test('HW-GEN-05 cached results of both members are returned synchronously', async () => {
    const first = counting(() => functionResult('allow', { k: '1' }))
    const second = counting(() => functionResult('allow', { k: '2' }))
    const pair = pairOf({
      frontend: frontendAuthorizer(first.authorize, { identities, ttl: 60 }),
      backend: backendAuthorizer(second.authorize, { ttl: 60 }),
    })
    await evaluate(pair, withToken('a'))
    const outcome = syncOutcome(pair.evaluate(withToken('a', 'POST /other')))
    expect(summarize(outcome)).toEqual({ frontend: { k: '1' }, backend: { k: '2' } })
    expect([first.calls, second.calls]).toEqual([1, 1])
  })

  test('HW-GEN-06 a denial before any call is returned synchronously', () => {
    const pair = pairOf({
      frontend: frontendAuthorizer(async () => functionResult('allow'), { identities }),
      backend: backendAuthorizer(async () => functionResult('allow')),
    })
    expect(summarize(syncOutcome(pair.evaluate(gatewayRequest())))).toBe('401 IDENTITY_SOURCE_MISSING')
  })

  test('HW-CACHE-10 invalidate() removes one frontend identity, invalidateAll() removes all results of both members', async () => {
    const first = counting(() => functionResult('allow'))
    const second = counting(() => functionResult('allow'))
    const third = counting(() => functionResult('allow'))
    const pair = pairOf({
      frontend: frontendAuthorizer(first.authorize, { identities, ttl: 60 }),
      backend: backendAuthorizer(second.authorize, { ttl: 60 }),
      policies: [
        {
          name: 'p',
          conditions: [condition('other')],
          backend: backendAuthorizer(third.authorize, { ttl: 60 }),
        },
      ],
    })
    const calls = (): number[] => [first.calls, second.calls]
    await evaluate(pair, withToken('a'))
    await evaluate(pair, withToken('b'))
    expect(calls()).toEqual([2, 1])
    await pair.invalidate({ identity: 'a' })
    await evaluate(pair, withToken('a'))
    await evaluate(pair, withToken('b'))
    expect(calls()).toEqual([3, 1])
    await pair.invalidateAll()
    await evaluate(pair, withToken('a'))
    expect(calls()).toEqual([4, 2])
  })

  test('HW-GEN-04 each member reports its own decision under its own name', async () => {
    const seen: string[] = []
    const onDecision = ({ authorizer, verdict, reason }: Decision): unknown =>
      seen.push(`${authorizer} ${verdict} ${reason}`)
    const pair = pairOf({
      frontend: frontendAuthorizer(async () => functionResult('allow'), {}, { onDecision }),
      backend: backendAuthorizer(async () => functionResult('deny'), {}, { onDecision }),
    })
    expect(summarize(await evaluate(pair))).toBe('401 DENIED')
    expect(seen).toEqual(['front allow ALLOWED', 'back deny DENIED'])
    expect(pair.name).toBe('both(front,back)')
  })

  test('SEC-63 an aborted request ends only its own wait, for either member', async () => {
    for (const pair of [
      pairOf({ frontend: frontendAuthorizer(never), backend: backendAuthorizer(allowAll) }),
      pairOf({ frontend: frontendAuthorizer(allowAll), backend: backendAuthorizer(never) }),
    ]) {
      const leaving = new AbortController()
      const outcome = Promise.resolve(pair.evaluate(gatewayRequest(), { signal: leaving.signal }))
      await Promise.resolve()
      leaving.abort()
      expect(summarize(await outcome)).toBe('503 ABORTED')
    }
  })

  test('SEC-116 concurrent requests have separate contexts', async () => {
    const waiting: (() => void)[] = []
    const pair = pairOf({
      frontend: frontendAuthorizer(async (event: huawei.FrontendEvent) =>
        functionResult('allow', { who: event.headers['x-token'] }),
      ),
      backend: backendAuthorizer(() => new Promise((resolve) => waiting.push(() => resolve(functionResult('deny')))), {
        gatewayResponses: { AUTHORIZER_FAILURE: { body: '"$context.authorizer.frontend.who"' } },
      }),
    })
    const pending = [withToken('ann'), withToken('bob')].map((request) => evaluate(pair, request))
    while (waiting.length < 2) await new Promise((resolve) => void setImmediate(resolve))
    for (const go of waiting.toReversed()) go()
    const bodies = (await Promise.all(pending)).map((outcome) => (outcome.allowed ? '' : outcome.response.body))
    expect(bodies).toEqual(['"ann"', '"bob"'])
  })

  test('SEC-52 policies that share a store do not share backend results', async () => {
    const store = new MemoryStore()
    const pair = pairOf({
      frontend: frontendAuthorizer(async (event: huawei.FrontendEvent) =>
        functionResult('allow', { who: event.headers['x-token'] }),
      ),
      policies: ['ann', 'bob'].map((name) => ({
        name,
        conditions: [condition(name)],
        backend: backendAuthorizer(async () => functionResult('allow', { for: name }), { ttl: 60 }, { store }),
      })),
    })
    for (const who of ['ann', 'bob', 'ann', 'bob'])
      expect(summarize(await evaluate(pair, withToken(who)))).toEqual({ frontend: { who }, backend: { for: who } })
  })
})

const isUser = ({ context }: { context: object }): boolean =>
  (context as { frontend?: { role?: unknown } }).frontend?.role === 'user'

describeAdapters('guards after both', (adapter) => {
  test('HW-GEN-04 requireContext reads the named contexts and denies in the format of APIG', async () => {
    const pair = pairOf({
      frontend: frontendAuthorizer(async () => functionResult('allow', { role: 'user' })),
      backend: backendAuthorizer(async () => functionResult('allow')),
    })
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(pair as never)],
      routes: [
        { path: '/user', use: [adapter.requireContext(isUser)] },
        { path: '/role', use: [adapter.requireContext({ role: 'user' })] },
      ],
    })
    expect((await service.send({ target: '/user' })).status).toBe(200)
    const denied = await service.send({ target: '/role' })
    expect([denied.status, JSON.parse(denied.body)]).toMatchObject([403, { error_code: 'APIG.0306' }])
    expect(denied.header('Server')).toBe('api-gateway')
  })
})
