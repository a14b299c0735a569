/** Cache keys and scopes of REST authorizers, and results that are never cached (AWS-CACHE-01 to 14, 19 to 24). */
import { MemoryStore, type Store, type StoredResult } from '@custom-authorizer/core'
import type * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import type { RequestParts } from '../../../support/request.ts'
import {
  A,
  allow,
  ALLOWED,
  API,
  bearer,
  type Bench,
  deny,
  EXPLICIT_DENY,
  IMPLICIT_DENY,
  MISCONFIGURED,
  requestBench,
  raise,
  tokenBench,
  flushEventLoop,
  UNAUTHORIZED,
} from '../harness.ts'

const CACHED = { authorizerResultTtlInSeconds: 300 }
const SOURCES = 'method.request.header.Authorization,method.request.querystring.t'

/** Sends the requests in sequence; returns the outcomes and the number of function calls. */
const run = async (
  { send, handler }: Bench<never> | Bench<aws.TokenEvent> | Bench<aws.RequestEvent>,
  ...requests: readonly (readonly [line: string, parts?: RequestParts])[]
): Promise<[outcomes: string[], calls: number]> => {
  const outcomes: string[] = []
  for (const [line, parts] of requests) outcomes.push(await send(line, parts))
  return [outcomes, handler.mock.calls.length]
}

type Requests = readonly (readonly [line: string, parts?: RequestParts])[]
const get = (token: string, line = 'GET /a'): Requests[number] => [line, bearer(token)]

test.each<[rule: string, title: string, requests: Requests, calls: number]>([
  ['AWS-CACHE-01', 'the same token', [get('x'), get('x')], 1],
  ['AWS-CACHE-01', 'a different token', [get('x'), get('y')], 2],
  ['AWS-CACHE-21', 'a different letter case', [get('Bearer x'), get('Bearer X')], 2],
  ['AWS-CACHE-21', 'with and without scheme', [get('x'), get('Bearer x')], 2],
  ['AWS-CACHE-21', 'a scheme in different letter case', [get('Bearer x'), get('bearer x')], 2],
  ['AWS-CACHE-21', 'a different number of spaces', [get('Bearer x'), get('Bearer  x')], 2],
  [
    'AWS-CACHE-23',
    'a different spelling of the header name',
    [get('x'), ['GET /a', { headers: { authorization: 'x' } }]],
    1,
  ],
  ['AWS-CACHE-05', 'a different path', [get('x'), get('x', 'GET /b')], 1],
  ['AWS-CACHE-05', 'a different method', [get('x'), get('x', 'DELETE /a')], 1],
  ['AWS-CACHE-05', 'a different query', [get('x'), get('x', 'GET /a?b=c')], 1],
  [
    'AWS-CACHE-05',
    'a different other header',
    [get('x'), ['GET /a', { headers: { Authorization: 'x', 'X-A': '1' } }]],
    1,
  ],
  ['AWS-CACHE-05', 'a different client address', [get('x'), ['GET /a', { ...bearer('x'), peer: '198.51.100.1' }]], 1],
  ['AWS-CACHE-24', 'the same path with different tokens', [get('x', 'GET /a'), get('y', 'GET /a')], 2],
])('%s a TOKEN authorizer is called per token, not per request: %s', async (_rule, _title, requests, calls) => {
  expect(
    await run(
      tokenBench(async () => allow(), CACHED),
      ...requests,
    ),
  ).toEqual([requests.map(() => ALLOWED), calls])
})

const both = (token: string, line: string): Requests[number] => [line, bearer(token)]

test.each<[rule: string, title: string, requests: Requests, calls: number]>([
  ['AWS-CACHE-02', 'R03 the same source values', [both('x', 'GET /?t=1'), both('x', 'GET /?t=1')], 1],
  ['AWS-CACHE-02', 'R04 a different parameter', [both('x', 'GET /?t=1'), both('x', 'GET /?t=2')], 2],
  ['AWS-CACHE-02', 'a different header', [both('x', 'GET /?t=1'), both('y', 'GET /?t=1')], 2],
  ['AWS-CACHE-02', 'swapped values', [both('1', 'GET /?t=2'), both('2', 'GET /?t=1')], 2],
  [
    'AWS-CACHE-02',
    'the separator moved between values',
    [both('a|b', 'GET /?t=c'), both('a', 'GET /?t=b|c'), both('a|', 'GET /?t=bc')],
    3,
  ],
  ['AWS-CACHE-02', 'a different encoding of the same value', [both('x', 'GET /?t=a%62'), both('x', 'GET /?u&t=ab')], 1],
  ['AWS-CACHE-05', 'R05 a different path and method', [both('x', 'GET /a?t=1'), both('x', 'PUT /b?t=1&u=2')], 1],
])('%s a REQUEST authorizer is called per set of source values: %s', async (_rule, _title, requests, calls) => {
  const bench = requestBench(async () => allow(), { ...CACHED, identitySource: SOURCES })
  expect(await run(bench, ...requests)).toEqual([requests.map(() => ALLOWED), calls])
})

test.each([
  ['context.path', 'GET /b'],
  ['context.httpMethod', 'POST /a'],
  ['context.resourcePath', 'GET /b'],
])('AWS-CACHE-05 with %s as an identity source, %s has its own cache key', async (source, line) => {
  const options = { ...CACHED, identitySource: `method.request.header.Authorization,${source}`, routes: ['/a', '/b'] }
  const bench = requestBench(async () => allow(), options)
  expect(await run(bench, get('x'), get('x', line), get('x'))).toEqual([[ALLOWED, ALLOWED, ALLOWED], 2])
})

test('AWS-CACHE-22 a request with a missing identity source bypasses the cache', async () => {
  const bench = requestBench(async () => allow(), { ...CACHED, identitySource: SOURCES })
  const requests: Requests = [both('x', 'GET /?t=1'), both('x', 'GET /'), ['GET /?t=1'], both('x', 'GET /?t=1')]
  expect(await run(bench, ...requests)).toEqual([[ALLOWED, UNAUTHORIZED, UNAUTHORIZED, ALLOWED], 1])
})

test('AWS-CACHE-06 authorizers that share a store do not share results', async () => {
  const kernel = { store: new MemoryStore() }
  const first = tokenBench(async () => allow(), CACHED, kernel)
  const second = tokenBench(async () => deny(), CACHED, kernel)
  expect(await run(first, get('x'))).toEqual([[ALLOWED], 1])
  expect(await run(second, get('x'))).toEqual([[EXPLICIT_DENY], 1])
  expect(await run(first, get('x'))).toEqual([[ALLOWED], 1])
})

test('AWS-CACHE-06 stages of one API do not share results', async () => {
  const kernel = { store: new MemoryStore() }
  const stages = ['prod', 'test'].map((stage) =>
    tokenBench(async ({ methodArn }) => allow(methodArn), { ...CACHED, api: { ...API, stage } }, kernel),
  )
  for (const stage of stages) expect(await run(stage, get('x'), get('x'))).toEqual([[ALLOWED, ALLOWED], 1])
})

test('AWS-CACHE-07 the complete result is cached', async () => {
  const stored: StoredResult[] = []
  const memory = new MemoryStore()
  const store: Store = {
    inProcess: true,
    get: (scope, key) => memory.get(scope, key),
    set: (scope, key, result, ttlSeconds) => {
      stored.push(result)
      memory.set(scope, key, result, ttlSeconds)
    },
    delete: (scope, selector) => memory.delete(scope, selector),
  }
  const result = allow('*', { context: { role: 'reader', level: 3 }, usageIdentifierKey: 'key-value' })
  const { evaluate } = tokenBench(async () => result, CACHED, { store })
  const first = await evaluate('GET /a', bearer())
  const second = await evaluate('GET /a', bearer())
  expect(stored).toHaveLength(1)
  expect(stored[0]?.result).toEqual({ ...result, context: { role: 'reader', level: '3' } })
  for (const outcome of [first, second]) {
    expect(outcome).toMatchObject({ authorizer: { principalId: 'u', context: { role: 'reader', level: '3' } } })
  }
})

test('AWS-CACHE-07 a handler that changes its context does not change the cached result', async () => {
  const { evaluate } = tokenBench(async () => allow('*', { context: { role: 'reader' } }), CACHED)
  const first = await evaluate('GET /a', bearer())
  if (first.allowed) Object.assign(first.authorizer.context, { role: 'admin' })
  expect(await evaluate('GET /a', bearer())).toMatchObject({ authorizer: { context: { role: 'reader' } } })
})

test('AWS-CACHE-08 implicit and explicit denials are cached like allow results', async () => {
  expect(
    await run(
      tokenBench(async () => deny(), CACHED),
      get('x'),
      get('x'),
    ),
  ).toEqual([[EXPLICIT_DENY, EXPLICIT_DENY], 1])
  const none = tokenBench(async () => allow([]), CACHED)
  expect(await run(none, get('x'), get('x'))).toEqual([[IMPLICIT_DENY, IMPLICIT_DENY], 1])
})

test.each<[rule: string, title: string, handler: () => unknown, expected: string]>([
  ['AWS-CACHE-09', 'R07 a thrown Unauthorized', async () => raise(new Error('Unauthorized')), UNAUTHORIZED],
  ['AWS-CACHE-10', 'an error', async () => raise(new Error('x')), MISCONFIGURED],
  ['AWS-CACHE-10', 'R09 an invalid result', async () => ({ statusCode: 401 }), MISCONFIGURED],
  ['AWS-CACHE-10', 'a policy with one invalid statement', async () => allow(['*', 'x']), MISCONFIGURED],
  ['AWS-CACHE-10', 'an undefined result', async () => undefined, MISCONFIGURED],
])('%s %s is not cached', async (_rule, _title, handler, expected) => {
  expect(await run(tokenBench(handler, CACHED), get('x'), get('x'))).toEqual([[expected, expected], 2])
})

test('AWS-CACHE-10 a timeout is not cached', async () => {
  const bench = tokenBench((_e, _c, callback) => {
    if (bench.handler.mock.calls.length > 1) callback(null, allow())
  }, CACHED)
  const first = bench.send(...get('x'))
  bench.clock.advanceSync(10_000)
  expect(await first).toBe(MISCONFIGURED)
  expect(await run(bench, get('x'), get('x'))).toEqual([[ALLOWED, ALLOWED], 2])
})

test('AWS-CACHE-11 requests rejected before the call neither read nor write the cache', async () => {
  const store = new MemoryStore()
  const bench = tokenBench(async () => allow(), { ...CACHED, identityValidationExpression: '[a-z]+' }, { store })
  const requests: Requests = [get('1'), ['GET /a'], get(''), get('2')]
  expect(await run(bench, ...requests)).toEqual([requests.map(() => UNAUTHORIZED), 0])
  expect(store.size).toBe(0)
})

test('AWS-CACHE-12 a cached policy is evaluated for each request, conditions included', async () => {
  const Condition = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }
  const Statement = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `${A}/GET/*`, Condition }]
  const bench = tokenBench(async () => ({ principalId: 'u', policyDocument: { Statement } }), CACHED)
  const otherPeer = { ...bearer('x'), peer: '198.51.100.1' }
  const requests: Requests = [get('x'), get('x', 'POST /a'), ['GET /a', otherPeer], get('x', 'GET /b')]
  expect(await run(bench, ...requests)).toEqual([[ALLOWED, IMPLICIT_DENY, IMPLICIT_DENY, ALLOWED], 1])
})

test('AWS-CACHE-13 a cached policy for one ARN denies the next path until the cache is flushed', async () => {
  const bench = tokenBench(async ({ methodArn }) => allow(methodArn), CACHED)
  const requests: Requests = [get('T'), get('T'), get('T', 'GET /b'), get('T', 'POST /a'), get('U', 'GET /b')]
  expect(await run(bench, ...requests)).toEqual([[ALLOWED, ALLOWED, IMPLICIT_DENY, IMPLICIT_DENY, ALLOWED], 2])
  void bench.authorizer.invalidateAll()
  expect(await run(bench, get('T', 'GET /b'))).toEqual([[ALLOWED], 3])
})

test('AWS-CACHE-14 a cached Deny for one ARN denies other paths implicitly', async () => {
  const bench = tokenBench(async ({ methodArn }) => deny(methodArn), CACHED)
  expect(await run(bench, get('x'), get('x', 'GET /b'))).toEqual([[EXPLICIT_DENY, IMPLICIT_DENY], 1])
})

test('AWS-CACHE-19 concurrent misses share one call, and each request is decided separately', async () => {
  const bench = tokenBench(async ({ methodArn }) => flushEventLoop().then(() => allow(methodArn)), CACHED)
  const lines = ['GET /a', 'GET /b', 'GET /a']
  expect(await Promise.all(lines.map((line) => bench.send(...get('x', line))))).toEqual([
    ALLOWED,
    IMPLICIT_DENY,
    ALLOWED,
  ])
  expect(bench.handler).toHaveBeenCalledTimes(1)
})

test('AWS-CACHE-20 maxEntries evicts a result before its TTL ends', async () => {
  const bench = tokenBench(async () => allow(), CACHED, { maxEntries: 1 })
  expect(await run(bench, get('x'), get('y'), get('x'))).toEqual([[ALLOWED, ALLOWED, ALLOWED], 3])
})
