/** Custom authorizers in Koa 2 and 3: `app.use(customAuthorizer(fn))`, per-route guards. @module */
import type {
  AnyFunction,
  Authorizer,
  AuthorizerContext,
  ContextOf,
  ContextRequirement,
  ContextValues,
  GatewayResponse,
  KernelOptions,
  MountOptions,
  RequestEdits,
  ScopeRequirement,
  NativeAuthorize,
} from '@custom-authorizer/core'
import { toTemplate } from '@custom-authorizer/core/contract'
import {
  type AuthorizerReference,
  contextRequirement,
  createMount,
  type CurrentRequest,
  editTarget,
  type GuardResult,
  type FrameworkTarget,
  type Requirement,
  readAuthorizer,
  scopeRequirement,
  REPRESENTATION_HEADERS,
  targetEdits,
  writableResponse,
} from '@custom-authorizer/core/adapter'
import { frameworkTarget, guardRequest, replaceParsed } from '@custom-authorizer/core/node'
import type { Middleware, Next, ParameterizedContext } from 'koa'
import { isOutermost } from './outermost.ts'

export { assertGuarded, type AssertGuardedOptions } from './assert-guarded.ts'

/** What `customAuthorizer` puts into `ctx.state`. */
export interface AuthorizerState<TContext = Record<string, unknown>> {
  authorizer: AuthorizerContext<TContext>
}

/** A Koa middleware that knows its authorizer, so that `getAuthorizer(ctx, middleware)` is typed. */
export type AuthorizerMiddleware<TContext> = Middleware<AuthorizerState<TContext>> & {
  readonly authorizer: Authorizer<TContext>
}

/**
 * `@koa/router` compares paths without regard to case and to a trailing slash unless told otherwise.
 * Routers that are mounted answer at their root with and without a slash, however strict they are.
 */
const ROUTING = { caseSensitive: false, strict: false, looseMounts: true }

type RoutedContext = Pick<ParameterizedContext, 'req' | 'originalUrl'>

/** What `koa-mount` and `@koa/router` keep on a context. */
interface KnownToMiddleware {
  readonly mountPath?: unknown
  readonly newRouterPath?: unknown
  readonly routerPath?: unknown
  readonly _matchedRoute?: unknown
}

/** `@koa/router` matches `ctx.newRouterPath`, older ones `ctx.routerPath`, in place of the URL's path; then it sets the latter. */
const chosenByRouter = (ctx: KnownToMiddleware, url: string): string => {
  const { newRouterPath, routerPath, _matchedRoute: matched } = ctx
  const chosen = newRouterPath ?? (matched === undefined ? routerPath : undefined)
  if (typeof chosen !== 'string') return url
  const query = url.indexOf('?')
  return query < 0 ? chosen : chosen + url.slice(query)
}

/**
 * What Koa reports about the target: its own original URL, and outside of it that of the framework it is mounted in.
 * `koa-mount` names the innermost mount only, and keeps naming it after the mounted application has passed the request on;
 * a guard that stands in the outer application itself is below no mount.
 */
const targetOf = (ctx: RoutedContext, belowNoMount: boolean = false): FrameworkTarget => {
  const { mountPath } = ctx as KnownToMiddleware
  const outer = frameworkTarget(ctx.req)
  const isOuter = 'originalUrl' in ctx.req
  const base = outer.bases[0] ?? ''
  const isMounted = typeof mountPath === 'string' && !belowNoMount
  return {
    received: isOuter ? outer.received : ctx.originalUrl,
    knowsReceived: true,
    url: chosenByRouter(ctx as KnownToMiddleware, outer.url),
    bases: isMounted ? [base + mountPath] : [base],
    knowsMounts: !isMounted && (outer.knowsMounts || !isOuter),
    sent: outer.sent,
  }
}

/** Handlers may stand in the outer application or below a mount: a path that either of them explains is the routed one. */
const currentOf = (ctx: RoutedContext): CurrentRequest => {
  const below = targetOf(ctx)
  return { method: ctx.req.method, url: below.url, bases: [...below.bases, ...targetOf(ctx, true).bases] }
}

/**
 * Sets the response on the context as handlers do, so that middleware before the guard still sees and completes it. A
 * gateway response that cannot be written is replaced by a 500.
 */
const respond = (ctx: ParameterizedContext, given: GatewayResponse): void => {
  const { status, headers, body } = writableResponse(given)
  for (const name of REPRESENTATION_HEADERS) ctx.remove(name)
  ctx.status = status
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'vary') ctx.vary(value)
    else ctx.set(name, value)
  }
  ctx.body = body
}

/** What Koa keeps of a request besides Node's own request. */
type KoaRequest = ParameterizedContext['request'] & { memoizedURL?: unknown }

/** Changes what Koa has copied from the request's target: `originalUrl`, with `href` and `URL`, and queries set by middleware. */
const editKoaViews = (ctx: ParameterizedContext, edits: RequestEdits): void => {
  const changes = targetEdits(edits)
  if (changes === undefined) return
  const request = ctx.request as KoaRequest
  for (const holder of [ctx, request]) {
    const edited = editTarget(holder.originalUrl, edits)
    if (edited !== holder.originalUrl) holder.originalUrl = edited
  }
  // Koa builds `URL` from `originalUrl` once.
  if (request.memoizedURL !== undefined) request.memoizedURL = undefined
  const { query } = changes
  if (query === undefined) return
  const fresh = (): object => Reflect.get(Object.getPrototypeOf(request) as object, 'query', request) as object
  for (const holder of [ctx, request])
    if (Object.hasOwn(holder, 'query')) replaceParsed(holder, 'query', query, { fresh, former: fresh })
}

/**
 * Guards an app, a router or a route. The answer is in `ctx.state.authorizer` and from `getAuthorizer(ctx)`.
 *
 * @param authorize a function, with the options of `createAuthorizer`, or what `createAuthorizer` returns
 * @throws {AuthorizerError} `ERR_OPTION`, here and never per request
 */
export function customAuthorizer<
  TAuthorize extends TContract,
  TContract extends AnyFunction = NativeAuthorize,
  TValues extends ContextValues = 'typed',
>(
  authorize: TAuthorize,
  options?: MountOptions & KernelOptions<TContract, TValues>,
): AuthorizerMiddleware<ContextOf<TAuthorize, TValues>>
export function customAuthorizer<TContext>(
  authorizer: Authorizer<TContext>,
  options?: MountOptions,
): AuthorizerMiddleware<TContext>
export function customAuthorizer<TContext>(
  given: AnyFunction | Authorizer<TContext>,
  options?: object,
): AuthorizerMiddleware<TContext> {
  const mount = createMount<TContext>(given, options, ROUTING)
  // oxlint-disable-next-line no-shadow -- named, so that stack traces read well
  const middleware = function customAuthorizer(ctx: ParameterizedContext, next: Next): Promise<unknown> {
    const settle = (entry: GuardResult<TContext>): Promise<unknown> | undefined => {
      if (entry.kind === 'denied') {
        respond(ctx, entry.denied.response)
        return undefined
      }
      editKoaViews(ctx, entry.edits)
      if (entry.kind === 'allowed') (ctx.state as Partial<AuthorizerState<TContext>>).authorizer = entry.authorizer
      else if (entry.failure !== undefined) ctx.state['authorizerFailure'] = entry.failure
      return next()
    }
    // Koa turns a rejected promise into its 500, and not every composer of middleware turns a throw into one.
    try {
      // oxlint-disable-next-line no-underscore-dangle -- the name that @koa/router gave it
      const route = toTemplate((ctx as { _matchedRoute?: unknown })._matchedRoute)
      const entry = guardRequest(mount, ctx.req, {
        carrier: ctx.req,
        target: () => targetOf(ctx, isOutermost(ctx, middleware)),
        route,
        outgoing: ctx.res,
      })
      return entry instanceof Promise ? entry.then(settle) : Promise.resolve(settle(entry))
    } catch (error) {
      // oxlint-disable-next-line prefer-promise-reject-errors -- passed on as it is
      return Promise.reject(error)
    }
  }
  return Object.assign(middleware as Middleware<AuthorizerState<TContext>>, { authorizer: mount.authorizer })
}

/**
 * What the authorizer said about this request; with `reference` (a middleware or an authorizer), what that one said,
 * typed from its function.
 *
 * @throws {AuthorizerError} `ERR_NOT_AUTHORIZED` when it has not allowed the request
 */
export const getAuthorizer = <TContext = Record<string, unknown>>(
  ctx: RoutedContext,
  reference?: AuthorizerReference<TContext>,
): AuthorizerContext<TContext> =>
  readAuthorizer(
    ctx.req,
    currentOf(ctx),
    reference as AuthorizerReference<never>,
  ) as unknown as AuthorizerContext<TContext>

const toMiddleware =
  (requirement: Requirement): Middleware =>
  (ctx, next) => {
    const denied = requirement(ctx.req, currentOf(ctx))
    if (denied === undefined) return next()
    respond(ctx, denied.response)
    return undefined
  }

/** Lets a request pass whose authorizer context has these values: `requireContext({ role: ['admin', 'owner'] })`. */
export const requireContext = (requirement: ContextRequirement): Middleware =>
  toMiddleware(contextRequirement(requirement))

/** Lets a request pass whose caller holds these scopes, from the context's `scope`, `scp` or `scopes`. */
export const requireScopes = (...requirements: readonly ScopeRequirement[]): Middleware =>
  toMiddleware(scopeRequirement(requirements))
