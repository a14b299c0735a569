/** The vectors of API keys and usage plans, over HTTP on every adapter. */
import { inspect } from 'node:util'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { DECISION_CHANNEL, PROBLEM_CHANNEL } from '@custom-authorizer/core'
import { expect, onTestFinished, test } from 'vitest'
import {
  type Adapter,
  describeAdapters,
  type HandledRequest,
  type Service,
  statedMount,
} from '../../support/adapters.ts'
import type { RawResponse } from '../../support/raw-client.ts'
import { G, G_ID, type Limited, limited } from './gold-plan.ts'
import { LOOSE_VECTORS, type Vector, type VectorRequest, VECTORS } from './vectors.ts'

/** Where the guard is: in front of all routes, or on each of them. */
type Place = 'application' | 'route'

const fails = (): { status: number; body: string } => ({ status: 500, body: 'failed' })

const serve = async (
  adapter: Adapter,
  { plan }: Limited,
  place: Place,
  look: (request: HandledRequest) => void = () => undefined,
): Promise<Service> => {
  const guard = adapter.customAuthorizer(plan as never)
  const onRoute = place === 'route' ? { use: [guard] } : {}
  const handle = (request: HandledRequest): { body: string } => {
    look(request)
    return { body: 'handled' }
  }
  return adapter.serve({
    ...(place === 'application' && { use: [guard] }),
    routes: [
      { path: '/pets', ...onRoute, handle },
      { path: '/pets/:id', ...onRoute, handle },
      { method: 'POST', path: '/pets/:id', ...onRoute, handle },
      { path: '/fails', ...onRoute, handle: fails },
    ],
  })
}

const send = (service: Service, { line = 'GET /pets', token, keys = [] }: VectorRequest): Promise<RawResponse> => {
  const [method = '', target = ''] = line.split(' ')
  const headers = [['Authorization', token] as const, ...keys.map((key) => ['x-api-key', key] as const)]
  return service.send({ method, target, headers })
}

const runVector = async (adapter: Adapter, vector: Vector, place: Place): Promise<void> => {
  const given = limited(vector.options)
  const service = await serve(adapter, given, place)
  const hits: number[] = []
  for (const [index, request] of vector.requests.entries()) {
    given.clock.advanceSync(request.after ?? 0)
    const response = await send(service, request)
    expect([index, response.status]).toEqual([index, request.status])
    if (request.status === 200 || request.status === 500) hits.push(index)
    else if (request.body instanceof RegExp) expect(response.body).toMatch(request.body)
    else expect(response.body).toBe(request.body ?? '')
  }
  expect(service.hits).toHaveLength(hits.length)
  expect(given.events).toHaveLength(vector.calls ?? vector.requests.length)
  expect((await given.plan.usageOf('gold', G_ID)).used).toBe(vector.used)
  expect(given.store.size).toBe(vector.used === 0 ? 0 : 1)
}

const PLACES: readonly Place[] = ['application', 'route']
const rows = (vectors: readonly Vector[]): readonly (readonly [string, Place, Vector])[] =>
  vectors.flatMap((vector) => {
    const title = `${vector.rules} ${vector.id} ${vector.title}`
    return PLACES.map((place) => [title, place, vector] as const)
  })

describeAdapters('usage plans', (adapter) => {
  test.each(rows(VECTORS))('%s, with a guard of the %s', async (_, place, vector) => {
    await runVector(adapter, vector, place)
  })

  const loose = adapter.looseRouter ? LOOSE_VECTORS : []
  test.for(rows(loose))('%s, with a guard of the %s', async ([, place, vector]) => {
    await runVector(adapter, vector, place)
  })

  test('FLEET-39 a plan that is mounted on the application, on a router and on a route counts a request once', async () => {
    const given = limited({ sourceLimit: { rateLimit: 0, burstLimit: 2 } })
    const guard = adapter.customAuthorizer(given.plan as never)
    const below = adapter.customAuthorizer(given.plan as never, statedMount(adapter, '/v1'))
    const routes = [{ path: '/pets', use: [below, below], handle: () => ({ body: 'handled' }) }]
    const service = await adapter.serve({ use: [guard], mounts: [{ path: '/v1', use: [below], routes }] })
    const request: VectorRequest = { line: 'GET /v1/pets', token: 'ok', keys: [G], status: 200 }
    const statuses: number[] = []
    for (let index = 0; index < 3; index++) statuses.push((await send(service, request)).status)
    expect(statuses).toEqual([200, 200, 429])
    expect((await given.plan.usageOf('gold', G_ID)).used).toBe(2)
  })

  test('FLEET-39 failureMode "allow" is rejected', () => {
    const message = /^customAuthorizer\.failureMode: found a string; allowed: "deny" with a usage plan/
    expect(() => adapter.customAuthorizer(limited().plan as never, { failureMode: 'allow' })).toThrow(message)
  })

  test('FLEET-09 AWS-UP-18 K01 event and handler receive the key and its ID, and x-api-key passes unchanged', async () => {
    const given = limited()
    const seen: unknown[] = []
    const service = await serve(adapter, given, 'application', (request) => {
      const { usage, requestContext } = request.getAuthorizer()
      seen.push(usage, requestContext.identity, request.header('x-api-key'))
    })
    expect((await send(service, { token: 'ok', keys: [G], status: 200 })).status).toBe(200)
    expect(given.events[0]?.requestContext.identity).toMatchObject({ apiKey: G, apiKeyId: G_ID })
    const resetsAt = Date.UTC(2030, 0, 2)
    expect(seen).toEqual([{ planId: 'gold', keyId: G_ID, remaining: 1, resetsAt }, { apiKey: G, apiKeyId: G_ID }, G])
  })

  test('SEC-92 FLEET-10 K17 a 429 names no plan or key, and Retry-After is at most the time to 00:00 UTC', async () => {
    const given = limited()
    const service = await serve(adapter, given, 'application')
    const request: VectorRequest = { token: 'ok', keys: [G], status: 200 }
    await send(service, request)
    await send(service, request)
    const response = await send(service, request)
    expect([response.status, response.header('Retry-After')]).toEqual([429, String(12 * 3600)])
    expect(response.header('x-amzn-ErrorType')).toBe('LimitExceededException')
    expect([...response.lines.flat(), response.body].join('\n')).not.toMatch(/gold|key-id|GoldKey|RateLimit/i)
    given.clock.advanceSync(12 * 3600_000 - 1)
    expect((await send(service, request)).header('Retry-After')).toBe('1')
    given.clock.advanceSync(1)
    expect((await send(service, request)).status).toBe(200)
  })

  test('SEC-91 SEC-101 K20 logs, decisions, explanations and inspected objects never have the value of a key', async () => {
    const given = limited()
    const published: unknown[] = []
    const onMessage = (message: unknown): void => void published.push(message)
    for (const channel of [DECISION_CHANNEL, PROBLEM_CHANNEL]) {
      subscribe(channel, onMessage)
      onTestFinished(() => void unsubscribe(channel, onMessage))
    }
    const contexts: string[] = []
    const service = await serve(adapter, given, 'application', (request) => {
      contexts.push(inspect(request.getAuthorizer(), { depth: 9, showHidden: true }))
    })
    const requests: readonly VectorRequest[] = [
      { token: 'ok', keys: [G], status: 200 },
      { token: 'okG', keys: [G], status: 200 },
      { token: 'ok', keys: [G], status: 429 },
      { token: 'no', keys: [G], status: 403 },
      { token: 'ok', keys: [G, G], status: 403 },
      { token: 'ok', keys: [`${G}x`], status: 403 },
    ]
    for (const request of requests) expect((await send(service, request)).status).toBe(request.status)
    expect([contexts.length, given.decisions.length > requests.length]).toEqual([2, true])
    expect(published.length).toBeGreaterThan(given.decisions.length)
    expect(given.logger.lines.join()).toContain('exceeded quota limit')
    const texts = [
      ...contexts,
      ...given.logger.lines,
      ...[...given.decisions, ...published].map((each) => inspect(each, { depth: 9, showHidden: true })),
      ...given.decisions.map((decision) => JSON.stringify([decision, decision.explain()])),
      inspect(given.plan, { depth: 9 }),
    ]
    expect(texts.filter((text) => text.includes(G))).toEqual([])
  })
})
