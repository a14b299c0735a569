/** Custom authorizers in Koa 2 and 3: `app.use(customAuthorizer(fn))`, per-route guards. @module */
import type {
  Authorizer,
  AuthorizerContext,
  ContextRequirement,
  GatewayRequest,
  RequestEdits,
  ScopeRequirement,
} from '@custom-authorizer/core'
import {
  type AuthorizerReference,
  contextRequirement,
  createMount,
  frameworkObject,
  type CustomAuthorizer,
  type Guarded,
  type MiddlewareType,
  type Denying,
  editTarget,
  type GuardResult,
  type Requirement,
  readAuthorizer,
  scopeRequirement,
  REPRESENTATION_HEADERS,
  targetEdits,
  writableResponse,
} from '@custom-authorizer/core/adapter'
import { guardRequest, replaceParsed, setHeaderLines } from '@custom-authorizer/core/node'
import type { DefaultContext, DefaultState, Middleware, Next, ParameterizedContext } from 'koa'
import { currentOf, KoaPlace, type RoutedContext } from './place.ts'

export { assertGuarded, type AssertGuardedOptions } from './assert-guarded.ts'

/** The members that `customAuthorizer` adds to `ctx.state`. */
export interface AuthorizerState<TContext = Record<string, unknown>> {
  authorizer: AuthorizerContext<TContext>
}

/**
 * A Koa middleware with its authorizer, so that `getAuthorizer(ctx, middleware)` is typed. The first signature makes it a
 * `Middleware` of any state. TypeScript infers from the last one, which adds the authorizer to the state.
 */
export interface AuthorizerMiddleware<TContext> {
  (context: ParameterizedContext, next: Next): Promise<unknown>
  (context: ParameterizedContext<AuthorizerState<TContext>>, next: Next): Promise<unknown>
  readonly authorizer: Authorizer<TContext>
}

/**
 * By default, `@koa/router` ignores letter case and a trailing slash. The root of a mounted router responds with and without a
 * slash, also if the router is strict.
 */
const ROUTING = { caseSensitive: false, strict: false, decodes: false, looseMounts: true }

/**
 * Sets the response on the context as handlers do, so that middleware before the guard can complete it. A gateway response
 * that cannot be written is replaced with a 500.
 */
const respond = (ctx: ParameterizedContext, { denied, error }: Denying): void => {
  if (error !== undefined) throw error
  const { status, headers, body } = writableResponse(denied.response)
  for (const name of REPRESENTATION_HEADERS) ctx.remove(name)
  ctx.status = status
  setHeaderLines(ctx.res, headers)
  ctx.body = body
}

/** Koa's request, with its cached URL. */
type KoaRequest = ParameterizedContext['request'] & { memoizedURL?: unknown }

/** Applies edits to Koa's copies of the target: `originalUrl`, with `href` and `URL`, and queries set by middleware. */
const editKoaViews = (ctx: ParameterizedContext, edits: RequestEdits): void => {
  const changes = targetEdits(edits)
  if (changes === undefined) return
  const request = ctx.request as KoaRequest
  for (const holder of [ctx, request]) {
    const edited = editTarget(holder.originalUrl, edits)
    if (edited !== holder.originalUrl) holder.originalUrl = edited
  }
  // Koa caches `URL`, which it builds from `originalUrl`.
  if (request.memoizedURL !== undefined) request.memoizedURL = undefined
  const { query } = changes
  if (query === undefined) return
  const fresh = (): object => Reflect.get(Object.getPrototypeOf(request) as object, 'query', request) as object
  for (const holder of [ctx, request])
    if (Object.hasOwn(holder, 'query')) replaceParsed(holder, 'query', query, { fresh, former: fresh })
}

const settle = (
  ctx: ParameterizedContext,
  next: Next,
  result: GuardResult<Record<string, unknown>>,
): Promise<unknown> | undefined => {
  if (result.kind === 'denied') {
    respond(ctx, result)
    return undefined
  }
  editKoaViews(ctx, result.edits)
  if (result.kind === 'allowed') {
    ctx.state['authorizer'] = result.authorizer
    setHeaderLines(ctx.res, result.responseHeaders)
  } else if (result.failure !== undefined) ctx.state['authorizerFailure'] = result.failure
  return next()
}

interface KoaMiddleware extends MiddlewareType {
  readonly middleware: AuthorizerMiddleware<this['context']>
}

/** Guards an app, a router or a route. The context is in `ctx.state.authorizer`; `getAuthorizer(ctx)` also returns it. */
export const customAuthorizer: CustomAuthorizer<KoaMiddleware> = (guarded: Guarded, options?: object) => {
  const mount = createMount(guarded, options, ROUTING)
  // oxlint-disable-next-line no-shadow -- the name appears in stack traces
  const middleware = function customAuthorizer(ctx: ParameterizedContext, next: Next): Promise<unknown> {
    // Koa responds to a rejected promise with 500; not every composer of middleware handles an exception.
    try {
      const result = guardRequest(mount, ctx.req, new KoaPlace(ctx, middleware))
      return result instanceof Promise
        ? result.then((settled) => settle(ctx, next, settled))
        : Promise.resolve(settle(ctx, next, result))
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
  ctx: RoutedContext,
  reference?: AuthorizerReference<TContext>,
): AuthorizerContext<TContext> => readAuthorizer(ctx.req, () => currentOf(ctx), reference)

/**
 * Returns Koa's context for a native authorizer, with members such as `session` and `state.user` that earlier middleware has added. Name what determines the caller in
 * `identitySources` if you cache results: the object is not part of the cache key.
 *
 * @throws {AuthorizerError} `ERR_FRAMEWORK` if the request comes from another adapter
 * @example
 * customAuthorizer((request) => getKoaContext(request).state.user !== undefined)
 */
export const getKoaContext = <TState = DefaultState, TContext = DefaultContext>(
  request: GatewayRequest,
): ParameterizedContext<TState, TContext> =>
  frameworkObject<ParameterizedContext<TState, TContext>>('getKoaContext', request, ['req', 'state'])

const toMiddleware =
  (requirement: Requirement): Middleware =>
  (ctx, next) => {
    const denied = requirement(ctx.req, () => currentOf(ctx))
    if (denied === undefined) return next()
    respond(ctx, denied)
    return undefined
  }

/**
 * Denies requests whose authorizer context does not have these values: `requireContext({ role: ['admin', 'owner'] })`. With
 * `reference` (a middleware or an authorizer), checks the context of that authorizer, and the values against its type.
 */
export const requireContext = <TContext = Record<string, unknown>>(
  requirement: ContextRequirement<NoInfer<TContext>>,
  reference?: AuthorizerReference<TContext>,
): Middleware => toMiddleware(contextRequirement<TContext>(requirement, reference))

/** Denies requests whose caller does not have these scopes in the context's `scope`, `scp` or `scopes`. */
export const requireScopes = (...requirements: readonly ScopeRequirement[]): Middleware =>
  toMiddleware(scopeRequirement(requirements))
