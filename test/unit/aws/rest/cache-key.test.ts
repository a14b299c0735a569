/** Whose result is kept: keys, scopes, and what is never kept (AWS-CACHE-01 to 14, 19 to 24). */
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
  thrown,
  tokenBench,
  turn,
  UNAUTHORIZED,
} from '../harness.ts'

const KEPT = { authorizerResultTtlInSeconds: 300 }
const SOURCES = 'method.request.header.Authorization,method.request.querystring.t'

/** Answers to requests one after the other, and how often the function was called. */
const run = async (
  { ask, handler }: Bench<never> | Bench<aws.TokenEvent> | Bench<aws.RequestEvent>,
  ...requests: readonly (readonly [line: string, parts?: RequestParts])[]
): Promise<[answers: string[], calls: number]> => {
  const answers: string[] = []
  for (const [line, parts] of requests) answers.push(await ask(line, parts))
  return [answers, handler.mock.calls.length]
}

type Requests = readonly (readonly [line: string, parts?: RequestParts])[]
const get = (token: string, line = 'GET /a'): Requests[number] => [line, bearer(token)]

test.each<[rule: string, title: string, requests: Requests, calls: number]>([
  ['AWS-CACHE-01', 'the same token', [get('x'), get('x')], 1],
  ['AWS-CACHE-01', 'another token', [get('x'), get('y')], 2],
  ['AWS-CACHE-21', 'another letter case', [get('Bearer x'), get('Bearer X')], 2],
  ['AWS-CACHE-21', 'with and without scheme', [get('x'), get('Bearer x')], 2],
  ['AWS-CACHE-21', 'another letter case of the scheme', [get('Bearer x'), get('bearer x')], 2],
  ['AWS-CACHE-21', 'another number of spaces', [get('Bearer x'), get('Bearer  x')], 2],
  ['AWS-CACHE-23', 'another spelling of the header', [get('x'), ['GET /a', { headers: { authorization: 'x' } }]], 1],
  ['AWS-CACHE-05', 'another path', [get('x'), get('x', 'GET /b')], 1],
  ['AWS-CACHE-05', 'another method', [get('x'), get('x', 'DELETE /a')], 1],
  ['AWS-CACHE-05', 'another query', [get('x'), get('x', 'GET /a?b=c')], 1],
  ['AWS-CACHE-05', 'another header', [get('x'), ['GET /a', { headers: { Authorization: 'x', 'X-A': '1' } }]], 1],
  ['AWS-CACHE-05', 'another client', [get('x'), ['GET /a', { ...bearer('x'), peer: '198.51.100.1' }]], 1],
  ['AWS-CACHE-24', 'the path is no key by itself', [get('x', 'GET /a'), get('y', 'GET /a')], 2],
])('%s TOKEN, %s: calls of the function', async (_rule, _title, requests, calls) => {
  expect(
    await run(
      tokenBench(async () => allow(), KEPT),
      ...requests,
    ),
  ).toEqual([requests.map(() => ALLOWED), calls])
})

const both = (token: string, line: string): Requests[number] => [line, bearer(token)]

test.each<[rule: string, title: string, requests: Requests, calls: number]>([
  ['AWS-CACHE-02', 'R03 both sources the same', [both('x', 'GET /?t=1'), both('x', 'GET /?t=1')], 1],
  ['AWS-CACHE-02', 'R04 another parameter', [both('x', 'GET /?t=1'), both('x', 'GET /?t=2')], 2],
  ['AWS-CACHE-02', 'another header', [both('x', 'GET /?t=1'), both('y', 'GET /?t=1')], 2],
  ['AWS-CACHE-02', 'values exchanged', [both('1', 'GET /?t=2'), both('2', 'GET /?t=1')], 2],
  ['AWS-CACHE-02', 'a border moved', [both('a|b', 'GET /?t=c'), both('a', 'GET /?t=b|c'), both('a|', 'GET /?t=bc')], 3],
  ['AWS-CACHE-02', 'another spelling of the same value', [both('x', 'GET /?t=a%62'), both('x', 'GET /?u&t=ab')], 1],
  ['AWS-CACHE-05', 'R05 another path and method', [both('x', 'GET /a?t=1'), both('x', 'PUT /b?t=1&u=2')], 1],
])('%s REQUEST, %s: calls of the function', async (_rule, _title, requests, calls) => {
  const bench = requestBench(async () => allow(), { ...KEPT, identitySource: SOURCES })
  expect(await run(bench, ...requests)).toEqual([requests.map(() => ALLOWED), calls])
})

test.each([
  ['context.path', 'GET /b'],
  ['context.httpMethod', 'POST /a'],
  ['context.resourcePath', 'GET /b'],
])('AWS-CACHE-05 with %s as a source, %s is another key', async (source, line) => {
  const options = { ...KEPT, identitySource: `method.request.header.Authorization,${source}`, routes: ['/a', '/b'] }
  const bench = requestBench(async () => allow(), options)
  expect(await run(bench, get('x'), get('x', line), get('x'))).toEqual([[ALLOWED, ALLOWED, ALLOWED], 2])
})

test('AWS-CACHE-22 a request without one of the sources never reaches the cache', async () => {
  const bench = requestBench(async () => allow(), { ...KEPT, identitySource: SOURCES })
  const requests: Requests = [both('x', 'GET /?t=1'), both('x', 'GET /'), ['GET /?t=1'], both('x', 'GET /?t=1')]
  expect(await run(bench, ...requests)).toEqual([[ALLOWED, UNAUTHORIZED, UNAUTHORIZED, ALLOWED], 1])
})

test('AWS-CACHE-06 each authorizer has results of its own, in a shared store too', async () => {
  const kernel = { store: new MemoryStore() }
  const first = tokenBench(async () => allow(), KEPT, kernel)
  const second = tokenBench(async () => deny(), KEPT, kernel)
  expect(await run(first, get('x'))).toEqual([[ALLOWED], 1])
  expect(await run(second, get('x'))).toEqual([[EXPLICIT_DENY], 1])
  expect(await run(first, get('x'))).toEqual([[ALLOWED], 1])
})

test('AWS-CACHE-06 stages of one API share nothing', async () => {
  const kernel = { store: new MemoryStore() }
  const stages = ['prod', 'test'].map((stage) =>
    tokenBench(async ({ methodArn }) => allow(methodArn), { ...KEPT, api: { ...API, stage } }, kernel),
  )
  for (const stage of stages) expect(await run(stage, get('x'), get('x'))).toEqual([[ALLOWED, ALLOWED], 1])
})

test('AWS-CACHE-07 the whole result is kept', async () => {
  const kept: StoredResult[] = []
  const memory = new MemoryStore()
  const store: Store = {
    inProcess: true,
    get: (scope, key) => memory.get(scope, key),
    set: (scope, key, stored, ttlSeconds) => {
      kept.push(stored)
      memory.set(scope, key, stored, ttlSeconds)
    },
    delete: (scope, selector) => memory.delete(scope, selector),
  }
  const answer = allow('*', { context: { role: 'reader', level: 3 }, usageIdentifierKey: 'key-value' })
  const { evaluate } = tokenBench(async () => answer, KEPT, { store })
  const first = await evaluate('GET /a', bearer())
  const second = await evaluate('GET /a', bearer())
  expect(kept).toHaveLength(1)
  expect(kept[0]?.result).toEqual({ ...answer, context: { role: 'reader', level: '3' } })
  for (const outcome of [first, second]) {
    expect(outcome).toMatchObject({ authorizer: { principalId: 'u', context: { role: 'reader', level: '3' } } })
  }
})

test('AWS-CACHE-07 what a handler does to the context of one request is not in the next', async () => {
  const { evaluate } = tokenBench(async () => allow('*', { context: { role: 'reader' } }), KEPT)
  const first = await evaluate('GET /a', bearer())
  if (first.allowed) Object.assign(first.authorizer.context, { role: 'admin' })
  expect(await evaluate('GET /a', bearer())).toMatchObject({ authorizer: { context: { role: 'reader' } } })
})

test('AWS-CACHE-08 a refusal by policy is kept like an allowance', async () => {
  expect(
    await run(
      tokenBench(async () => deny(), KEPT),
      get('x'),
      get('x'),
    ),
  ).toEqual([[EXPLICIT_DENY, EXPLICIT_DENY], 1])
  const none = tokenBench(async () => allow([]), KEPT)
  expect(await run(none, get('x'), get('x'))).toEqual([[IMPLICIT_DENY, IMPLICIT_DENY], 1])
})

test.each<[rule: string, title: string, handler: () => unknown, answer: string]>([
  ['AWS-CACHE-09', 'R07 a thrown Unauthorized', async () => thrown(new Error('Unauthorized')), UNAUTHORIZED],
  ['AWS-CACHE-10', 'an error', async () => thrown(new Error('x')), MISCONFIGURED],
  ['AWS-CACHE-10', 'R09 an invalid result', async () => ({ statusCode: 401 }), MISCONFIGURED],
  ['AWS-CACHE-10', 'a policy with one invalid statement', async () => allow(['*', 'x']), MISCONFIGURED],
  ['AWS-CACHE-10', 'nothing', async () => undefined, MISCONFIGURED],
])('%s %s is not kept', async (_rule, _title, handler, answer) => {
  expect(await run(tokenBench(handler, KEPT), get('x'), get('x'))).toEqual([[answer, answer], 2])
})

test('AWS-CACHE-10 a timeout is not kept', async () => {
  const bench = tokenBench((_e, _c, callback) => {
    if (bench.handler.mock.calls.length > 1) callback(null, allow())
  }, KEPT)
  const first = bench.ask(...get('x'))
  bench.clock.advance(10_000)
  expect(await first).toBe(MISCONFIGURED)
  expect(await run(bench, get('x'), get('x'))).toEqual([[ALLOWED, ALLOWED], 2])
})

test('AWS-CACHE-11 requests refused before the call neither use nor leave a result', async () => {
  const store = new MemoryStore()
  const bench = tokenBench(async () => allow(), { ...KEPT, identityValidationExpression: '[a-z]+' }, { store })
  const requests: Requests = [get('1'), ['GET /a'], get(''), get('2')]
  expect(await run(bench, ...requests)).toEqual([requests.map(() => UNAUTHORIZED), 0])
  expect(store.size).toBe(0)
})

test('AWS-CACHE-12 a kept policy is evaluated for every request, its conditions included', async () => {
  const Condition = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }
  const Statement = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `${A}/GET/*`, Condition }]
  const bench = tokenBench(async () => ({ principalId: 'u', policyDocument: { Statement } }), KEPT)
  const elsewhere = { ...bearer('x'), peer: '198.51.100.1' }
  const requests: Requests = [get('x'), get('x', 'POST /a'), ['GET /a', elsewhere], get('x', 'GET /b')]
  expect(await run(bench, ...requests)).toEqual([[ALLOWED, IMPLICIT_DENY, IMPLICIT_DENY, ALLOWED], 1])
})

test('AWS-CACHE-13 a policy for one ARN refuses the next path until it is flushed', async () => {
  const bench = tokenBench(async ({ methodArn }) => allow(methodArn), KEPT)
  const requests: Requests = [get('T'), get('T'), get('T', 'GET /b'), get('T', 'POST /a'), get('U', 'GET /b')]
  expect(await run(bench, ...requests)).toEqual([[ALLOWED, ALLOWED, IMPLICIT_DENY, IMPLICIT_DENY, ALLOWED], 2])
  void bench.authorizer.invalidateAll()
  expect(await run(bench, get('T', 'GET /b'))).toEqual([[ALLOWED], 3])
})

test('AWS-CACHE-14 a Deny for one ARN leaves others implicitly denied', async () => {
  const bench = tokenBench(async ({ methodArn }) => deny(methodArn), KEPT)
  expect(await run(bench, get('x'), get('x', 'GET /b'))).toEqual([[EXPLICIT_DENY, IMPLICIT_DENY], 1])
})

test('AWS-CACHE-19 misses at the same time are one call, and each request is decided on by itself', async () => {
  const bench = tokenBench(async ({ methodArn }) => turn().then(() => allow(methodArn)), KEPT)
  const lines = ['GET /a', 'GET /b', 'GET /a']
  expect(await Promise.all(lines.map((line) => bench.ask(...get('x', line))))).toEqual([
    ALLOWED,
    IMPLICIT_DENY,
    ALLOWED,
  ])
  expect(bench.handler).toHaveBeenCalledTimes(1)
})

test('AWS-CACHE-20 a result may be gone before its time', async () => {
  const bench = tokenBench(async () => allow(), KEPT, { maxEntries: 1 })
  expect(await run(bench, get('x'), get('y'), get('x'))).toEqual([[ALLOWED, ALLOWED, ALLOWED], 3])
})
