/** Types of the Koa adapter. */
import { allow, type AuthorizerContext, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer, getAuthorizer, requireContext, requireScopes } from '@custom-authorizer/koa'
import Router from '@koa/router'
import type { APIGatewayTokenAuthorizerHandler } from 'aws-lambda'
import Koa, { type Context, type Middleware } from 'koa'
import { expectTypeOf, test } from 'vitest'

declare const authorize: () => boolean
declare const text: string
declare const count: number
const native = customAuthorizer(() => allow({ principalId: 'alice', context: { role: text } }))
type TypedAuthorizer = AuthorizerContext<{ readonly role: string }>

declare const handler: APIGatewayTokenAuthorizerHandler
declare const context: Context

test('a guard is accepted wherever Koa takes a middleware', () => {
  const app = new Koa()
  app.use(native)
  app.use(customAuthorizer(handler, { contract: aws.token() }))
  app.use(customAuthorizer(createAuthorizer({ authorize: handler, contract: aws.token() }), { skip: ['/health'] }))
  app.use(requireContext({ role: 'admin' }))
  app.use(requireScopes({ anyOf: ['read'] }))
  const router = new Router()
  router.use(native)
  router.get('/pets/:id', native, requireContext({ role: 'admin' }), (ctx) => {
    expectTypeOf(ctx.params).not.toBeAny()
    ctx.body = getAuthorizer(ctx, native).context.role
  })
  app.use(router.routes())
})

test('ctx.state is typed in the rest of a chain', () => {
  new Koa().use(native).use((ctx) => {
    expectTypeOf(ctx.state.authorizer).toEqualTypeOf<TypedAuthorizer>()
    ctx.body = ctx.state.authorizer.context.role
  })
})

test('getAuthorizer is typed by a guard or an authorizer', () => {
  expectTypeOf(getAuthorizer(context, native)).toEqualTypeOf<TypedAuthorizer>()
  const authorizer = createAuthorizer({ authorize: async () => allow({ context: { n: count } }) })
  expectTypeOf(getAuthorizer(context, authorizer)).toEqualTypeOf<AuthorizerContext<{ readonly n: number }>>()
  expectTypeOf(getAuthorizer(context)).toEqualTypeOf<AuthorizerContext>()
})

test('a guard has the authorizer and is a Middleware', () => {
  expectTypeOf(native).not.toBeAny()
  expectTypeOf(native.authorizer.name).toEqualTypeOf<string>()
  expectTypeOf(native).toExtend<Middleware>()
  expectTypeOf(native).toExtend<Middleware<{ session: string }, { tenant: string }>>()
  expectTypeOf(requireContext({ role: 'admin' })).toExtend<Middleware>()
  expectTypeOf(requireScopes('read')).toExtend<Middleware>()
})

test('invalid arguments do not compile', () => {
  // @ts-expect-error -- misspelled
  customAuthorizer(authorize, { skips: ['/health'] })
  // @ts-expect-error -- a policy is not a result of the native contract
  customAuthorizer(handler)
  // @ts-expect-error -- a boolean is not a policy
  customAuthorizer(authorize, { contract: aws.token() })
  // @ts-expect-error -- an option of createAuthorizer
  customAuthorizer(createAuthorizer({ authorize }), { timeoutMs: 5 })
  // @ts-expect-error -- the function is the first argument
  customAuthorizer({ authorize })
  // @ts-expect-error -- must be a value, a list or a predicate
  requireContext({ role: null })
  // @ts-expect-error -- the context has no such member
  void getAuthorizer(context, native).context.tenant
  // @ts-expect-error -- not a context
  getAuthorizer({})
  new Koa().use(native).use((ctx) => {
    // @ts-expect-error -- the context has no such member
    void ctx.state.authorizer.context.tenant
  })
})
