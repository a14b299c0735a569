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
type Said = AuthorizerContext<{ readonly role: string }>

declare const handler: APIGatewayTokenAuthorizerHandler
declare const request: Request

test('a guard stands wherever Express takes a middleware', () => {
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

test('what Express knows of a route is not lost behind a guard', () => {
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
    expectTypeOf(response.locals.authorizer).toEqualTypeOf<Said>()
  })
})

test('locals are typed on the route that has the guard', () => {
  express().get('/pets', native, (_, response) => {
    expectTypeOf(response.locals.authorizer).toEqualTypeOf<Said>()
  })
})

describe('getAuthorizer is typed from', () => {
  test('a middleware', () => {
    expectTypeOf(getAuthorizer(request, native)).toEqualTypeOf<Said>()
  })

  test('an authorizer', () => {
    const authorizer = createAuthorizer({ authorize: async () => allow({ context: { n: count } }) })
    expectTypeOf(getAuthorizer(request, authorizer)).toEqualTypeOf<AuthorizerContext<{ readonly n: number }>>()
    expectTypeOf(getAuthorizer(request, customAuthorizer(authorizer)).context.n).toEqualTypeOf<number>()
  })

  test('a Lambda handler, whose values are text', () => {
    const guard = customAuthorizer(
      async () => ({ principalId: 'alice', policyDocument: { Statement: [] }, context: { level: 3 } }),
      { contract: aws.token() },
    )
    expectTypeOf(getAuthorizer(request, guard).context).toEqualTypeOf<{ level: string }>()
  })

  test('nothing, and is then open', () => {
    expectTypeOf(getAuthorizer(request)).toEqualTypeOf<AuthorizerContext>()
    expectTypeOf(getAuthorizer<{ role: string }>(request).context.role).toEqualTypeOf<string>()
  })
})

test('what a guard is', () => {
  expectTypeOf(native).not.toBeAny()
  expectTypeOf(native.authorizer.name).toEqualTypeOf<string>()
  expectTypeOf(requireContext({ role: 'admin' })).toExtend<RequestHandler>()
  expectTypeOf(requireScopes('read')).toExtend<RequestHandler>()
})

test('what must not compile', () => {
  // @ts-expect-error -- misspelt
  customAuthorizer(authorize, { skips: ['/health'] })
  // @ts-expect-error -- a list
  customAuthorizer(authorize, { skip: '/health' })
  // @ts-expect-error -- neither of the two
  customAuthorizer(authorize, { preflight: true })
  // @ts-expect-error -- not every address
  customAuthorizer(authorize, { trustedProxies: true })
  // @ts-expect-error -- called, please
  customAuthorizer(authorize, { contract: aws.token })
  // @ts-expect-error -- a policy where the native contract is in use
  customAuthorizer(handler)
  // @ts-expect-error -- yes is no policy
  customAuthorizer(authorize, { contract: aws.token() })
  // @ts-expect-error -- belongs to createAuthorizer
  customAuthorizer(createAuthorizer({ authorize }), { timeoutMs: 5 })
  // @ts-expect-error -- options, not a function
  customAuthorizer({ authorize })
  // @ts-expect-error -- no function
  customAuthorizer()
  // @ts-expect-error -- neither value, list nor test
  requireContext({ role: { is: 'admin' } })
  // @ts-expect-error -- a test answers yes or no
  requireContext({ role: async () => true })
  // @ts-expect-error -- a test answers yes or no
  requireContext(async () => true)
  // @ts-expect-error -- misspelt
  requireScopes({ any: ['read'] })
  // @ts-expect-error -- names
  requireScopes(1)
  // @ts-expect-error -- the context has no such member
  void getAuthorizer(request, native).context.tenant
  // @ts-expect-error -- not a request
  getAuthorizer({})
  // @ts-expect-error -- not a guard
  getAuthorizer(request, requireScopes('read'))
})
