/** Types of the Hono adapter. */
import { allow, type AuthorizerContext, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer, getAuthorizer, requireContext, requireScopes } from '@custom-authorizer/hono'
import type { APIGatewayTokenAuthorizerHandler } from 'aws-lambda'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { expectTypeOf, test } from 'vitest'

declare const authorize: () => boolean
declare const text: string
declare const count: number
const native = customAuthorizer(() => allow({ principalId: 'alice', context: { role: text } }))
type TypedAuthorizer = AuthorizerContext<{ readonly role: string }>

declare const handler: APIGatewayTokenAuthorizerHandler
declare const c: Context

test('a guard is accepted wherever Hono takes a middleware', () => {
  const app = new Hono()
  app.use(native)
  app.use('/api/*', native)
  app.use(customAuthorizer(handler, { contract: aws.token() }))
  app.use(customAuthorizer(createAuthorizer({ authorize: handler, contract: aws.token() }), { skip: ['/health'] }))
  app.use(requireContext({ role: 'admin' }), requireScopes('read'))
  app.get('/pets/:id', native, requireContext({ role: 'admin' }), (given) => {
    expectTypeOf(given.req.param('id')).toEqualTypeOf<string>()
    return given.json(getAuthorizer(given, native))
  })
})

test('variables are typed in the rest of a chain and on the route with the guard', () => {
  new Hono().use(native).get('/pets', (given) => {
    expectTypeOf(given.var.authorizer).toEqualTypeOf<TypedAuthorizer>()
    expectTypeOf(given.get('authorizer')).toEqualTypeOf<TypedAuthorizer>()
    return given.json(given.var.authorizer)
  })
  new Hono().get('/pets', native, (given) => {
    expectTypeOf(given.var.authorizer.context.role).toEqualTypeOf<string>()
    return given.text(given.var.authorizer.principalId)
  })
})

test('getAuthorizer is typed by a guard or an authorizer', () => {
  expectTypeOf(getAuthorizer(c, native)).toEqualTypeOf<TypedAuthorizer>()
  const authorizer = createAuthorizer({ authorize: async () => allow({ context: { n: count } }) })
  expectTypeOf(getAuthorizer(c, authorizer)).toEqualTypeOf<AuthorizerContext<{ readonly n: number }>>()
  expectTypeOf(getAuthorizer(c)).toEqualTypeOf<AuthorizerContext>()
})

test('a guard has the authorizer and is a MiddlewareHandler', () => {
  expectTypeOf(native).not.toBeAny()
  expectTypeOf(native.authorizer.name).toEqualTypeOf<string>()
  expectTypeOf(native).toExtend<MiddlewareHandler>()
  expectTypeOf(native).toExtend<MiddlewareHandler<{ Bindings: { KEYS: string }; Variables: { session: string } }>>()
  expectTypeOf(requireContext({ role: 'admin' })).toExtend<MiddlewareHandler>()
  expectTypeOf(requireScopes('read')).toExtend<MiddlewareHandler>()
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
  // @ts-expect-error -- the context has no such member
  void getAuthorizer(c, native).context.tenant
  // @ts-expect-error -- not a context
  getAuthorizer({})
  new Hono().use(native).get('/pets', (given) => {
    // @ts-expect-error -- misspelled
    void given.var.authoriser
    // @ts-expect-error -- the context has no such member
    void given.var.authorizer.context.tenant
    return given.text('')
  })
  new Hono().get('/pets', (given) => {
    // @ts-expect-error -- this route has no guard
    void given.var.authorizer
    return given.text('')
  })
})
