/** Custom authorizers in Hono: `app.use(customAuthorizer(fn))`, per-route guards. @module */
import type {
  AnyFunction,
  Authorizer,
  AuthorizerContext,
  ContextOf,
  ContextRequirement,
  ContextValues,
  Denied,
  GatewayRequest,
  KernelOptions,
  MountOptions,
  RequestEdits,
  RequestMapping,
  Routing,
  ScopeRequirement,
  NativeAuthorize,
} from '@custom-authorizer/core'
import { toTemplate } from '@custom-authorizer/core/contract'
import {
  attach,
  type AuthorizerReference,
  type BodyReader,
  contextRequirement,
  createMount,
  editTarget,
  type GuardResult,
  type FrameworkTarget,
  type Requirement,
  type Mount,
  readAuthorizer,
  scopeRequirement,
  REPRESENTATION_HEADERS,
} from '@custom-authorizer/core/adapter'
import { readBody, toGatewayRequest, toResponse, withBody } from '@custom-authorizer/core/fetch'
import { cleanViews, guardRequest, stripHeaders } from '@custom-authorizer/core/node'
import type { Context, MiddlewareHandler } from 'hono'
import {
  currentOf,
  headerLines,
  incomingOf,
  nodeOf,
  outgoingOf,
  ownTargets,
  replaces,
  targetUnderNode,
} from './incoming.ts'

export { assertGuarded, type AssertGuardedOptions } from './assert-guarded.ts'

/** What `customAuthorizer` puts into `c.var`. */
export interface AuthorizerVariables<TContext = Record<string, unknown>> {
  authorizer: AuthorizerContext<TContext>
}

/** A Hono middleware that knows its authorizer, so that `getAuthorizer(c, middleware)` is typed. */
export type AuthorizerMiddleware<TContext> = MiddlewareHandler<{ Variables: AuthorizerVariables<TContext> }> & {
  readonly authorizer: Authorizer<TContext>
}

/**
 * Hono's routers compare decoded text with regard to case. Whether a slash at the end counts shows in each request, but
 * `mount()`, `/*` and static files answer with and without it in any event.
 */
const ROUTING = { caseSensitive: true, strict: true, decodes: true, looseMounts: true }

// The request is replaced and not only its headers changed: one that was cloned or read before keeps a second copy of
// them, which a proxy would send on.
const editHeaders = (c: Context, edit: (headers: Headers) => void): void => {
  const { raw } = c.req
  const headers = new Headers(raw.headers)
  edit(headers)
  const remade = remake(raw, raw.url, headers)
  if (remade !== undefined) c.req.raw = replaces(c, remade)
  // Its body has been read, so that nobody can send it on.
  else edit(raw.headers)
}

// Member by member: what a server hands over may only look like a `Request`.
const remake = (raw: Request, url: string, headers: Headers): Request | undefined => {
  try {
    // Asking for some of them makes the request, and from a URL with credentials none can be made.
    const { method, signal, body } = raw
    const init: RequestInit & { duplex: 'half' } = { method, headers, signal, body, duplex: 'half' }
    return new Request(url, init)
  } catch {
    return undefined
  }
}

const change = (c: Context, edits: RequestEdits): void => {
  const { headers } = edits
  if (headers.length > 0) editHeaders(c, (each) => headers.forEach(([name, value]) => each.append(name, value)))
  const { raw } = c.req
  const mapped = editTarget(raw.url, edits)
  if (mapped === raw.url) return
  // Without its body, where that has been read.
  const remade = remake(raw, mapped, raw.headers) ?? new Request(mapped, { method: raw.method, headers: raw.headers })
  c.req.raw = replaces(c, remade)
}

/**
 * The body, read once and bounded, for contracts that ask for it. What was read goes on in a request of its own, unless
 * Hono has it already and hands it on itself.
 */
const bodyOf =
  (c: Context): BodyReader =>
  async (maxBytes, terms) => {
    const { raw } = c.req
    if (raw.bodyUsed) {
      if (Object.keys(c.req.bodyCache).length === 0) return 'GONE'
      const kept = new Uint8Array(await c.req.arrayBuffer())
      return kept.length > maxBytes ? 'TOO_LARGE' : kept
    }
    const body = await readBody(raw, maxBytes, terms)
    if (typeof body !== 'string' && raw.body !== null)
      c.req.raw = replaces(c, new Request(raw.url, withBody(raw, body)))
    return body
  }

const strip = (c: Context, namespace: RequestMapping): void => {
  const ours = [...c.req.raw.headers.keys()].filter((name) => namespace.ownsHeader(name))
  if (ours.length > 0) editHeaders(c, (headers) => ours.forEach((name) => headers.delete(name)))
}

// Hono puts headers that were set before over those of the response returned; a denial's own have to stand.
const refuse = (c: Context, { response }: Denied): Promise<Response> => {
  const answer = toResponse(response, { head: c.req.method === 'HEAD' })
  for (const [name, value] of c.res.headers) {
    if (name === 'set-cookie') answer.headers.append(name, value)
    else if (name === 'vary') answer.headers.set(name, [value, answer.headers.get(name)].filter(Boolean).join(', '))
    else if (!answer.headers.has(name) && !REPRESENTATION_HEADERS.includes(name)) answer.headers.set(name, value)
  }
  c.res = undefined
  c.res = answer
  return Promise.resolve(answer)
}

/**
 * How the path of a request is compared. `new Hono({ strict: false })` cuts the slash at the end off before it routes; an
 * application that is mounted in another framework is reached by paths that ignore letter case.
 */
const routingOf = (c: Context, { readOptions }: Mount<unknown>): Routing => {
  const { path, url } = c.req
  const { baseUrl } = (nodeOf(c) ?? {}) as { readonly baseUrl?: unknown }
  const isMounted = readOptions.mountPath !== undefined || (typeof baseUrl === 'string' && baseUrl !== '')
  const routing = isMounted ? { ...readOptions.routing, caseSensitive: false } : readOptions.routing
  if (!routing.strict || path.length === 1 || path.endsWith('/')) return routing
  const query = url.indexOf('?')
  const end = query < 0 ? url.length : query
  return url.charCodeAt(end - 1) === 0x2f ? { ...routing, strict: false } : routing
}

const enter = <TContext>(
  c: Context,
  mount: Mount<TContext>,
): GuardResult<TContext> | Promise<GuardResult<TContext>> => {
  const incoming = incomingOf(c)
  const routing = routingOf(c, mount)
  const route = toTemplate(c.req.routePath)
  const read = (): GatewayRequest =>
    toGatewayRequest(c.req.raw, {
      ...mount.readOptions,
      ...ownTargets(c, mount.readOptions.mountPath),
      // The address belongs to the connection, whatever request the application has made.
      peer: nodeOf(c)?.socket?.remoteAddress,
      rawHeaders: headerLines(c.req.raw, nodeOf(c)),
      routing,
      route,
      body: bodyOf(c),
    })
  const everything = mount.mapping?.authorizerView === 'complete'
  // What a `Request` says of its headers is read when the request is built.
  const received = everything && incoming === undefined ? read() : undefined
  const other = incoming === undefined && mount.mapping !== undefined ? nodeOf(c) : undefined
  if (mount.mapping !== undefined) {
    if (other !== undefined) stripHeaders(other, mount.mapping)
    strip(c, mount.mapping)
  }
  if (incoming !== undefined) {
    const target = (): FrameworkTarget => targetUnderNode(c, incoming)
    return guardRequest(mount, incoming, {
      carrier: c,
      target,
      keepsRoute: true,
      route,
      routing,
      body: bodyOf(c),
      outgoing: outgoingOf(c),
    })
  }
  const request = received ?? read()
  const proceedWith = (entry: GuardResult<TContext>): GuardResult<TContext> => {
    if (other !== undefined && entry.kind !== 'denied') cleanViews(other, entry.edits)
    if (entry.kind === 'allowed') {
      const context = entry.authorizer as unknown as AuthorizerContext
      attach(c, mount.authorizer as unknown as Authorizer<never>, request, context, {
        mountedPaths: mount.mountedPaths,
      })
    }
    return entry
  }
  const entry = mount.handle(request)
  return entry instanceof Promise ? entry.then(proceedWith) : proceedWith(entry)
}

/**
 * Guards an app or a route. The answer is in `c.var.authorizer` and from `getAuthorizer(c)`.
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
  const middleware: MiddlewareHandler = function customAuthorizer(c, next) {
    const settle = (entry: GuardResult<TContext>): Promise<Response | void> => {
      if (entry.kind === 'denied') return refuse(c, entry.denied)
      change(c, entry.edits)
      if (entry.kind === 'allowed') c.set('authorizer', entry.authorizer)
      else if (entry.failure !== undefined) c.set('authorizerFailure', entry.failure)
      return next()
    }
    // Hono turns a rejected promise into its 500.
    try {
      const entry = enter(c, mount)
      return entry instanceof Promise ? entry.then(settle) : settle(entry)
    } catch (error) {
      // oxlint-disable-next-line prefer-promise-reject-errors -- passed on as it is
      return Promise.reject(error)
    }
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
  c: Context,
  reference?: AuthorizerReference<TContext>,
): AuthorizerContext<TContext> =>
  readAuthorizer(c, currentOf(c), reference as AuthorizerReference<never>) as unknown as AuthorizerContext<TContext>

const toMiddleware =
  (requirement: Requirement): MiddlewareHandler =>
  (c, next) => {
    const denied = requirement(c, currentOf(c))
    return denied === undefined ? next() : refuse(c, denied)
  }

/** Lets a request pass whose authorizer context has these values: `requireContext({ role: ['admin', 'owner'] })`. */
export const requireContext = (requirement: ContextRequirement): MiddlewareHandler =>
  toMiddleware(contextRequirement(requirement))

/** Lets a request pass whose caller holds these scopes, from the context's `scope`, `scp` or `scopes`. */
export const requireScopes = (...requirements: readonly ScopeRequirement[]): MiddlewareHandler =>
  toMiddleware(scopeRequirement(requirements))
