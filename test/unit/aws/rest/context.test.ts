/** What a REST authorizer passes to the downstream handler (AWS-CTX-01 to 09). */
import { createAuthorizer } from '@custom-authorizer/core'
import { ContextHeaders, createMount } from '@custom-authorizer/core/adapter'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { EXACT, gatewayRequest } from '../../../support/request.ts'
import { allow, API, bearer, deny, reasonOf, raise, tokenBench } from '../harness.ts'

const authorizerFor = async (result: object) => {
  const outcome = await tokenBench(async () => result).evaluate('GET /', bearer())
  return outcome.allowed ? outcome.authorizer : raise(new Error(reasonOf(outcome)))
}

test('AWS-CTX-01 context values are delivered as strings', async () => {
  const { context, principalId } = await authorizerFor(allow('*', { context: { n: 1, b: true, s: 'x', f: 1.5 } }))
  expect(principalId).toBe('u')
  expect(context).toStrictEqual({ n: '1', b: 'true', s: 'x', f: '1.5' })
})

test('AWS-CTX-02 T25 requestContext.authorizer is flat and includes principalId and integrationLatency', async () => {
  const result = allow('*', { context: { n: 1, b: true, s: 'x' } })
  const bench = tokenBench((_e, _c, callback) => {
    bench.clock.advanceSync(451.4)
    callback(null, result)
  })
  const outcome = await bench.evaluate('GET /', bearer())
  expect(outcome.allowed && outcome.authorizer.requestContext).toStrictEqual({
    authorizer: { n: '1', b: 'true', s: 'x', principalId: 'u', integrationLatency: 451 },
  })
})

test('AWS-CTX-02 without a context requestContext.authorizer has only principalId and integrationLatency', async () => {
  expect((await authorizerFor(allow())).requestContext).toStrictEqual({
    authorizer: { principalId: 'u', integrationLatency: 0 },
  })
})

test.each([
  ['a denial', async () => deny('*', { context: { a: 'b' } })],
  ['an error', async () => raise(new Error('Unauthorized'))],
])('AWS-CTX-03 %s delivers no authorizer to the handler', async (_, handler) => {
  expect(await tokenBench(handler).evaluate('GET /', bearer())).not.toHaveProperty('authorizer')
})

test('AWS-CTX-04 contextHeaders sets headers from principal and context', async () => {
  const headers = new ContextHeaders({ 'X-User': 'principalId', 'x-role': 'context.role', 'x-level': 'context.level' })
  const authorizer = await authorizerFor(allow('*', { context: { role: 'reader', level: 3 } }))
  expect(headers.lines(authorizer)).toEqual([
    ['x-user', 'u'],
    ['x-role', 'reader'],
    ['x-level', '3'],
  ])
})

test('AWS-CTX-05 a missing, null or inherited context key sets no header', async () => {
  const headers = new ContextHeaders({
    'x-role': 'context.role',
    'x-none': 'context.none',
    'x-own': 'context.toString',
  })
  const authorizer = await authorizerFor(allow('*', { context: { role: 'reader', none: null } }))
  expect(headers.lines(authorizer)).toEqual([['x-role', 'reader']])
})

test('AWS-CTX-07 usageIdentifierKey is not delivered to the handler', async () => {
  const key = 'SECRET-KEY-OF-A-PLAN'
  const authorizer = await authorizerFor(allow('*', { usageIdentifierKey: key, context: { a: 'b' } }))
  expect(JSON.stringify([authorizer, authorizer.requestContext])).not.toContain(key)
  expect(new ContextHeaders('x-authz-').lines(authorizer)).toEqual([
    ['x-authz-principal-id', 'u'],
    ['x-authz-ctx-a', 'b'],
  ])
})

test('AWS-CTX-08 AWS-CTX-09 no header is added by default, and Authorization is not removed', async () => {
  const result = allow('*', { context: { role: 'reader' } })
  const authorizer = createAuthorizer({
    authorize: (async () => result) as () => Promise<aws.AuthorizerResponse>,
    contract: aws.token({ api: API }),
  })
  const request = gatewayRequest('GET /', bearer('Bearer x'))
  expect(await createMount(authorizer, {}, EXACT).handle(request)).toMatchObject({
    kind: 'allowed',
    edits: { headers: [] },
  })
  expect(request.headerValues('authorization')).toEqual(['Bearer x'])
})
