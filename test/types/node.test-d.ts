import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  allow,
  type AuthorizerContext,
  createAuthorizer,
  type GatewayRequest,
  type GatewayResponse,
  type Outcome,
  type Store,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as web from '@custom-authorizer/core/fetch'
import * as node from '@custom-authorizer/core/node'
import type { APIGatewayTokenAuthorizerHandler } from 'aws-lambda'
import { expectTypeOf, test } from 'vitest'

declare const text: string
declare const handler: APIGatewayTokenAuthorizerHandler
declare const request: IncomingMessage
declare const response: ServerResponse

test('a guard for a bare server', () => {
  const guard = node.customAuthorizer(() => allow({ context: { role: text } }))
  createServer((req, res) => guard(req, res, () => res.end(node.getAuthorizer(req, guard).context.role)))
  expectTypeOf(guard).not.toBeAny()
  expectTypeOf(node.getAuthorizer(request, guard)).toEqualTypeOf<AuthorizerContext<{ readonly role: string }>>()
  expectTypeOf(node.getAuthorizer(request)).toEqualTypeOf<AuthorizerContext>()
  node.customAuthorizer(handler, { contract: aws.token(), skip: ['/health'] })
  node.requireContext({ role: 'admin' })(request, response, () => undefined)
  // @ts-expect-error -- misspelt
  node.customAuthorizer(handler, { contract: aws.token(), skips: [] })
  // @ts-expect-error -- a policy where the native contract is in use
  node.customAuthorizer(handler)
  // @ts-expect-error -- next is missing
  guard(request, response)
})

test('an adapter of one’s own, from public parts', async () => {
  const authorizer = createAuthorizer({ authorize: handler, contract: aws.token() })
  expectTypeOf(node.toGatewayRequest(request)).toEqualTypeOf<GatewayRequest>()
  expectTypeOf(web.toGatewayRequest(new Request('http://h/'))).toEqualTypeOf<GatewayRequest>()
  const outcome = await authorizer.evaluate(node.toGatewayRequest(request), { signal: new AbortController().signal })
  expectTypeOf(outcome).toEqualTypeOf<Outcome<Record<string, string | null>>>()
  if (!outcome.allowed) {
    expectTypeOf(outcome.response).toEqualTypeOf<GatewayResponse>()
    node.writeGatewayResponse(response, outcome.response)
    expectTypeOf(web.toResponse(outcome.response)).toEqualTypeOf<Response>()
  }
  // @ts-expect-error -- misspelt
  node.toGatewayRequest(request, { url: '/' })
  // @ts-expect-error -- not a request of the web
  web.toGatewayRequest(request)
})

test('a store of one’s own', () => {
  const store: Store = { get: async () => undefined, set: () => undefined, delete: async () => undefined }
  createAuthorizer({ authorize: () => true, store, name: 'pets' })
  // @ts-expect-error -- delete is missing
  const half: Store = { get: () => undefined, set: () => undefined }
  void half
  // @ts-expect-error -- a hit has a form
  const odd: Store = { ...store, get: () => ({ value: 1 }) }
  void odd
})

test('a request cannot be written to', () => {
  const given = node.toGatewayRequest(request)
  // @ts-expect-error -- read-only
  given.method = 'GET'
  // @ts-expect-error -- read-only
  given.headers[0] = ['a', 'b']
  // @ts-expect-error -- read-only
  given.queryParameters.push({ name: 'a', value: 'b' })
  // @ts-expect-error -- a method, not an object
  void given.headers.authorization
})
