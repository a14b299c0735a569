/** The route as an identity source, where nobody knows the routes; two answers of HTTP APIs as one. */
import { allOf, type AnyFunction, type Authorizer, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { withToken } from '../../../support/with-token.ts'

const options = {
  enableSimpleResponses: true,
  identitySource: ['$request.header.Authorization', '$context.routeKey'],
  authorizerResultTtlInSeconds: 60,
} as const

test('AWS-CACHE-04 without a table of routes no answer for one path serves another', async () => {
  const asked: string[] = []
  const authorize: AnyFunction = (event: aws.HttpRequestEvent) => {
    asked.push(event.rawPath)
    return Promise.resolve({ isAuthorized: event.rawPath === '/public' })
  }
  const authorizer = createAuthorizer({ authorize: authorize as never, contract: aws.httpApi(options), logger: null })
  const ask = async (line: string): Promise<boolean> => (await authorizer.evaluate(withToken('t', line))).allowed
  expect([
    await ask('GET /public'),
    await ask('GET /admin'),
    await ask('POST /public'),
    await ask('GET /public'),
  ]).toEqual([true, false, true, true])
  expect(asked).toEqual(['/public', '/admin', '/public'])
})

test('AWS-CACHE-04 with a table one answer serves a route, and $default all that is in no table', async () => {
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

test('AWS-CTX-20 allOf keeps what both functions said under `lambda`', async () => {
  const outcome = await allOf(member({ a: 1 }), member({ b: [2] }), member({})).evaluate(withToken('t'))
  expect(outcome).toMatchObject({
    allowed: true,
    authorizer: { context: { a: 1, b: [2] }, requestContext: { authorizer: { lambda: { a: 1, b: [2] } } } },
  })
})
