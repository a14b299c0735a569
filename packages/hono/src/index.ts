/** Custom authorizers in Hono: `app.use(customAuthorizer(fn))`, per-route guards. @module */
import type {
  Authorizer,
  AuthorizerContext,
  ContextRequirement,
  GatewayRequest,
  ScopeRequirement,
} from '@custom-authorizer/core'
import {
  type AuthorizerReference,
  contextRequirement,
  createMount,
  frameworkObject,
  type CustomAuthorizer,
  type Guarded,
  type GuardResult,
  type MiddlewareType,
  readAuthorizer,
  type Requirement,
  scopeRequirement,
} from '@custom-authorizer/core/adapter'
import type { Context, Env, MiddlewareHandler, Next } from 'hono'
import { currentOf } from './incoming.ts'
import { applyEdits } from './request.ts'
import { addHeaders, respond } from './response.ts'
import { runMount } from './run-mount.ts'

export { assertGuarded, type AssertGuardedOptions } from './assert-guarded.ts'

/** The variables that `customAuthorizer` sets. */
export interface AuthorizerVariables<TContext = Record<string, unknown>> {
  authorizer: AuthorizerContext<TContext>
}

/**
 * A Hono middleware with its authorizer, so that `getAuthorizer(c, middleware)` is typed. The first signature makes it a
 * `MiddlewareHandler` of any environment. TypeScript infers from the last one, which adds the variables to a route.
 */
export interface AuthorizerMiddleware<TContext> {
  (c: Context, next: Next): Promise<Response | void>
  (c: Context<{ Variables: AuthorizerVariables<TContext> }, string>, next: Next): Promise<Response | void>
  readonly authorizer: Authorizer<TContext>
}

/**
 * Hono's routers compare decoded text, case-sensitively. Each request shows whether its router is strict about a trailing
 * slash; `mount()`, `/*` and static files never are.
 */
const ROUTING = { caseSensitive: true, strict: true, decodes: true, looseMounts: true }

const settle = (c: Context, next: Next, result: GuardResult<Record<string, unknown>>): Promise<Response | void> => {
  if (result.kind === 'denied') return respond(c, result)
  applyEdits(c, result.edits)
  if (result.kind === 'allowed') c.set('authorizer', result.authorizer)
  else if (result.failure !== undefined) c.set('authorizerFailure', result.failure)
  if (result.kind !== 'allowed' || result.responseHeaders.length === 0) return next()
  return next().then(() => addHeaders(c, result.responseHeaders))
}

interface HonoMiddleware extends MiddlewareType {
  readonly middleware: AuthorizerMiddleware<this['context']>
}

/** Guards an app or a route. The context is in `c.var.authorizer`; `getAuthorizer(c)` also returns it. */
export const customAuthorizer: CustomAuthorizer<HonoMiddleware> = (guarded: Guarded, options?: object) => {
  const mount = createMount(guarded, options, ROUTING)
  // oxlint-disable-next-line no-shadow -- the name appears in stack traces
  const middleware: MiddlewareHandler = function customAuthorizer(c, next) {
    // Hono responds to a rejected promise with 500.
    try {
      const result = runMount(c, mount)
      return result instanceof Promise ? result.then((settled) => settle(c, next, settled)) : settle(c, next, result)
    } catch (error) {
      // oxlint-disable-next-line prefer-promise-reject-errors -- passed on as it is
      return Promise.reject(error)
    }
  }
  return Object.assign(middleware, { authorizer: mount.authorizer as Authorizer<never> })
}

/**
 * Returns the authorizer's context for this request. With `reference` (a middleware or an authorizer), returns the context of
 * that authorizer, typed from its function.
 *
 * @throws {AuthorizerError} `ERR_NOT_AUTHORIZED` if it has not allowed the request
 */
export const getAuthorizer = <TContext = Record<string, unknown>>(
  c: Context,
  reference?: AuthorizerReference<TContext>,
): AuthorizerContext<TContext> => readAuthorizer(c, () => currentOf(c), reference)

/**
 * Returns Hono's context for a native authorizer, with the bindings in `c.env` and the variables in `c.var`. Name what determines the caller in
 * `identitySources` if you cache results: the object is not part of the cache key.
 *
 * @throws {AuthorizerError} `ERR_FRAMEWORK` if the request comes from another adapter
 * @example
 * customAuthorizer((request) => getHonoContext<Env>(request).env.SESSIONS.get(id))
 */
export const getHonoContext = <E extends Env = Env>(request: GatewayRequest): Context<E> =>
  frameworkObject<Context<E>>('getHonoContext', request, ['req', 'var'])

const toMiddleware =
  (requirement: Requirement): MiddlewareHandler =>
  (c, next) => {
    const denied = requirement(c, () => currentOf(c))
    return denied === undefined ? next() : respond(c, denied)
  }

/**
 * Denies requests whose authorizer context does not have these values: `requireContext({ role: ['admin', 'owner'] })`. With
 * `reference` (a middleware or an authorizer), checks the context of that authorizer, and the values against its type.
 */
export const requireContext = <TContext = Record<string, unknown>>(
  requirement: ContextRequirement<NoInfer<TContext>>,
  reference?: AuthorizerReference<TContext>,
): MiddlewareHandler => toMiddleware(contextRequirement<TContext>(requirement, reference))

/** Denies requests whose caller does not have these scopes in the context's `scope`, `scp` or `scopes`. */
export const requireScopes = (...requirements: readonly ScopeRequirement[]): MiddlewareHandler =>
  toMiddleware(scopeRequirement(requirements))
