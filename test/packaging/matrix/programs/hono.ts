/** Hono guards in typed applications, in `createMiddleware`, and in `hono/combine`. */
import { allow } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import {
  assertGuarded,
  type AuthorizerVariables,
  customAuthorizer,
  getAuthorizer,
  requireContext,
  requireScopes,
} from '@custom-authorizer/hono'
import type { APIGatewayTokenAuthorizerHandler } from 'aws-lambda'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { hc } from 'hono/client'
import { every, except, some } from 'hono/combine'
import { createFactory, createMiddleware } from 'hono/factory'

declare const text: string
declare const handler: APIGatewayTokenAuthorizerHandler

export const guard = customAuthorizer(() => allow({ principalId: 'alice', context: { role: text } }))
export const lambdaGuard = customAuthorizer(handler, { contract: aws.token(), skip: ['/health'] })

type Role = { role: string }
export type Env = {
  Bindings: { KEYS: string }
  Variables: { session: string } & AuthorizerVariables<Role>
}

export const declared: MiddlewareHandler = customAuthorizer(handler, { contract: aws.token() })
const byGuard: MiddlewareHandler = guard
const typed: MiddlewareHandler<Env> = guard
export const assigned = { byGuard, typed }
export const requirement: MiddlewareHandler<Env> = requireContext({ role: 'admin' })
export const chain: MiddlewareHandler[] = [guard, lambdaGuard, requireScopes('read')]
export const typedChain: MiddlewareHandler<Env>[] = [guard, requireScopes('read')]

export const composed = createMiddleware<Env>(async (c, next) => {
  c.set('session', c.env.KEYS)
  const rejected = await guard(c, next)
  if (rejected !== undefined) return rejected
  void getAuthorizer(c, guard).context.role.length
  return undefined
})
export const passedOn = createMiddleware<Env>((c, next) => guard(c, next))
export const checked = createMiddleware<Env>(async (c, next) => requireContext({ role: 'admin' })(c, next))
export const called = (c: Context, next: () => Promise<void>): unknown => guard(c, next)
export const calledTyped = (c: Context<Env>, next: () => Promise<void>): unknown => lambdaGuard(c, next)

export const combined = {
  every: every(guard, requireScopes('read')),
  some: some(guard, lambdaGuard),
  except: except('/health', guard),
}

export const start = () => {
  const app = new Hono<Env>()
  app.use('*', guard)
  app.use(composed, checked, passedOn)
  app.use('/api/*', every(guard, requireContext({ role: 'admin' })), some(guard, lambdaGuard))
  app.use(except(['/health', '/ready'], guard))
  app.get('/pets/:id', guard, requireScopes('read'), (c) =>
    c.json([c.req.param('id').length, c.var.session.length, c.env.KEYS.length, getAuthorizer(c, guard).context.role]),
  )
  app.get('/variables', (c) => c.text(c.get('authorizer').context.role))
  return app.get('/pets', (c) => c.json({ role: c.var.authorizer.context.role }))
}

export const startUntyped = () =>
  new Hono().use('*', guard).get('/pets/:id', requireContext({ role: 'admin' }), (c) => {
    // @ts-expect-error -- the context has no such member
    void c.var.authorizer.context.tenant
    return c.json([c.req.param('id').length, c.var.authorizer.context.role.length])
  })

/** A client keeps the types of the routes. */
export const client = async (): Promise<string> => {
  const response = await hc<ReturnType<typeof start>>('http://localhost').pets.$get()
  const { role } = await response.json()
  return role
}

export const factory = createFactory<Env>()
export const handlers = factory.createHandlers(guard, requireScopes('read'), (c) => c.text(c.var.session))
export const factoryMiddleware = factory.createMiddleware((c, next) => guard(c, next))

export const check = (): void => assertGuarded(startUntyped())
