/** What an HTTP API authorizer passes to the downstream handler (AWS-CTX-20 to 23, 26, AWS-OUT-16, 17, AWS-GOT-12, 13). */
import type { AuthorizerContext } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../../support/adapters.ts'
import { allow, httpApi, httpBench, simpleBench, AUTHORIZED } from './harness.ts'

const JSON_CONTEXT = {
  n: 1,
  f: 1.5,
  z: 0,
  t: true,
  s: '1',
  e: '',
  nothing: null,
  a: ['x', { b: [2] }],
  o: { k: { d: false } },
}
const V1 = { authorizerPayloadFormatVersion: '1.0' }

const receive = async (bench: ReturnType<typeof httpBench>): Promise<AuthorizerContext> => {
  const outcome = await bench.evaluate('GET /')
  if (!outcome.allowed) throw new Error(`denied: ${outcome.response.body}`)
  return outcome.authorizer
}

test('AWS-OUT-16 AWS-CTX-20 AWS-GOT-13 the context keeps its JSON types for policies and simple responses', async () => {
  const policy = await receive(httpBench(async () => allow('*', { context: JSON_CONTEXT })))
  const simple = await receive(simpleBench(async () => ({ ...AUTHORIZED, context: JSON_CONTEXT })))
  for (const { context, requestContext } of [policy, simple]) {
    expect(context).toStrictEqual(JSON_CONTEXT)
    expect(requestContext.authorizer).toStrictEqual({ lambda: JSON_CONTEXT })
  }
  expect([policy.principalId, simple.principalId]).toEqual(['u', ''])
})

test('AWS-RUN-10 the context is serialized to JSON', async () => {
  const context = { date: new Date(0), nan: Number.NaN, gone: undefined, list: [undefined], negative: -0 }
  const { requestContext } = await receive(simpleBench(async () => ({ ...AUTHORIZED, context })))
  expect(requestContext.authorizer).toStrictEqual({
    lambda: { date: '1970-01-01T00:00:00.000Z', nan: null, list: [null], negative: 0 },
  })
})

test.each([{}, { context: null }, { context: {} }])(
  'AWS-CTX-21 without a context, lambda is null: %j',
  async (members) => {
    const policy = await receive(httpBench(async () => allow('*', members)))
    const simple = await receive(simpleBench(async () => ({ ...AUTHORIZED, ...members })))
    for (const { context, requestContext } of [policy, simple]) {
      expect(requestContext.authorizer).toStrictEqual({ lambda: null })
      expect(context).toStrictEqual({})
    }
  },
)

test('AWS-CTX-22 format 1.0 delivers a flat context with the principal', async () => {
  const { context, principalId, requestContext } = await receive(
    httpBench(async () => allow('*', { context: JSON_CONTEXT }), V1),
  )
  expect(requestContext.authorizer).toStrictEqual({ ...JSON_CONTEXT, principalId: 'u' })
  expect([principalId, context]).toStrictEqual(['u', JSON_CONTEXT])
})

test.each([
  ['no principal', undefined, {}, {}],
  ['no principal and a context', undefined, { k: 'v' }, { k: 'v' }],
  ['a principal and a context key principalId', 'u', { principalId: 'other' }, { principalId: 'u' }],
])(
  'AWS-CTX-22 AWS-OUT-18 format 1.0 delivers the principal correctly: %s',
  async (_, principalId, context, authorizer) => {
    const result = { ...allow('*', { context }), principalId }
    expect((await receive(httpBench(async () => result, V1))).requestContext.authorizer).toStrictEqual(authorizer)
  },
)

test('AWS-OUT-17 a context of format 1.0 cannot set the claims of a JWT authorizer', async () => {
  const bench = httpBench(async () => allow('*', { context: { claims: { sub: 'admin' }, k: 'v' } }), V1)
  const outcome = await bench.evaluate('GET /')
  expect(outcome.allowed && outcome.authorizer.requestContext.authorizer).not.toHaveProperty('claims')
})

test('AWS-GOT-12 a change to the delivered context does not affect later reads', async () => {
  const outcome = await receive(httpBench(async () => allow('*', { context: { list: ['x'] } })))
  ;(outcome.requestContext.authorizer as { lambda: { list: string[] } }).lambda.list.push('y')
  expect(outcome.requestContext.authorizer).toEqual({ lambda: { list: ['x'] } })
})

describeAdapters('context of HTTP APIs', (adapter) => {
  const guard = (given: object) =>
    adapter.customAuthorizer(async () => given, {
      contract: httpApi({ enableSimpleResponses: true }),
      contextHeaders: { 'x-n': 'context.n', 'x-t': 'context.t', 'x-s': 'context.s', 'x-none': 'context.none' },
      logger: null,
      skip: ['/open'],
    })

  test('AWS-CTX-26 numbers and booleans are converted to text in headers', async () => {
    const seen: Record<string, readonly string[] | undefined> = {}
    const tap = adapter.tap((request) => {
      for (const name of ['x-n', 'x-t', 'x-s', 'x-none']) seen[name] = request.headerViews(name)['rawHeaders'] ?? []
    })
    const service = await adapter.serve({
      use: [guard({ ...AUTHORIZED, context: { n: 1, t: true, s: 'a' } }), tap],
      routes: [{ path: '*' }],
    })
    expect((await service.send({})).status).toBe(200)
    expect(seen).toEqual({ 'x-n': ['1'], 'x-t': ['true'], 'x-s': ['a'], 'x-none': [] })
  })

  test('AWS-CTX-26 an object mapped to a header gives 500', async () => {
    const service = await adapter.serve({
      use: [guard({ ...AUTHORIZED, context: { n: { a: 1 } } })],
      routes: [{ path: '*' }],
    })
    const response = await service.send({})
    expect([response.status, response.body]).toEqual([500, '{"message":"Internal Server Error"}'])
    expect(service.hits).toEqual([])
  })

  test('AWS-CTX-23 without an authorizer, getAuthorizer throws and no locals are set', async () => {
    const service = await adapter.serve({ use: [guard(AUTHORIZED)], routes: [{ path: '/open' }] })
    const response = await service.send({ target: '/open' })
    expect(JSON.parse(response.body)).toEqual({ authorizer: { thrown: 'ERR_NOT_AUTHORIZED' }, locals: null })
  })
})
