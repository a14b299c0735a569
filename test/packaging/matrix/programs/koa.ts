/** Koa guards wherever an application passes a `Middleware`. */
import { allow } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { assertGuarded, customAuthorizer, getAuthorizer, requireContext, requireScopes } from '@custom-authorizer/koa'
import Router from '@koa/router'
import type { APIGatewayTokenAuthorizerHandler } from 'aws-lambda'
import Koa, { type Context, type Middleware, type Next } from 'koa'

declare const text: string
declare const handler: APIGatewayTokenAuthorizerHandler

export const guard = customAuthorizer(() => allow({ principalId: 'alice', context: { role: text } }))
export const lambdaGuard = customAuthorizer(handler, { contract: aws.token(), skip: ['/health'] })

export const declared: Middleware = customAuthorizer(handler, { contract: aws.token() })
const byGuard: Middleware = guard
export const requirement: Middleware = requireContext({ role: 'admin' })
export const chain: Middleware[] = [guard, lambdaGuard, requirement, requireScopes('read')]

interface State {
  session: { id: string }
  [name: string]: unknown
}
interface Extra {
  tenant: string
}

export const onlyFor =
  (method: string, inner: Middleware): Middleware =>
  (ctx, next) =>
    ctx.method === method ? inner(ctx, next) : next()
export const wrapped: Middleware[] = [onlyFor('POST', guard), onlyFor('POST', requireScopes('read'))]
export const called = (ctx: Context, next: Next): unknown => requireScopes('read')(ctx, next)

export const start = (): Koa => {
  const app = new Koa()
  app.use(guard)
  for (const each of chain) app.use(each)
  app.use((ctx) => {
    ctx.body = getAuthorizer(ctx, guard).context.role.length
    // @ts-expect-error -- the context has no such member
    void getAuthorizer(ctx, guard).context.tenant
  })
  new Koa().use(guard).use((ctx) => void (ctx.body = ctx.state.authorizer.context.role.length))
  return app
}

export const startTyped = (): Koa<State, Extra> => {
  const app = new Koa<State, Extra>()
  app.use(guard)
  app.use(requireContext({ role: 'admin' }))
  app.use(async (ctx, next) => {
    ctx.body = [ctx.state.session.id, ctx.tenant, getAuthorizer(ctx, guard).context.role]
    await next()
  })
  return app
}

export const startRouter = (): Router => {
  const router = new Router()
  router.use(guard, requireContext({ role: 'admin' }))
  router.get('/pets/:id', guard, requireScopes('read'), (ctx) => {
    ctx.body = [ctx.params['id'], getAuthorizer(ctx, guard).context.role]
  })
  const typed = new Router<State, Extra>()
  typed.use(guard)
  typed.get('/pets/:id', lambdaGuard, (ctx) => void (ctx.body = [ctx.state.session.id, ctx.tenant]))
  start().use(router.routes()).use(router.allowedMethods())
  return router
}

export const check = (): void => assertGuarded(start())

// Guards in an application with its own state.
export const typedChain: Middleware<State, Extra>[] = [guard, lambdaGuard, requireScopes('read')]
const typed: Middleware<State, Extra> = guard
export const assigned = { byGuard, typed }
export const callsGuard = (ctx: Context, next: Next): unknown => guard(ctx, next)
export const callsInTyped: Middleware<State, Extra> = (ctx, next) => guard(ctx, next)
export const callsRequirement: Middleware<State, Extra> = (ctx, next) => requireScopes('read')(ctx, next)
