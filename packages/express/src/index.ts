/** Custom authorizers in Express 4 and 5: `app.use(customAuthorizer(fn))`, per-route guards. @module */
import type {
  AnyFunction,
  Authorizer,
  AuthorizerContext,
  ContextOf,
  ContextRequirement,
  ContextValues,
  KernelOptions,
  MountOptions,
  ScopeRequirement,
  NativeAuthorize,
} from '@custom-authorizer/core'
import {
  type AuthorizerReference,
  contextRequirement,
  createMount,
  type Requirement,
  readAuthorizer,
  scopeRequirement,
} from '@custom-authorizer/core/adapter'
import { currentRequest, guardRequest, proceed, writeGatewayResponse } from '@custom-authorizer/core/node'
import type { NextFunction, Request, Response } from 'express'
import { routeTemplateOf } from './mounted-route.ts'

export { assertGuarded, type AssertGuardedOptions } from './assert-guarded.ts'

/** What `customAuthorizer` puts into `res.locals`. */
export interface AuthorizerLocals<TContext = Record<string, unknown>> {
  authorizer: AuthorizerContext<TContext>
}

/** As much of Express's request as a guard looks at, so that what Express knows of a route is not lost behind one. */
export type GuardedRequest = Pick<Request, 'method' | 'url' | 'originalUrl' | 'baseUrl' | 'route' | 'res'>

/** A middleware that asks about an earlier authorizer. */
export type GuardMiddleware = (
  request: GuardedRequest,
  response: Parameters<typeof writeGatewayResponse>[0],
  next: NextFunction,
) => void

/** An Express middleware that knows its authorizer, so that `getAuthorizer(req, middleware)` is typed. */
export interface AuthorizerMiddleware<TContext> {
  // oxlint-disable-next-line no-explicit-any -- what a route answers with is its own business
  (request: GuardedRequest, response: Response<any, AuthorizerLocals<TContext>>, next: NextFunction): void
  readonly authorizer: Authorizer<TContext>
}

/**
 * Express compares paths without regard to case and to a trailing slash unless each router is told otherwise.
 * Routers that are mounted answer at their root with and without a slash, however strict they are.
 */
const ROUTING = { caseSensitive: false, strict: false, looseMounts: true }

// Express has changed the prototype of its request, which makes a new property of it slow; the locals are a plain object.
const carrierOf = ({ res }: Pick<Request, 'res'>): object => res?.locals ?? {}

/** The application's query parser. Express 4 has parsed the query before any guard runs; Express 5 parses it when it is read. */
const queryParserOf = ({ app }: Pick<Request, 'app'>): ((text: string) => object) =>
  (app.get('query parser fn') as ((text: string) => object) | undefined) ?? (() => ({}))

/**
 * Guards an app, a router or a route. The answer is in `res.locals.authorizer` and from `getAuthorizer(req)`.
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
  const middleware = function customAuthorizer(request: Request, response: Response, next: NextFunction): void {
    const parseQuery = (text: string): object => queryParserOf(request)(text)
    const route = routeTemplateOf(request)
    proceed({
      decide: () => guardRequest(mount, request, { carrier: response.locals, route, parseQuery, outgoing: response }),
      carryOut: (entry) => {
        if (entry.kind === 'denied') {
          writeGatewayResponse(response, entry.denied.response)
          return false
        }
        if (entry.kind === 'allowed') response.locals['authorizer'] = entry.authorizer
        else if (entry.failure !== undefined) response.locals['authorizerFailure'] = entry.failure
        return true
      },
      response,
      next,
      authorizer: mount.authorizer,
    })
  }
  return Object.assign(middleware as unknown as AuthorizerMiddleware<TContext>, { authorizer: mount.authorizer })
}

/**
 * What the authorizer said about this request; with `reference` (a middleware or an authorizer), what that one said,
 * typed from its function.
 *
 * @throws {AuthorizerError} `ERR_NOT_AUTHORIZED` when it has not allowed the request
 */
export const getAuthorizer = <TContext = Record<string, unknown>>(
  request: Pick<Request, 'method' | 'url' | 'originalUrl' | 'baseUrl' | 'res'>,
  reference?: AuthorizerReference<TContext>,
): AuthorizerContext<TContext> =>
  readAuthorizer(
    carrierOf(request),
    currentRequest(request),
    reference as AuthorizerReference<never>,
  ) as unknown as AuthorizerContext<TContext>

const toHandler =
  (requirement: Requirement): GuardMiddleware =>
  (request, response, next) =>
    proceed({
      decide: () => requirement(carrierOf(request), currentRequest(request)),
      carryOut: (denied) => {
        if (denied !== undefined) writeGatewayResponse(response, denied.response)
        return denied === undefined
      },
      response,
      next,
    })

/** Lets a request pass whose authorizer context has these values: `requireContext({ role: ['admin', 'owner'] })`. */
export const requireContext = (requirement: ContextRequirement): GuardMiddleware =>
  toHandler(contextRequirement(requirement))

/** Lets a request pass whose caller holds these scopes, from the context's `scope`, `scp` or `scopes`. */
export const requireScopes = (...requirements: readonly ScopeRequirement[]): GuardMiddleware =>
  toHandler(scopeRequirement(requirements))
