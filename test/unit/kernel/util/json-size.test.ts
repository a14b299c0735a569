/** The size of results that become JSON text (SEC-33). */
import { createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { throughJson } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

/** An object that contains another one twice, and so on: as text, its size doubles with each level. */
const doubled = (levels: number): unknown => {
  let value: unknown = { leaf: 1 }
  for (let level = 0; level < levels; level++) value = { left: value, right: value }
  return value
}

const converting = (value: string): object => ({ toJSON: () => value })

describe('values as JSON text', () => {
  test.each<[string, unknown]>([
    ['100,000 values', [...Array(99_999).keys()]],
    ['6 Mi characters', 'x'.repeat(6 * 1024 * 1024)],
    ['6 Mi characters with names', { ['x'.repeat(1024 * 1024)]: 'x'.repeat(5 * 1024 * 1024) }],
    ['an object with toJSON', { date: new Date(0) }],
    ['null, true and nothing', { a: null, b: true, c: undefined }],
  ])('SEC-33 a result with %s becomes JSON text', (_, value) => {
    expect(throughJson(value)).toEqual(JSON.parse(JSON.stringify(value)))
  })

  test.each<[string, unknown]>([
    ['100,001 values', [...Array(100_000).keys()]],
    ['more than 6 Mi characters', 'x'.repeat(6 * 1024 * 1024 + 1)],
    ['more than 6 Mi characters with names', { ['x'.repeat(1024 * 1024)]: 'x'.repeat(5 * 1024 * 1024 + 1) }],
    ['one text 9,000 times', Array(9000).fill('x'.repeat(50_000))],
    ['an object that contains another one twice, on 64 levels', doubled(64)],
    ['a list of four billion places', Array(2 ** 32 - 1)],
    ['large texts from toJSON', [converting('x'.repeat(6 * 1024 * 1024)), converting('x')]],
    ['members from toJSON', { toJSON: () => doubled(64) }],
  ])('SEC-33 a result with %s is an error before it becomes text', (_, value) => {
    expect(() => throughJson(value)).toThrow(RangeError)
  })

  test('AWS-RUN-11 a result with a cycle is an error', () => {
    const value: Record<string, unknown> = {}
    value['self'] = value
    expect(() => throughJson(value)).toThrow()
  })
})

const contracts = {
  httpApi: aws.httpApi(),
  request: aws.request({ authorizerResultTtlInSeconds: 0 }),
  token: aws.token(),
  webSocket: aws.webSocket(),
}

test.each(Object.entries(contracts))(
  'SEC-33 aws.%s denies a result that would have 2^64 values as JSON text',
  async (_, contract) => {
    const authorizer = createAuthorizer({
      authorize: async () => ({ principalId: 'user', context: { roles: doubled(64) } }) as never,
      contract: contract as ReturnType<typeof aws.token>,
      logger: null,
    })
    const outcome = await authorizer.evaluate(gatewayRequest('GET /', { headers: { Authorization: 't' } }))
    expect(outcome).toMatchObject({ allowed: false, reason: 'AUTHORIZER_ERROR' })
  },
)
