/** The options of a remote function are part of the keys in a shared store (SEC-53). @module */
import { createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { httpFunction, lambdaFunction } from '@custom-authorizer/core/remote'
import { describe, expect, test, vi } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import { reasonOf } from '../../support/outcome.ts'
import { PromiseStore } from '../../support/promise-store.ts'
import { withToken } from '../../support/with-token.ts'

const statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }
const policy = { principalId: 'alice', policyDocument: { Version: '2012-10-17', Statement: [statement] } }

/** Whether two processes with one store and one name share a result: the second does not call its function. */
const shares = async (
  build: (options: object) => Parameters<typeof createAuthorizer>[0]['authorize'],
  first: object,
  second: object,
): Promise<boolean> => {
  const store = new PromiseStore()
  for (const options of [first, second]) {
    const authorizer = createAuthorizer({
      authorize: build(options) as never,
      contract: aws.token(),
      store,
      name: 'api',
      logger: null,
    })
    expect(reasonOf(await authorizer.evaluate(withToken('t')))).toBe('ALLOWED')
    await flushMicrotasks()
  }
  expect(JSON.stringify(store.calls)).not.toContain('CANARY')
  return store.calls.filter(([verb]) => verb === 'set').length === 1
}

const http = (options: object) =>
  httpFunction({
    url: 'https://a.internal/authorize',
    fetch: async () => new Response(JSON.stringify(policy), { headers: { 'content-type': 'application/json' } }),
    ...options,
  })

describe('httpFunction', () => {
  test.each<[string, object, object]>([
    ['the same URL', {}, {}],
    ['the same headers in another order and case', { headers: { A: '1', b: '2' } }, { headers: { B: '2', a: '1' } }],
    ['other deadlines', { timeoutMs: 100 }, { timeoutMs: 200, maxConcurrency: 1 }],
  ])('SEC-53 shares results with %s', async (_, first, second) => {
    expect(await shares(http, first, second)).toBe(true)
  })

  test.each<[string, object, object]>([
    ['another URL', {}, { url: 'https://b.internal/authorize' }],
    ['another path', {}, { url: 'https://a.internal/other' }],
    ['another query', { url: 'https://a.internal/?k=CANARY-1' }, { url: 'https://a.internal/?k=CANARY-2' }],
    ['another header value', { headers: { tenant: 'CANARY-1' } }, { headers: { tenant: 'CANARY-2' } }],
    ['another header', { headers: { a: 'x' } }, { headers: { b: 'x' } }],
    ['another mapStatus', {}, { mapStatus: { 401: 'Unauthorized' } }],
    ['other forwardHeaders', {}, { forwardHeaders: ['authorization'] }],
  ])('SEC-53 does not share results with %s', async (_, first, second) => {
    expect(await shares(http, first, second)).toBe(false)
  })
})

const client = (config?: object) => ({
  invoke: async () => ({ StatusCode: 200, Payload: new TextEncoder().encode(JSON.stringify(policy)) }),
  ...(config && { config }),
})
const lambda = (options: object) => lambdaFunction({ functionName: 'f', client: client(), ...options })
const inRegion = (region: string): object => ({ client: client({ region: async () => region }) })

describe('lambdaFunction', () => {
  test.each<[string, object, object]>([
    ['the same name', {}, {}],
    ['the same region', inRegion('eu-west-1'), inRegion('eu-west-1')],
    ['the same qualifier', { qualifier: 'live' }, { qualifier: 'live' }],
  ])('SEC-53 shares results with %s', async (_, first, second) => {
    expect(await shares(lambda, first, second)).toBe(true)
  })

  test.each<[string, object, object]>([
    ['another function', {}, { functionName: 'g' }],
    ['another qualifier', { qualifier: 'live' }, { qualifier: 'next' }],
    ['another region', inRegion('eu-west-1'), inRegion('us-east-1')],
    ['another region given as a string', { client: client({ region: 'a' }) }, { client: client({ region: 'b' }) }],
    [
      'another endpoint of the client',
      { client: client({ endpoint: async () => ({ protocol: 'https:', hostname: 'a', path: '/' }) }) },
      { client: client({ endpoint: async () => ({ protocol: 'https:', hostname: 'b', path: '/' }) }) },
    ],
  ])('SEC-53 does not share results with %s', async (_, first, second) => {
    expect(await shares(lambda, first, second)).toBe(false)
  })

  test('SEC-53 a failed lookup of the region gives 500, and the next request repeats it', async () => {
    const region = vi.fn(async () => 'eu-west-1').mockRejectedValueOnce(new Error('no region'))
    const authorizer = createAuthorizer({
      authorize: lambda({ client: client({ region }) }) as never,
      contract: aws.token(),
      store: new PromiseStore(),
      name: 'api',
      logger: null,
    })
    expect(reasonOf(await authorizer.evaluate(withToken('t')))).toBe('INTERNAL_ERROR')
    expect(reasonOf(await authorizer.evaluate(withToken('t')))).toBe('ALLOWED')
  })
})
