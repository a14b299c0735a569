/** The pair as an authorizer: its promises, its caches, its refusals. What it decides stands in the corpus. */
import { type Authorizer, type Decision, type GatewayRequest, MemoryStore } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { syncOutcome } from '../../support/outcome.ts'
import { gatewayRequest } from '../../support/request.ts'
import { describeAdapters } from '../../support/adapters.ts'
import { ask, back, front, saying, told } from './authorizers.ts'

const identities = [{ location: 'HEADER', name: 'X-Token' }] as const
const withToken = (token: string, line: string = 'GET /pets/7'): GatewayRequest =>
  gatewayRequest(line, { headers: { 'x-token': token } })

/** Counts calls. */
const counting = (answer: () => object): { calls: number; authorize: () => Promise<object> } => {
  const counter = { calls: 0, authorize: async () => (counter.calls++, answer()) }
  return counter
}

const pairOf = (options: huawei.BothOptions<unknown, unknown>): Authorizer =>
  huawei.both(options) as unknown as Authorizer

const never = (): Promise<never> => new Promise(() => undefined)
const yes = async (): Promise<object> => saying('allow')

const condition = (value: string): huawei.PolicyCondition => ({
  conditionOrigin: 'frontend_authorizer',
  frontendAuthorizerParamName: '$context.authorizer.frontend.who',
  conditionType: 'exact',
  conditionValue: value,
})

describe('both', () => {
  test('HW-GEN-05 answers at once what each has kept', async () => {
    const first = counting(() => saying('allow', { k: '1' }))
    const second = counting(() => saying('allow', { k: '2' }))
    const pair = pairOf({
      frontend: front(first.authorize, { identities, ttl: 60 }),
      backend: back(second.authorize, { ttl: 60 }),
    })
    await ask(pair, withToken('a'))
    const outcome = syncOutcome(pair.evaluate(withToken('a', 'POST /other')))
    expect(told(outcome)).toEqual({ frontend: { k: '1' }, backend: { k: '2' } })
    expect([first.calls, second.calls]).toEqual([1, 1])
  })

  test('HW-GEN-06 refuses at once what nobody has to be asked about', () => {
    const pair = pairOf({
      frontend: front(async () => saying('allow'), { identities }),
      backend: back(async () => saying('allow')),
    })
    expect(told(syncOutcome(pair.evaluate(gatewayRequest())))).toBe('401 IDENTITY_SOURCE_MISSING')
  })

  test('HW-CACHE-10 forgets one identity of the frontend, or everything of both', async () => {
    const first = counting(() => saying('allow'))
    const second = counting(() => saying('allow'))
    const third = counting(() => saying('allow'))
    const pair = pairOf({
      frontend: front(first.authorize, { identities, ttl: 60 }),
      backend: back(second.authorize, { ttl: 60 }),
      policies: [
        {
          name: 'p',
          conditions: [condition('nobody')],
          backend: back(third.authorize, { ttl: 60 }),
        },
      ],
    })
    const calls = (): number[] => [first.calls, second.calls]
    await ask(pair, withToken('a'))
    await ask(pair, withToken('b'))
    expect(calls()).toEqual([2, 1])
    await pair.invalidate({ identity: 'a' })
    await ask(pair, withToken('a'))
    await ask(pair, withToken('b'))
    expect(calls()).toEqual([3, 1])
    await pair.invalidateAll()
    await ask(pair, withToken('a'))
    expect(calls()).toEqual([4, 2])
  })

  test('HW-GEN-04 each announces its own decision, under its own name', async () => {
    const seen: string[] = []
    const onDecision = ({ authorizer, verdict, reason }: Decision): unknown =>
      seen.push(`${authorizer} ${verdict} ${reason}`)
    const pair = pairOf({
      frontend: front(async () => saying('allow'), {}, { onDecision }),
      backend: back(async () => saying('deny'), {}, { onDecision }),
    })
    expect(told(await ask(pair))).toBe('401 DENIED')
    expect(seen).toEqual(['front allow ALLOWED', 'back deny DENIED'])
    expect(pair.name).toBe('both(front,back)')
  })

  test('SEC-63 a caller that goes away ends its own wait only, at either stage', async () => {
    for (const pair of [
      pairOf({ frontend: front(never), backend: back(yes) }),
      pairOf({ frontend: front(yes), backend: back(never) }),
    ]) {
      const leaving = new AbortController()
      const outcome = Promise.resolve(pair.evaluate(gatewayRequest(), { signal: leaving.signal }))
      await Promise.resolve()
      leaving.abort()
      expect(told(await outcome)).toBe('503 ABORTED')
    }
  })

  test('SEC-116 two requests at a time keep their contexts apart', async () => {
    const waiting: (() => void)[] = []
    const pair = pairOf({
      frontend: front(async (event: huawei.FrontendEvent) => saying('allow', { who: event.headers['x-token'] })),
      backend: back(() => new Promise((resolve) => waiting.push(() => resolve(saying('deny')))), {
        gatewayResponses: { AUTHORIZER_FAILURE: { body: '"$context.authorizer.frontend.who"' } },
      }),
    })
    const asked = [withToken('ann'), withToken('bob')].map((request) => ask(pair, request))
    while (waiting.length < 2) await new Promise((resolve) => void setImmediate(resolve))
    for (const go of waiting.toReversed()) go()
    const bodies = (await Promise.all(asked)).map((outcome) => (outcome.allowed ? '' : outcome.response.body))
    expect(bodies).toEqual(['"ann"', '"bob"'])
  })

  test('SEC-52 a result of the backend is never the one of another policy, though they share a store', async () => {
    const store = new MemoryStore()
    const pair = pairOf({
      frontend: front(async (event: huawei.FrontendEvent) => saying('allow', { who: event.headers['x-token'] })),
      policies: ['ann', 'bob'].map((name) => ({
        name,
        conditions: [condition(name)],
        backend: back(async () => saying('allow', { for: name }), { ttl: 60 }, { store }),
      })),
    })
    for (const who of ['ann', 'bob', 'ann', 'bob'])
      expect(told(await ask(pair, withToken(who)))).toEqual({ frontend: { who }, backend: { for: who } })
  })
})

const isUser = ({ context }: { context: object }): boolean =>
  (context as { frontend?: { role?: unknown } }).frontend?.role === 'user'

describeAdapters('guards after a pair', (adapter) => {
  test('HW-GEN-04 read the contexts under their names, and refuse in the words of APIG', async () => {
    const pair = pairOf({
      frontend: front(async () => saying('allow', { role: 'user' })),
      backend: back(async () => saying('allow')),
    })
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(pair as never)],
      routes: [
        { path: '/user', use: [adapter.requireContext(isUser)] },
        { path: '/role', use: [adapter.requireContext({ role: 'user' })] },
      ],
    })
    expect((await service.ask({ target: '/user' })).status).toBe(200)
    const refused = await service.ask({ target: '/role' })
    expect([refused.status, JSON.parse(refused.body)]).toMatchObject([403, { error_code: 'APIG.0306' }])
    expect(refused.header('Server')).toBe('api-gateway')
  })
})
