/** What a usage plan logs and decides (FLEET-27, SEC-91, SEC-101). */
import { native } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { KEY, planned, TWO_A_DAY, UNKNOWN_KEY } from '../../support/planned.ts'

const { keys } = TWO_A_DAY
const STAGE = { apiId: 'abc', stage: 'prod' }
const throttle = { rateLimit: 5, burstLimit: 1 }

test('FLEET-27 the log has the phrase of API Gateway for a throttled request', async () => {
  const { send, logger } = planned({ plans: [{ id: 'gold', throttle, apiStages: [STAGE] }], keys, api: STAGE })
  await send({ key: KEY })
  await send({ key: KEY, route: '/pets' })
  expect(logger.lines.at(-1)).toContain(
    'API Key acme exceeded throttle limit for API Stage abc/prod: Key throttle limit exceeded for Usage Plan ID gold, ' +
      'RestApi abc, Stage prod, Resource /pets, HttpMethod GET. Limit: 5.00 Burst: 1',
  )
})

test('FLEET-27 the log names the resource of a method throttle', async () => {
  const apiStages = [{ ...STAGE, throttle: { '/pets/{id}/GET': throttle } }]
  const { send, logger } = planned({ plans: [{ id: 'gold', apiStages }], keys, api: STAGE })
  for (let index = 0; index < 2; index++) await send({ key: KEY, line: 'GET /pets/secret-id' })
  expect(logger.lines.at(-1)).toContain('Resource /pets/{id}, HttpMethod GET. Limit: 5.00 Burst: 1')
  expect(logger.lines.join()).not.toContain('secret-id')
})

test('FLEET-27 the log has the phrase of API Gateway for an exceeded quota', async () => {
  const { send, logger } = planned(TWO_A_DAY)
  for (let index = 0; index < 3; index++) await send({ key: KEY })
  expect(logger.lines.at(-1)).toContain(
    'API Key acme exceeded quota limit for API Stage -: Key quota exhausted for Usage Plan ID gold. Limit: 2 Period: DAY',
  )
})

test('FLEET-27 SEC-101 a subject is not named', async () => {
  const { send, logger } = planned({ plans: TWO_A_DAY.plans, subject: 'principalId' })
  for (let index = 0; index < 3; index++) await send({ token: 'secret-principal' })
  expect(logger.lines.at(-1)).toContain('A subject exceeded quota limit')
  expect(logger.lines.join()).not.toContain('secret-principal')
})

test('SEC-99 a line is logged once a minute', async () => {
  const { send, logger, clock } = planned({ plans: [{ id: 'gold', quota: { limit: 0, period: 'DAY' } }], keys })
  const lines: number[] = []
  for (const ms of [0, 0, 59_999, 1, 0]) {
    clock.advanceSync(ms)
    await send({ key: KEY })
    lines.push(logger.lines.length)
  }
  expect(lines).toEqual([1, 1, 1, 2, 2])
})

test('SEC-99 at most 100 different lines are logged in a minute', async () => {
  const many = Array.from({ length: 1100 }, (_, index) => ({
    id: `key${index}`,
    value: `acme-Key-Value-${String(index).padStart(8, '0')}`,
    usagePlanIds: ['gold'],
  }))
  const { send, logger, clock } = planned({ plans: [{ id: 'gold', quota: { limit: 0, period: 'DAY' } }], keys: many })
  for (const { value } of many) await send({ key: value })
  expect(logger.lines).toHaveLength(100)
  clock.advanceSync(60_000)
  await send({ key: many[1099]?.value ?? '' })
  expect(logger.lines).toHaveLength(101)
})

test('FLEET-06 a denial by the plan is a decision of its own, with its reason and status', async () => {
  const { send, decisions } = planned(TWO_A_DAY)
  await send({ key: KEY })
  await send({ key: UNKNOWN_KEY })
  await send()
  await send({ key: KEY })
  await send({ key: KEY })
  const denials = decisions.filter(({ verdict }) => verdict === 'deny')
  expect(denials.map(({ reason, status }) => [reason, status])).toEqual([
    ['API_KEY_INVALID', 403],
    ['API_KEY_MISSING', 403],
    ['QUOTA_EXCEEDED', 429],
  ])
  const texts = decisions.map((decision) => JSON.stringify([decision, decision.explain()]))
  expect(texts.filter((text) => text.includes(KEY) || text.includes(UNKNOWN_KEY))).toEqual([])
})

test('AWS-UP-19 FLEET-07 a cached result of a native authorizer is counted like a call', async () => {
  const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 } as never)
  const { send, calls } = planned(TWO_A_DAY, { kernel: { contract } })
  expect([await send({ key: KEY }), await send({ key: KEY }), await send({ key: KEY })]).toEqual([
    '200',
    '200',
    '429 QUOTA_EXCEEDED',
  ])
  expect(calls()).toBe(1)
})
