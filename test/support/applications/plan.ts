/** An application described once and built in every framework: guards, routes and mounted routers. @module */
import type { IncomingMessage, RequestListener } from 'node:http'
import type {
  AnyFunction,
  Authorizer,
  AuthorizerContext,
  ContextRequirement,
  ScopeRequirement,
} from '@custom-authorizer/core'
import type { AuthorizerReference } from '@custom-authorizer/core/adapter'
import type { HeaderViews } from './views.ts'

declare const step: unique symbol
/** A middleware of one framework. Only the application that made it can run it. */
export interface Step {
  readonly [step]: never
}

/** One request inside a handler or middleware, with the same members in every framework. */
export interface HandledRequest {
  readonly method: string
  /** Parameters of the route, decoded by the framework; `*` is the rest of a path that ends in a wildcard. */
  readonly params: Readonly<Record<string, unknown>>
  /** Path and query as the framework currently has them. */
  readonly target: string
  /** The query as the framework parses it. */
  readonly query: Readonly<Record<string, unknown>>
  /** Every member of the framework's request that holds a path or a part of it. */
  readonly paths: Readonly<Record<string, unknown>>
  /** Node's request object. */
  readonly incoming: IncomingMessage
  /** `c.req.raw` of Hono; `undefined` in the other frameworks. */
  readonly webRequest: Request | undefined
  /** The published `getAuthorizer`, called with the framework's request object. */
  getAuthorizer(reference?: AuthorizerReference<Record<string, unknown>>): AuthorizerContext
  /** `res.locals.authorizer`, `ctx.state.authorizer` or `c.var.authorizer`; `undefined` on node:http. */
  readonly locals: AuthorizerContext | undefined
  /** The value that the framework's own accessor returns, such as `req.get(name)`. */
  header(name: string): string | undefined
  /** All lines of each view of the headers. Accessors such as `ctx.get` are called with each of these names. */
  headerLines(names: readonly string[]): HeaderViews
  /** All lines of each view of the trailers; Node.js fills them once the body has been read. */
  trailerLines(): HeaderViews
  /** The values of one header in each view of the headers and trailers. */
  headerViews(lowerName: string): Readonly<Record<string, readonly string[]>>
  body(): Promise<Buffer>
}

/** The response of a route. */
export interface HandlerResponse {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text and bytes are sent unchanged, other values as JSON. */
  readonly body: unknown
}
export type Handle = (request: HandledRequest) => HandlerResponse | Promise<HandlerResponse>

export interface RoutePlan {
  /** Default `GET`; `ALL` for every method. Ignored if `path` is `*`. */
  readonly method?: string
  /**
   * `/pets/:id` in the notation of Express. `/files/*` matches everything below `/files`. `*` alone matches every request
   * that no route and no mount before it has handled.
   */
  readonly path: string
  readonly use?: readonly Step[]
  /** Default {@link echo}. */
  readonly handle?: Handle
}

/** Middleware runs first, then routes, then mounts, then the routes with the path `*`. */
export interface Plan {
  readonly use?: readonly Step[]
  readonly routes?: readonly RoutePlan[]
  readonly mounts?: readonly MountPlan[]
}

export interface MountPlan extends Plan {
  readonly path: string
  /** Mounts an application of its own, which sees paths without the prefix. Default: a router. */
  readonly application?: true
}

/** How a router compares paths. */
export interface RouterOptions {
  readonly caseSensitive: boolean
  /** Whether a trailing slash counts. */
  readonly strict: boolean
  /** Whether a nested router sees the parameters of its mount path; Express only. Default `false`. */
  readonly mergeParams?: boolean
}

export interface ApplicationPlan extends Plan {
  /** Default: the framework's own default; node:http compares paths exactly. Hono always compares letter case. */
  readonly router?: RouterOptions
  /** Whether the bridge replaces the global `Request`, as `serve` does; Hono only. Default `false`. */
  readonly overrideGlobalObjects?: boolean
}

/** What a running application records. */
export interface Journal {
  /** The routes whose handlers ran, as `GET /pets/:id`, in order. */
  readonly hits: string[]
  /** The errors that reached the framework's error handler. */
  readonly errors: unknown[]
}

/** One version of one framework, with the adapter for it. */
export interface TestApplication {
  readonly name: 'Express 4' | 'Express 5' | 'Koa 2' | 'Koa 3' | 'Hono' | 'node:http'
  /** Whether its router ignores letter case and a trailing slash by default. */
  readonly looseRouter: boolean
  /** Whether the adapter assumes a loose router by default. The adapter for node:http does: it cannot see the router. */
  readonly assumesLooseRouter: boolean
  /** Whether response headers reach the client in the spelling given. */
  readonly keepsSpelling: boolean
  /** Whether there is an object such as `res.locals`. */
  readonly hasLocals: boolean
  customAuthorizer(given: AnyFunction | Authorizer<never>, options?: object): Step & AuthorizerReference<never>
  requireContext(requirement: ContextRequirement): Step
  requireScopes(...requirements: readonly ScopeRequirement[]): Step
  /** Sets a response header at the time usual for this framework: before `next()` or after it. */
  responseHeader(name: string, value: string): Step
  /** Sets a response header before `next()`. */
  earlyHeader(name: string, value: string): Step
  /** Reads the whole body before the next middleware runs, as body parsers do. */
  bodyParser(): Step
  /** Calls `look` with the request, then continues. */
  tap(look: (request: HandledRequest) => void): Step
  /** Calls `begin` with the request, and the function that it returns once the response is complete. */
  around(begin: (request: HandledRequest) => () => void): Step
  listener(plan: ApplicationPlan, journal: Journal): RequestListener
}

export const isWildcard = ({ path }: RoutePlan): boolean => path === '*'

/** The route's name in the journal. */
export const labelOf = (prefix: string, { method = 'GET', path }: RoutePlan): string =>
  `${method} ${path === '*' ? `${prefix}/*` : prefix + path}`

/** The authorizer context as plain JSON; the library computes `requestContext` on first access. */
export const toPlainContext = (authorizer: AuthorizerContext | undefined): unknown =>
  authorizer && {
    principalId: authorizer.principalId,
    context: authorizer.context,
    requestContext: authorizer.requestContext,
  }

/** Responds with the authorizer context that the handler sees. */
export const echo: Handle = (request) => {
  let authorizer: unknown
  try {
    authorizer = toPlainContext(request.getAuthorizer())
  } catch (error) {
    authorizer = { thrown: (error as { code?: unknown }).code ?? String(error) }
  }
  return { body: { authorizer, locals: toPlainContext(request.locals) ?? null } }
}

/** The bytes and headers of a response. */
export const serialise = ({
  body,
  headers = {},
}: HandlerResponse): { bytes: Buffer; headers: Record<string, string> } => {
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    return { bytes: Buffer.from(body), headers: { 'content-type': 'application/octet-stream', ...headers } }
  }
  return { bytes: Buffer.from(JSON.stringify(body)), headers: { 'content-type': 'application/json', ...headers } }
}

export const HANDLER_ERROR = 'the framework handled it'
/** The status that frameworks give to an error, such as 400 for a malformed escape. */
export const statusOf = (error: unknown): number => (error as { readonly status?: number }).status ?? 500
