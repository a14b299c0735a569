/** Types of the node:http adapter and of the parts for custom adapters and stores. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  allow,
  type Authorizer,
  type AuthorizerContext,
  createAuthorizer,
  type GatewayRequest,
  type GatewayResponse,
  native,
  type Outcome,
  type Store,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as web from '@custom-authorizer/core/fetch'
import * as node from '@custom-authorizer/core/node'
import type { APIGatewayTokenAuthorizerHandler } from 'aws-lambda'
import { Server, type Socket } from 'socket.io'
import { expectTypeOf, test } from 'vitest'

declare const text: string
declare const handler: APIGatewayTokenAuthorizerHandler
declare const request: IncomingMessage
declare const response: ServerResponse

test('a guard for node:http is typed by its function', () => {
  const guard = node.customAuthorizer(() => allow({ context: { role: text } }))
  createServer((req, res) => guard(req, res, () => res.end(node.getAuthorizer(req, guard).context.role)))
  expectTypeOf(guard).not.toBeAny()
  expectTypeOf(node.getAuthorizer(request, guard)).toEqualTypeOf<AuthorizerContext<{ readonly role: string }>>()
  expectTypeOf(node.getAuthorizer(request)).toEqualTypeOf<AuthorizerContext>()
  node.customAuthorizer(handler, { contract: aws.token(), skip: ['/health'] })
  node.requireContext({ role: 'admin' })(request, response, () => undefined)
  // @ts-expect-error -- misspelled
  node.customAuthorizer(handler, { contract: aws.token(), skips: [] })
  // @ts-expect-error -- a policy is not a result of the native contract
  node.customAuthorizer(handler)
  // @ts-expect-error -- next is missing
  guard(request, response)
})

test('a guard for Socket.IO fits io.use, with and without types of events and data', () => {
  const guard = node.guardSocket(() => allow({ context: { role: text } }), { authHeaders: { 'x-a': '{a}' } })
  new Server().use(guard).of('/admin').use(guard)
  interface Data {
    authorizer: AuthorizerContext<{ readonly role: string }>
  }
  interface Events {
    ping: (count: number) => void
  }
  new Server<Events, Events, Events, Data>().use(guard)
  expectTypeOf<Socket<Events, Events, Events, Data>>().toExtend<node.GuardedSocket>()
  expectTypeOf(guard.authorizer).toEqualTypeOf<Authorizer<{ readonly role: string }>>()
  // @ts-expect-error -- there is no request to write to
  node.guardSocket(() => true, { contextHeaders: 'x-a-' })
  // @ts-expect-error -- a text with a member in braces
  node.guardSocket(() => true, { authHeaders: { authorization: 7 } })
  node.guardUpgrade(() => true, { closeAtExpiry: true, contract: native({ readsCookies: true }) })
})

test('a custom adapter compiles with public parts', async () => {
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
  // @ts-expect-error -- misspelled
  node.toGatewayRequest(request, { url: '/' })
  // @ts-expect-error -- not a web Request
  web.toGatewayRequest(request)
})

test('a custom store compiles', () => {
  const store: Store = { get: async () => undefined, set: () => undefined, delete: async () => undefined }
  createAuthorizer({ authorize: () => true, store, name: 'pets' })
  // @ts-expect-error -- delete is missing
  const half: Store = { get: () => undefined, set: () => undefined }
  void half
  // @ts-expect-error -- a stored entry has another type
  const odd: Store = { ...store, get: () => ({ value: 1 }) }
  void odd
})

test('GatewayRequest is read-only', () => {
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
