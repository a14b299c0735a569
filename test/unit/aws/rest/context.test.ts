/** What the code behind a REST authorizer is told (AWS-CTX-01 to 09). */
import { createAuthorizer } from '@custom-authorizer/core'
import { ContextHeaders, createMount } from '@custom-authorizer/core/adapter'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { EXACT, gatewayRequest } from '../../../support/request.ts'
import { allow, API, bearer, deny, reasonOf, thrown, tokenBench } from '../harness.ts'

const authorizerFor = async (answer: object) => {
  const outcome = await tokenBench(async () => answer).evaluate('GET /', bearer())
  return outcome.allowed ? outcome.authorizer : thrown(new Error(reasonOf(outcome)))
}

test('AWS-CTX-01 context values are text', async () => {
  const { context, principalId } = await authorizerFor(allow('*', { context: { n: 1, b: true, s: 'x', f: 1.5 } }))
  expect(principalId).toBe('u')
  expect(context).toStrictEqual({ n: '1', b: 'true', s: 'x', f: '1.5' })
})

test('AWS-CTX-02 T25 requestContext.authorizer is flat, with principalId and integrationLatency', async () => {
  const answer = allow('*', { context: { n: 1, b: true, s: 'x' } })
  const bench = tokenBench((_e, _c, callback) => {
    bench.clock.advance(451.4)
    callback(null, answer)
  })
  const outcome = await bench.evaluate('GET /', bearer())
  expect(outcome.allowed && outcome.authorizer.requestContext).toStrictEqual({
    authorizer: { n: '1', b: 'true', s: 'x', principalId: 'u', integrationLatency: 451 },
  })
})

test('AWS-CTX-02 without a context there are two members', async () => {
  expect((await authorizerFor(allow())).requestContext).toStrictEqual({
    authorizer: { principalId: 'u', integrationLatency: 0 },
  })
})

test.each([
  ['a refusal', async () => deny('*', { context: { a: 'b' } })],
  ['an error', async () => thrown(new Error('Unauthorized'))],
])('AWS-CTX-03 %s gives the code behind nothing', async (_, handler) => {
  expect(await tokenBench(handler).evaluate('GET /', bearer())).not.toHaveProperty('authorizer')
})

test('AWS-CTX-04 headers for the code behind are filled from the context', async () => {
  const headers = new ContextHeaders({ 'X-User': 'principalId', 'x-role': 'context.role', 'x-level': 'context.level' })
  const authorizer = await authorizerFor(allow('*', { context: { role: 'reader', level: 3 } }))
  expect(headers.lines(authorizer)).toEqual([
    ['x-user', 'u'],
    ['x-role', 'reader'],
    ['x-level', '3'],
  ])
})

test('AWS-CTX-05 a key that is missing gives no header', async () => {
  const headers = new ContextHeaders({
    'x-role': 'context.role',
    'x-none': 'context.none',
    'x-own': 'context.toString',
  })
  const authorizer = await authorizerFor(allow('*', { context: { role: 'reader', none: null } }))
  expect(headers.lines(authorizer)).toEqual([['x-role', 'reader']])
})

test('AWS-CTX-07 usageIdentifierKey does not reach the code behind', async () => {
  const key = 'SECRET-KEY-OF-A-PLAN'
  const authorizer = await authorizerFor(allow('*', { usageIdentifierKey: key, context: { a: 'b' } }))
  expect(JSON.stringify([authorizer, authorizer.requestContext])).not.toContain(key)
  expect(new ContextHeaders('x-authz-').lines(authorizer)).toEqual([
    ['x-authz-principal-id', 'u'],
    ['x-authz-ctx-a', 'b'],
  ])
})

test('AWS-CTX-08 AWS-CTX-09 nothing is added to a request by itself, and Authorization stays on it', async () => {
  const answer = allow('*', { context: { role: 'reader' } })
  const authorizer = createAuthorizer({
    authorize: (async () => answer) as () => Promise<aws.AuthorizerResponse>,
    contract: aws.token({ api: API }),
  })
  const request = gatewayRequest('GET /', bearer('Bearer x'))
  expect(await createMount(authorizer, {}, EXACT).handle(request)).toMatchObject({
    kind: 'allowed',
    edits: { headers: [] },
  })
  expect(request.headerValues('authorization')).toEqual(['Bearer x'])
})
