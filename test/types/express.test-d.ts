/** Types of the Express adapter. */
import { allow, type AuthorizerContext, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer, getAuthorizer, requireContext, requireScopes } from '@custom-authorizer/express'
import type { APIGatewayTokenAuthorizerHandler } from 'aws-lambda'
import express, { type Request, type RequestHandler, Router } from 'express'
import { describe, expectTypeOf, test } from 'vitest'

declare const authorize: () => boolean
declare const text: string
declare const count: number
const native = customAuthorizer(() => allow({ principalId: 'alice', context: { role: text } }))
type TypedAuthorizer = AuthorizerContext<{ readonly role: string }>

declare const handler: APIGatewayTokenAuthorizerHandler
declare const request: Request

test('a guard is accepted wherever Express takes a middleware', () => {
  const app = express()
  app.use(native)
  app.use('/api', native)
  app.get('/pets', native, (_, response) => response.json({}))
  app.all(/^\/x/, native)
  app.param('id', (_request, _response, next) => next())
  Router().use(native, requireContext({ role: 'admin' }), requireScopes('read', 'write'))
  app.use(customAuthorizer(handler, { contract: aws.token() }))
  app.use(customAuthorizer(createAuthorizer({ authorize: handler, contract: aws.token() }), { skip: ['/health'] }))
  app.delete('/pets/:id', native, requireContext({ role: ['admin', 'owner'] }), (given, response) => {
    response.json(getAuthorizer(given, native).context.role)
  })
})

test('a guard keeps the route types of Express', () => {
  const app = express()
  app.get('/pets/:id', native, ({ params, query }) => {
    expectTypeOf(params).toEqualTypeOf<{ id: string }>()
    expectTypeOf(query).not.toBeAny()
  })
  app.get('/pets/:id', requireContext({ role: 'admin' }), requireScopes('read'), ({ params }) => {
    expectTypeOf(params).toEqualTypeOf<{ id: string }>()
  })
  app.get('/pets/:id', native, requireContext({ role: 'admin' }), ({ params }, response) => {
    expectTypeOf(params).toEqualTypeOf<{ id: string }>()
    expectTypeOf(response.locals.authorizer).toEqualTypeOf<TypedAuthorizer>()
  })
})

test('response.locals is typed on the route with the guard', () => {
  express().get('/pets', native, (_, response) => {
    expectTypeOf(response.locals.authorizer).toEqualTypeOf<TypedAuthorizer>()
  })
})

describe('getAuthorizer', () => {
  test('getAuthorizer is typed by a middleware', () => {
    expectTypeOf(getAuthorizer(request, native)).toEqualTypeOf<TypedAuthorizer>()
  })

  test('getAuthorizer is typed by an authorizer', () => {
    const authorizer = createAuthorizer({ authorize: async () => allow({ context: { n: count } }) })
    expectTypeOf(getAuthorizer(request, authorizer)).toEqualTypeOf<AuthorizerContext<{ readonly n: number }>>()
    expectTypeOf(getAuthorizer(request, customAuthorizer(authorizer)).context.n).toEqualTypeOf<number>()
  })

  test('getAuthorizer is typed by a Lambda handler with string values', () => {
    const guard = customAuthorizer(
      async () => ({ principalId: 'alice', policyDocument: { Statement: [] }, context: { level: 3 } }),
      { contract: aws.token() },
    )
    expectTypeOf(getAuthorizer(request, guard).context).toEqualTypeOf<{ level: string }>()
  })

  test('getAuthorizer without a guard has an open context', () => {
    expectTypeOf(getAuthorizer(request)).toEqualTypeOf<AuthorizerContext>()
    expectTypeOf(getAuthorizer<{ role: string }>(request).context.role).toEqualTypeOf<string>()
  })
})

test('a guard has the authorizer and is a RequestHandler', () => {
  expectTypeOf(native).not.toBeAny()
  expectTypeOf(native.authorizer.name).toEqualTypeOf<string>()
  expectTypeOf(native).toExtend<RequestHandler>()
  expectTypeOf(native).toExtend<RequestHandler<{ id: string }, { ok: boolean }>>()
  expectTypeOf(requireContext({ role: 'admin' })).toExtend<RequestHandler>()
  expectTypeOf(requireScopes('read')).toExtend<RequestHandler>()
})

test('invalid arguments do not compile', () => {
  // @ts-expect-error -- misspelled
  customAuthorizer(authorize, { skips: ['/health'] })
  // @ts-expect-error -- must be a list
  customAuthorizer(authorize, { skip: '/health' })
  // @ts-expect-error -- must be one of the two strings
  customAuthorizer(authorize, { preflight: true })
  // @ts-expect-error -- must be a list of addresses
  customAuthorizer(authorize, { trustedProxies: true })
  // @ts-expect-error -- the contract must be called
  customAuthorizer(authorize, { contract: aws.token })
  // @ts-expect-error -- a policy is not a result of the native contract
  customAuthorizer(handler)
  // @ts-expect-error -- a boolean is not a policy
  customAuthorizer(authorize, { contract: aws.token() })
  // @ts-expect-error -- an option of createAuthorizer
  customAuthorizer(createAuthorizer({ authorize }), { timeoutMs: 5 })
  // @ts-expect-error -- the function is the first argument
  customAuthorizer({ authorize })
  // @ts-expect-error -- the function is missing
  customAuthorizer()
  // @ts-expect-error -- must be a value, a list or a predicate
  requireContext({ role: { is: 'admin' } })
  // @ts-expect-error -- a predicate must return a boolean
  requireContext({ role: async () => true })
  // @ts-expect-error -- a predicate must return a boolean
  requireContext(async () => true)
  // @ts-expect-error -- misspelled
  requireScopes({ any: ['read'] })
  // @ts-expect-error -- scopes are strings
  requireScopes(1)
  // @ts-expect-error -- the context has no such member
  void getAuthorizer(request, native).context.tenant
  // @ts-expect-error -- not a request
  getAuthorizer({})
  // @ts-expect-error -- not a guard
  getAuthorizer(request, requireScopes('read'))
})

test('requireContext compares values with the context type of a referenced guard', () => {
  const guard = customAuthorizer(() => allow({ context: { admin: 'true', level: count } }))
  requireContext({ admin: 'true', level: [1, 2] }, guard)
  requireContext({ level: (level) => (level ?? 0) > 2 }, guard)
  // @ts-expect-error -- the context has text
  requireContext({ admin: true }, guard)
  // @ts-expect-error -- the context has no such key
  requireContext({ role: 'admin' }, guard)
  requireContext({ anything: true })
})
