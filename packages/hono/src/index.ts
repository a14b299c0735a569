/** Custom authorizers in Hono: `app.use(customAuthorizer(fn))`, per-route guards. @module */
import {
  type AnyFunction,
  attach,
  type Authorizer,
  type AuthorizerContext,
  type AuthorizerReference,
  contextGuard,
  type ContextHeaders,
  type ContextOf,
  type ContextRequirement,
  type ContextValues,
  createMount,
  type Entry,
  type Guard,
  type KernelOptions,
  type Mount,
  type MountOptions,
  readAuthorizer,
  type Routing,
  scopeGuard,
  type ScopeRequirement,
  type SimpleAuthorize,
  toTemplate,
} from '@custom-authorizer/core'
import { toGatewayRequest, toResponse } from '@custom-authorizer/core/fetch'
import { guardRequest } from '@custom-authorizer/core/node'
import type { Context, MiddlewareHandler } from 'hono'

/** What `customAuthorizer` puts into `c.var`. */
export interface AuthorizerVariables<TContext = Record<string, unknown>> {
  authorizer: AuthorizerContext<TContext>
}

/** A Hono middleware that knows its authorizer, so that `getAuthorizer(c, middleware)` is typed. */
export type AuthorizerMiddleware<TContext> = MiddlewareHandler<{ Variables: AuthorizerVariables<TContext> }> & {
  readonly authorizer: Authorizer<TContext>
}

/** Hono's routers compare case-sensitively; whether a trailing slash counts shows in each request. */
const ROUTING = { caseSensitive: true, strict: true }

type Incoming = Parameters<typeof guardRequest>[1]

/** The Node request under `@hono/node-server`: it still has the bytes that a web-standard `Request` has lost. */
const incomingOf = (c: Context): Incoming | undefined => {
  const incoming = (c.env as { incoming?: Incoming } | undefined)?.incoming
  return Array.isArray(incoming?.rawHeaders) ? incoming : undefined
}

/** Makes the web-standard view agree with what was decided; where headers are immutable the request is replaced. */
const editHeaders = (c: Context, edit: (headers: Headers) => void): void => {
  try {
    edit(c.req.raw.headers)
  } catch {
    const headers = new Headers(c.req.raw.headers)
    edit(headers)
    c.req.raw = new Request(c.req.raw, { headers })
  }
}

const strip = (c: Context, namespace: ContextHeaders): void =>
  editHeaders(c, (headers) => {
    const ours = [...headers.keys()].filter((name) => namespace.covers(name))
    for (const name of ours) headers.delete(name)
  })

const enter = <TContext>(c: Context, mount: Mount<TContext>): Entry<TContext> | Promise<Entry<TContext>> => {
  if (mount.contextHeaders !== undefined) strip(c, mount.contextHeaders)
  const route = toTemplate(c.req.routePath)
  const incoming = incomingOf(c)
  const routing = routingOf(c, mount.reading.routing)
  if (incoming !== undefined) return guardRequest(mount, incoming, c, undefined, route, routing)
  const request = toGatewayRequest(c.req.raw, { ...mount.reading, routing, route })
  const admit = (entry: Entry<TContext>): Entry<TContext> => {
    if (entry.kind === 'allowed')
      attach(
        c,
        mount.authorizer as unknown as Authorizer<never>,
        request,
        entry.authorizer as unknown as AuthorizerContext,
      )
    return entry
  }
  const entry = mount.enter(request)
  return entry instanceof Promise ? entry.then(admit) : admit(entry)
}

/** `new Hono({ strict: false })` cuts the trailing slash off before it routes. */
const routingOf = (c: Context, routing: Routing): Routing =>
  routing.strict && c.req.path.length > 1 && !c.req.path.endsWith('/') && /\/(?:\?|$)/.test(c.req.url)
    ? { ...routing, strict: false }
    : routing

/**
 * Guards an app or a route. The answer is in `c.var.authorizer` and from `getAuthorizer(c)`.
 *
 * @param authorize a function, with the options of `createAuthorizer`, or what `createAuthorizer` returns
 * @throws {AuthorizerError} `ERR_OPTION`, here and never per request
 */
export function customAuthorizer<
  TAuthorize extends TContract,
  TContract extends AnyFunction = SimpleAuthorize,
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
  const middleware: MiddlewareHandler = function customAuthorizer(c, next) {
    const settle = (entry: Entry<TContext>): Promise<Response | void> => {
      if (entry.kind === 'denied')
        return Promise.resolve(toResponse(entry.denied.response, { head: c.req.method === 'HEAD' }))
      if (entry.kind === 'allowed') {
        const { headers } = entry
        if (headers.length > 0) editHeaders(c, (each) => headers.forEach(([name, value]) => each.set(name, value)))
        c.set('authorizer', entry.authorizer)
      }
      return next()
    }
    const entry = enter(c, mount)
    return entry instanceof Promise ? entry.then(settle) : settle(entry)
  }
  return Object.assign(middleware, { authorizer: mount.authorizer }) as AuthorizerMiddleware<TContext>
}

/**
 * What the authorizer said about this request; with `reference` (a middleware or an authorizer), what that one said,
 * typed from its function.
 *
 * @throws {AuthorizerError} `ERR_NOT_AUTHORIZED` when it has not allowed the request
 */
export const getAuthorizer = <TContext = Record<string, unknown>>(
  c: object,
  reference?: AuthorizerReference<TContext>,
): AuthorizerContext<TContext> =>
  readAuthorizer(c, reference as AuthorizerReference<never>) as unknown as AuthorizerContext<TContext>

const toMiddleware =
  (guard: Guard): MiddlewareHandler =>
  (c, next) => {
    const denied = guard(c)
    return denied === undefined
      ? next()
      : Promise.resolve(toResponse(denied.response, { head: c.req.method === 'HEAD' }))
  }

/** Lets a request pass whose authorizer context has these values: `requireContext({ role: ['admin', 'owner'] })`. */
export const requireContext = (requirement: ContextRequirement): MiddlewareHandler =>
  toMiddleware(contextGuard(requirement))

/** Lets a request pass whose caller holds these scopes, from the context's `scope`, `scp` or `scopes`. */
export const requireScopes = (...requirements: readonly ScopeRequirement[]): MiddlewareHandler =>
  toMiddleware(scopeGuard(requirements))
