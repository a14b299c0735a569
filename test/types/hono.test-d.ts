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
type Said = AuthorizerContext<{ readonly role: string }>

declare const handler: APIGatewayTokenAuthorizerHandler
declare const c: Context

test('a guard stands wherever Hono takes a middleware', () => {
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

test('variables are typed in the rest of a chain, and on the route that has the guard', () => {
  new Hono().use(native).get('/pets', (given) => {
    expectTypeOf(given.var.authorizer).toEqualTypeOf<Said>()
    expectTypeOf(given.get('authorizer')).toEqualTypeOf<Said>()
    return given.json(given.var.authorizer)
  })
  new Hono().get('/pets', native, (given) => {
    expectTypeOf(given.var.authorizer.context.role).toEqualTypeOf<string>()
    return given.text(given.var.authorizer.principalId)
  })
})

test('getAuthorizer is typed from what it is asked about', () => {
  expectTypeOf(getAuthorizer(c, native)).toEqualTypeOf<Said>()
  const authorizer = createAuthorizer({ authorize: async () => allow({ context: { n: count } }) })
  expectTypeOf(getAuthorizer(c, authorizer)).toEqualTypeOf<AuthorizerContext<{ readonly n: number }>>()
  expectTypeOf(getAuthorizer(c)).toEqualTypeOf<AuthorizerContext>()
})

test('what a guard is', () => {
  expectTypeOf(native).not.toBeAny()
  expectTypeOf(native.authorizer.name).toEqualTypeOf<string>()
  expectTypeOf(requireContext({ role: 'admin' })).toExtend<MiddlewareHandler>()
  expectTypeOf(requireScopes('read')).toExtend<MiddlewareHandler>()
})

test('what must not compile', () => {
  // @ts-expect-error -- misspelt
  customAuthorizer(authorize, { skips: ['/health'] })
  // @ts-expect-error -- a policy where the native contract is in use
  customAuthorizer(handler)
  // @ts-expect-error -- yes is no policy
  customAuthorizer(authorize, { contract: aws.token() })
  // @ts-expect-error -- belongs to createAuthorizer
  customAuthorizer(createAuthorizer({ authorize }), { timeoutMs: 5 })
  // @ts-expect-error -- options, not a function
  customAuthorizer({ authorize })
  // @ts-expect-error -- the context has no such member
  void getAuthorizer(c, native).context.tenant
  // @ts-expect-error -- not a context
  getAuthorizer({})
  new Hono().use(native).get('/pets', (given) => {
    // @ts-expect-error -- misspelt
    void given.var.authoriser
    // @ts-expect-error -- the context has no such member
    void given.var.authorizer.context.tenant
    return given.text('')
  })
  new Hono().get('/pets', (given) => {
    // @ts-expect-error -- no guard stands here
    void given.var.authorizer
    return given.text('')
  })
})
