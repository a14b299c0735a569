/** Texts that are kept longer than a request do not keep the request in memory. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { allow, createAuthorizer, native, type NativeAuthorize } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { MemoryUsageStore } from '@custom-authorizer/core/usage-plan'
import { expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const REQUESTS = 500
const QUERY_BYTES = 15_000
/** All queries together have 7.5 MB. */
const MAX_GROWTH = 4_000_000

const heapUsed = (): number => {
  collectGarbage()
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** A text as a server receives it: in one piece, and different from all others. */
const received = (text: string): string => Buffer.from(text).toString('latin1')
const longQuery = (index: number): string => `${index}`.padStart(QUERY_BYTES, 'x')

/** Bytes by which the heap grows while `run` handles requests, without garbage. */
const growthOf = async (run: (index: number) => unknown): Promise<number> => {
  await run(REQUESTS)
  const before = heapUsed()
  for (let index = 0; index < REQUESTS; index++) await run(index)
  return heapUsed() - before
}

const policyOf = (effect: string, resource: string = '*') => ({
  principalId: 'user',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: effect, Action: 'execute-api:Invoke', Resource: resource }],
  },
})

test.each<[name: string, target: (index: number) => string, authorize: NativeAuthorize]>([
  ['the path of a request', (index) => `/things/number-${index}?${longQuery(index)}`, () => allow()],
  [
    'a part of a path in a context',
    (index) => `/tenants/tenant-number-${index}?${longQuery(index)}`,
    (request) => allow({ context: { tenant: request.path.slice('/tenants/'.length) } }),
  ],
  [
    'a part of a path as the principal ID',
    (index) => `/tenants/tenant-number-${index}?${longQuery(index)}`,
    (request) => allow({ principalId: request.path.slice('/tenants/'.length) }),
  ],
])('SEC-61 the cache keeps %s, but not the request target that it was cut from', async (_, target, authorize) => {
  // Otherwise the query is part of the key, and counted.
  const cachePer = 'identity'
  const contract = native({ identitySources: ['$request.header.authorization'], resultTtlSeconds: 300, cachePer })
  const authorizer = createAuthorizer({ authorize, contract, logger: null })
  const growth = await growthOf(async (index) => {
    const headers = { Authorization: `token number ${index}` }
    const { allowed } = await authorizer.evaluate(gatewayRequest(received(`GET ${target(index)}`), { headers }))
    expect(allowed).toBe(true)
  })
  expect(growth).toBeLessThan(MAX_GROWTH)
})

test('SEC-61 the cache keeps an identity from the query, but not the query that it was cut from', async () => {
  const identitySource = ['method.request.querystring.token']
  const authorizer = createAuthorizer({
    authorize: async () => policyOf('Deny'),
    contract: aws.request({ identitySource }),
  })
  const growth = await growthOf(async (index) => {
    const line = received(`GET /t?token=token-number-${index}&${longQuery(index)}`)
    expect((await authorizer.evaluate(gatewayRequest(line))).allowed).toBe(false)
  })
  expect(growth).toBeLessThan(MAX_GROWTH)
})

test('SEC-61 remembered verdicts keep paths, but not the request targets that they were cut from', async () => {
  // Paths in one directory have different verdicts, so each is remembered.
  const { principalId, policyDocument } = policyOf('Allow', 'arn:aws:execute-api:*:*:*/GET/directories/*/second')
  const authorizer = createAuthorizer({
    authorize: async () => ({ principalId, policyDocument }),
    contract: aws.token(),
  })
  const growth = await growthOf(async (index) => {
    for (let round = 0; round < 3; round++) {
      const line = received(`GET /directories/number-${index}/second?${longQuery(index)}`)
      const { allowed } = await authorizer.evaluate(gatewayRequest(line, { headers: { Authorization: 't' } }))
      expect(allowed).toBe(true)
    }
  })
  expect(growth).toBeLessThan(MAX_GROWTH)
})

test('SEC-61 counters of a usage plan keep their key, but not the text that it was cut from', async () => {
  const store = new MemoryUsageStore()
  const demand = { quota: undefined, buckets: [{ name: '', rateLimit: 1, burstLimit: 1 }] }
  const growth = await growthOf((index) =>
    store.take(received(`key-number-${index}?${longQuery(index)}`).split('?')[0] as string, demand),
  )
  expect(growth).toBeLessThan(MAX_GROWTH)
})
