/** `$context.routeKey` as an identity source without a route table, and the merged context of two HTTP API authorizers. */
import { allOf, type AnyFunction, type Authorizer, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { withToken } from '../../../support/with-token.ts'

const options = {
  enableSimpleResponses: true,
  identitySource: ['$request.header.Authorization', '$context.routeKey'],
  authorizerResultTtlInSeconds: 60,
} as const

test('AWS-CACHE-04 without a route table each path and method has its own cached result', async () => {
  const requestedPaths: string[] = []
  const authorize: AnyFunction = (event: aws.HttpRequestEvent) => {
    requestedPaths.push(event.rawPath)
    return Promise.resolve({ isAuthorized: event.rawPath === '/public' })
  }
  const authorizer = createAuthorizer({ authorize: authorize as never, contract: aws.httpApi(options), logger: null })
  const isAllowed = async (line: string): Promise<boolean> => (await authorizer.evaluate(withToken('t', line))).allowed
  expect([
    await isAllowed('GET /public'),
    await isAllowed('GET /admin'),
    await isAllowed('POST /public'),
    await isAllowed('GET /public'),
  ]).toEqual([true, false, true, true])
  expect(requestedPaths).toEqual(['/public', '/admin', '/public'])
})

test('AWS-CACHE-04 with a route table one result serves a route, and one serves all unlisted paths', async () => {
  let calls = 0
  const authorize: AnyFunction = () => {
    calls++
    return Promise.resolve({ isAuthorized: true })
  }
  const contract = aws.httpApi({ ...options, routes: ['GET /pets/{id}'] })
  const authorizer = createAuthorizer({ authorize: authorize as never, contract, logger: null })
  for (const line of ['GET /pets/1', 'GET /pets/2', 'GET /x', 'POST /y'])
    await authorizer.evaluate(withToken('t', line))
  expect(calls).toBe(2)
})

const member = (context: object): Authorizer<unknown> => {
  const authorize: AnyFunction = () => Promise.resolve({ isAuthorized: true, context })
  return createAuthorizer({ authorize: authorize as never, contract: aws.httpApi({ enableSimpleResponses: true }) })
}

test('AWS-CTX-20 allOf merges the contexts of both members under lambda', async () => {
  const outcome = await allOf(member({ a: 1 }), member({ b: [2] }), member({})).evaluate(withToken('t'))
  expect(outcome).toMatchObject({
    allowed: true,
    authorizer: { context: { a: 1, b: [2] }, requestContext: { authorizer: { lambda: { a: 1, b: [2] } } } },
  })
})
