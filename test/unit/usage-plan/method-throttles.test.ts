/** Additional buckets of a plan by resource and method (AWS-UP-09, AWS-UP-10, FLEET-12). */
import type { KeyPlanOptions, ThrottleSettings, UsagePlan } from '@custom-authorizer/core/usage-plan'
import { expect, test } from 'vitest'
import { KEY, type Planned, planned, TWO_A_DAY } from '../../support/planned.ts'

const STAGE = { apiId: 'a', stage: 'prod' }
const ONE = { rateLimit: 0.001, burstLimit: 1 }

type Options = Partial<KeyPlanOptions> & { readonly gold?: Partial<UsagePlan> }

const throttled = (throttle: Readonly<Record<string, ThrottleSettings>>, { gold, ...options }: Options = {}): Planned =>
  planned({
    plans: [{ id: 'gold', ...gold, apiStages: [{ ...STAGE, throttle }] }],
    keys: TWO_A_DAY.keys,
    api: STAGE,
    ...options,
  })

const LOOSE = { caseSensitive: false, strict: false }
type Row = readonly [key: string, first: string, second: string, shared: boolean, parts?: object]
const ROWS: readonly Row[] = [
  ['/pets/GET', 'GET /pets', 'GET /pets', true],
  ['/pets/GET', 'GET /pets', 'HEAD /pets', true],
  ['/pets/GET', 'GET /pets', 'POST /pets', false],
  ['/pets/GET', 'GET /pets', 'GET /orders', false],
  ['/pets/GET', 'GET /pets', 'GET /pets?a=1', true],
  ['/pets/GET', 'GET /pets', 'GET /p%65ts', true],
  ['/pets/GET', 'GET /pets', 'GET /PETS', true, { routing: LOOSE }],
  ['/pets/GET', 'GET /pets', 'GET /pets/', true, { routing: LOOSE }],
  ['/pets/GET', 'GET /pets', 'GET /PETS', false],
  ['/pets/{id}/GET', 'GET /pets/1', 'GET /pets/2', true],
  ['/pets/{id}/GET', 'GET /pets/1', 'GET /pets/1/toys', false],
  ['/files/{path+}/GET', 'GET /files/a', 'GET /files/b/c', true],
  ['//GET', 'GET /', 'GET /', true],
  ['//GET', 'GET /', 'GET /pets', false],
  ['/pets/HEAD', 'HEAD /pets', 'HEAD /pets', true],
  ['/pets/HEAD', 'HEAD /pets', 'GET /pets', false],
  ['/pets/OPTIONS', 'OPTIONS /pets', 'OPTIONS /pets', true],
  ['/pets/ANY', 'GET /pets', 'POST /pets', true],
  ['/pets/ANY', 'DELETE /pets', 'HEAD /pets', true],
]
test.for(ROWS)(
  'AWS-UP-09 FLEET-12 with a throttle of %s, %s and %s share its bucket: %s',
  async ([key, first, second, shared, parts]) => {
    const { send } = throttled({ [key]: ONE })
    expect(await send({ ...parts, key: KEY, line: first })).toBe('200')
    expect(await send({ ...parts, key: KEY, line: second })).toBe(shared ? '429 THROTTLED' : '200')
  },
)

test('AWS-UP-09 the bucket of a method has precedence over that of ANY', async () => {
  const { send } = throttled({ '/pets/ANY': ONE, '/pets/GET': { rateLimit: 0, burstLimit: 2 } })
  const get = { key: KEY, line: 'GET /pets' }
  expect([await send(get), await send(get), await send(get)]).toEqual(['200', '200', '429 THROTTLED'])
  expect(await send({ key: KEY, line: 'POST /pets' })).toBe('200')
})

test('AWS-UP-09 a declared route is not counted as the resource of another one', async () => {
  const routes = { 'GET /pets/mine': { apiKeyRequired: true } }
  const { send } = throttled({ '/pets/{id}/GET': ONE }, { routes })
  expect(await send({ key: KEY, line: 'GET /pets/1' })).toBe('200')
  expect(await send({ key: KEY, line: 'GET /pets/mine' })).toBe('200')
  expect(await send({ key: KEY, line: 'GET /pets/2' })).toBe('429 THROTTLED')
})

test('AWS-UP-09 the route that a framework names decides', async () => {
  const { send } = throttled({ '/pets/{id}/GET': ONE })
  const named = { key: KEY, line: 'GET /pets/1', route: '/pets/{id}' }
  expect([await send(named), await send({ ...named, line: 'GET /pets/2' })]).toEqual(['200', '429 THROTTLED'])
})

test('AWS-UP-10 FLEET-12 the bucket of the plan and that of the method both need a token', async () => {
  const { send } = throttled({ '/pets/GET': ONE }, { gold: { throttle: { rateLimit: 0, burstLimit: 2 } } })
  const results: string[] = []
  for (const line of ['GET /pets', 'GET /pets', 'GET /orders', 'GET /orders'])
    results.push(await send({ key: KEY, line }))
  expect(results).toEqual(['200', '429 THROTTLED', '200', '429 THROTTLED'])
})

test('FLEET-12 FLEET-43 a request that one limit refuses takes nothing from the others', async () => {
  const gold = { throttle: { rateLimit: 0, burstLimit: 5 }, quota: { limit: 5, period: 'DAY' } } as const
  const { send, plan } = throttled({ '/pets/GET': { rateLimit: 0, burstLimit: 0 } }, { gold })
  for (let index = 0; index < 10; index++) expect(await send({ key: KEY })).toBe('429 THROTTLED')
  expect(await plan.usageOf('gold', 'acme')).toMatchObject({ used: 0, remaining: 5, tokens: 5 })
})

test('AWS-UP-09 method throttles apply in their own stage only', async () => {
  const stages = [STAGE, { ...STAGE, stage: 'dev', throttle: { '/pets/GET': ONE } }]
  const { send } = planned({ plans: [{ id: 'gold', apiStages: stages }], keys: TWO_A_DAY.keys, api: STAGE })
  expect([await send({ key: KEY }), await send({ key: KEY })]).toEqual(['200', '200'])
})
