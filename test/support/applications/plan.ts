/** An application described once and built in every framework: guards, routes, mounted routers. @module */
import type { RequestListener } from 'node:http'
import type {
  AnyFunction,
  Authorizer,
  AuthorizerContext,
  ContextRequirement,
  ScopeRequirement,
} from '@custom-authorizer/core'
import type { AuthorizerReference } from '@custom-authorizer/core/adapter'

declare const step: unique symbol
/** A middleware in the framework's own form. Only the adapter that made it knows what it is. */
export interface Step {
  readonly [step]: never
}

/** One request inside a route, whatever the framework calls its parts. */
export interface Visit {
  readonly method: string
  /** The published `getAuthorizer` on the framework's request object. */
  getAuthorizer(reference?: AuthorizerReference<Record<string, unknown>>): AuthorizerContext
  /** `res.locals.authorizer`, `ctx.state.authorizer` or `c.var.authorizer`; bare Node.js has no such place. */
  readonly locals: AuthorizerContext | undefined
  /** Every view of the request's headers and trailers that the framework offers: its name, and what it shows. */
  headerViews(lowerName: string): Readonly<Record<string, readonly string[]>>
  body(): Promise<Buffer>
  /** Path and query as the framework holds them now, and its own reading of the query. */
  readonly target: string
  readonly query: Readonly<Record<string, unknown>>
}

/** What a route answers. */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is when text or bytes, as JSON otherwise. */
  readonly body: unknown
}
export type Handle = (visit: Visit) => Answer | Promise<Answer>

export interface RoutePlan {
  /** Default `GET`; `ALL` for every method. */
  readonly method?: string
  /** `/pets/:id` in the notation that all routers share, or `*` for everything that is left. */
  readonly path: string
  readonly use?: readonly Step[]
  /** Default {@link echo}. */
  readonly handle?: Handle
}

/** Guards first, then routes, then mounted routers. */
export interface Plan {
  readonly use?: readonly Step[]
  readonly routes?: readonly RoutePlan[]
  readonly mounts?: readonly MountPlan[]
}

interface MountPlan extends Plan {
  readonly path: string
  /** Mounted as an application of its own, which sees its paths without the prefix; a router otherwise. */
  readonly application?: true
}

/** What a running application has noted down. */
export interface Journal {
  /** The routes whose handlers ran, as `GET /pets/:id`, in order. */
  readonly hits: string[]
  /** What reached the framework's own error handling. */
  readonly errors: unknown[]
}

/** How one framework does each of these things. */
export interface Framework {
  readonly name: string
  /** Whether its router ignores letter case and a trailing slash. */
  readonly loose: boolean
  /** Whether header names of an answer reach the wire in the spelling given. */
  readonly keepsSpelling: boolean
  /** Whether there is a place such as `res.locals`. */
  readonly hasLocals: boolean
  customAuthorizer(given: AnyFunction | Authorizer<never>, options?: object): Step & AuthorizerReference<never>
  requireContext(requirement: ContextRequirement): Step
  requireScopes(...requirements: readonly ScopeRequirement[]): Step
  /** Sets a header of the answer where middleware of this framework does: before `next()`, or after it. */
  answerHeader(name: string, value: string): Step
  /** Sets a header of the answer before `next()`, where some middleware does it in every framework. */
  earlyHeader(name: string, value: string): Step
  /** Reads the whole body before it lets the request go on, as body parsers do. */
  bodyParser(): Step
  /** Looks at the request on its way in, and lets it go on. */
  tap(look: (visit: Visit) => void): Step
  listener(plan: Plan, journal: Journal): RequestListener
}

/** The route's name in the journal. */
export const labelOf = (prefix: string, { method = 'GET', path }: RoutePlan): string =>
  `${method} ${path === '*' ? `${prefix}/*` : prefix + path}`

/** What the authorizer said, in plain JSON; `requestContext` is computed by the library only when asked for. */
export const spell = (authorizer: AuthorizerContext | undefined): unknown =>
  authorizer && {
    principalId: authorizer.principalId,
    context: authorizer.context,
    requestContext: authorizer.requestContext,
  }

/** A route that answers with what it can see of the authorizer. */
export const echo: Handle = (visit) => {
  let authorizer: unknown
  try {
    authorizer = spell(visit.getAuthorizer())
  } catch (error) {
    authorizer = { thrown: (error as { code?: unknown }).code ?? String(error) }
  }
  return { body: { authorizer, locals: spell(visit.locals) ?? null } }
}

/** The bytes and the content type of an answer. */
export const serialise = ({ body, headers = {} }: Answer): { bytes: Buffer; headers: Record<string, string> } => {
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    return { bytes: Buffer.from(body), headers: { 'content-type': 'application/octet-stream', ...headers } }
  }
  return { bytes: Buffer.from(JSON.stringify(body)), headers: { 'content-type': 'application/json', ...headers } }
}
