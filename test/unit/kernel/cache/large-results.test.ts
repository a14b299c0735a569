/** Results that are large, and results that are too large for the store. */
import { allow, createAuthorizer, native, type Store } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { flushMicrotasks } from '../../../support/deferred.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { gatewayRequest } from '../../../support/request.ts'

const request = gatewayRequest('GET /pets', { headers: { Authorization: 't' } })

test.each([
  ['cached', 30_000, 1, 0],
  ['not cached, and the log says so once', 70_000, 3, 1],
])('SEC-61 a context of 30,000 or 70,000 bytes is %s', async (_, bytes, calls, lines) => {
  const logger = new RecordingLogger()
  let called = 0
  const authorizer = createAuthorizer({
    authorize: () => {
      called++
      return allow({ context: { text: 'x'.repeat(bytes) } })
    },
    contract: native({ identitySources: ['$request.header.authorization'], resultTtlSeconds: 60 }),
    logger,
  })
  for (const round of [1, 2, 3]) expect([round, (await authorizer.evaluate(request)).allowed]).toEqual([round, true])
  expect(called).toBe(calls)
  expect(logger.lines.filter((line) => line.includes('too large for the store'))).toHaveLength(lines)
})

test.each([
  ['resolves to false', false, 1],
  ['resolves to true', true, 0],
  ['resolves to nothing', undefined, 0],
])(
  'SEC-61 a shared store whose set %s: the log has the line about a large result only for false',
  async (...[, kept, lines]) => {
    const logger = new RecordingLogger()
    const store: Store = {
      get: () => undefined,
      set: () => Promise.resolve(kept),
      delete: () => undefined,
    }
    const authorizer = createAuthorizer({
      authorize: () => allow(),
      contract: native({ identitySources: ['$request.header.authorization'], resultTtlSeconds: 60 }),
      store,
      name: 'test',
      logger,
    })
    for (const _ of [1, 2]) {
      await authorizer.evaluate(request)
      await flushMicrotasks()
    }
    expect(logger.lines.filter((line) => line.includes('too large for the store'))).toHaveLength(lines)
  },
)

test('SEC-61 a policy of 50 KiB is cached', async () => {
  let called = 0
  const Statement = Array.from({ length: 400 }, (_, index) => ({
    Effect: 'Allow',
    Action: 'execute-api:Invoke',
    Resource: `arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod/GET/pets/${index}`,
  }))
  const policyDocument = {
    Version: '2012-10-17',
    Statement: [...Statement, { Effect: 'Allow', Action: '*', Resource: '*' }],
  }
  expect(JSON.stringify(policyDocument).length).toBeGreaterThan(50_000)
  const authorizer = createAuthorizer({
    authorize: (() => {
      called++
      return Promise.resolve({ principalId: 'alice', policyDocument })
    }) as never,
    contract: aws.token({ limits: { policyBytes: 100_000, policyStatements: 1000 } }),
    logger: null,
  })
  for (const _ of [1, 2, 3]) expect((await authorizer.evaluate(request)).allowed).toBe(true)
  expect(called).toBe(1)
})
