/** Custom authorizers in Express 4 and 5: `app.use(customAuthorizer(fn))`, per-route guards. @module */
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
  type MiddlewareType,
  type Requirement,
  readAuthorizer,
  scopeRequirement,
} from '@custom-authorizer/core/adapter'
import { currentRequest, GuardSteps, IncomingPlace, RequirementSteps, runSteps } from '@custom-authorizer/core/node'
import type { NextFunction, Request, Response } from 'express'
import { routeTemplateOf } from './mounted-route.ts'

export { assertGuarded, type AssertGuardedOptions } from './assert-guarded.ts'

/** The members that `customAuthorizer` adds to `res.locals`. */
export interface AuthorizerLocals<TContext = Record<string, unknown>> {
  authorizer: AuthorizerContext<TContext>
}

/** The members of Express's request that a guard reads. A narrow type, so that route parameters stay typed after a guard. */
export type GuardedRequest = Pick<Request, 'method' | 'url' | 'originalUrl' | 'baseUrl' | 'route' | 'res'>

/** The part of Express's response that a guard writes to. */
type GuardedResponse = ConstructorParameters<typeof GuardSteps>[2]

/** A middleware that checks the result of an earlier authorizer. */
export type GuardMiddleware = (request: GuardedRequest, response: GuardedResponse, next: NextFunction) => void

/**
 * An Express middleware with its authorizer, so that `getAuthorizer(req, middleware)` is typed. The first signature makes it a
 * `RequestHandler` of any route. TypeScript infers from the last one, which types `res.locals` on the route with the guard.
 */
export interface AuthorizerMiddleware<TContext> {
  (request: GuardedRequest, response: GuardedResponse, next: NextFunction): void
  // oxlint-disable-next-line no-explicit-any -- a route may respond with anything
  (request: GuardedRequest, response: Response<any, AuthorizerLocals<TContext>>, next: NextFunction): void
  readonly authorizer: Authorizer<TContext>
}

/**
 * By default, Express routers ignore letter case and a trailing slash. The root of a mounted router responds with and without
 * a slash, also if the router is strict.
 */
const ROUTING = { caseSensitive: false, strict: false, decodes: false, looseMounts: true }

// Adding a property to Express's request is slow because its prototype was replaced; the locals are a plain object.
const carrierOf = ({ res }: Pick<Request, 'res'>): object => res?.locals ?? {}

/** The application's query parser. Express 4 parses the query before any guard runs; Express 5 parses it when it is read. */
const queryParserOf = ({ app }: Pick<Request, 'app'>): ((text: string) => object) =>
  (app.get('query parser fn') as ((text: string) => object) | undefined) ?? (() => ({}))

/** A place in an Express application. */
class ExpressPlace extends IncomingPlace {
  readonly route: string | undefined
  readonly #request: Request

  constructor(request: Request, response: Response) {
    const { locals } = response
    super(request, locals, response)
    this.#request = request
    this.route = request.route === undefined ? undefined : routeTemplateOf(request)
  }

  parseQuery(text: string): object {
    return queryParserOf(this.#request)(text)
  }
}

/** One guarded request. */
class ExpressSteps extends GuardSteps {
  protected override admit(result: Parameters<GuardSteps['admit']>[0]): void {
    const locals = this.place.carrier as Record<string, unknown>
    if (result.kind === 'allowed') locals['authorizer'] = result.authorizer
    else if (result.failure !== undefined) locals['authorizerFailure'] = result.failure
    super.admit(result)
  }
}

interface ExpressMiddleware extends MiddlewareType {
  readonly middleware: AuthorizerMiddleware<this['context']>
}

/** Guards an app, a router or a route. The context is in `res.locals.authorizer`; `getAuthorizer(req)` also returns it. */
export const customAuthorizer: CustomAuthorizer<ExpressMiddleware> = (guarded: Guarded, options?: object) => {
  const mount = createMount(guarded, options, ROUTING)
  // oxlint-disable-next-line no-shadow -- the name appears in stack traces
  const middleware = function customAuthorizer(
    guardedRequest: GuardedRequest,
    guardedResponse: GuardedResponse,
    next: NextFunction,
  ): void {
    const request = guardedRequest as Request
    const response = guardedResponse as Response
    runSteps(new ExpressSteps(mount, new ExpressPlace(request, response), response, next))
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
  request: Pick<Request, 'method' | 'url' | 'originalUrl' | 'baseUrl' | 'res'>,
  reference?: AuthorizerReference<TContext>,
): AuthorizerContext<TContext> => readAuthorizer(carrierOf(request), () => currentRequest(request), reference)

/**
 * Returns Express's request for a native authorizer, with members such as `session` and `user` that earlier middleware has added. Name what determines the caller in
 * `identitySources` if you cache results: the object is not part of the cache key.
 *
 * @throws {AuthorizerError} `ERR_FRAMEWORK` if the request comes from another adapter
 * @example
 * customAuthorizer((request) => getExpressRequest(request).session.userId !== undefined)
 */
export const getExpressRequest = (request: GatewayRequest): Request =>
  frameworkObject<Request>('getExpressRequest', request, ['app', 'baseUrl'])

const toHandler =
  (requirement: Requirement): GuardMiddleware =>
  (request, response, next) =>
    runSteps(new RequirementSteps(() => requirement(carrierOf(request), () => currentRequest(request)), response, next))

/**
 * Denies requests whose authorizer context does not have these values: `requireContext({ role: ['admin', 'owner'] })`. With
 * `reference` (a middleware or an authorizer), checks the context of that authorizer, and the values against its type.
 */
export const requireContext = <TContext = Record<string, unknown>>(
  requirement: ContextRequirement<NoInfer<TContext>>,
  reference?: AuthorizerReference<TContext>,
): GuardMiddleware => toHandler(contextRequirement<TContext>(requirement, reference))

/** Denies requests whose caller does not have these scopes in the context's `scope`, `scp` or `scopes`. */
export const requireScopes = (...requirements: readonly ScopeRequirement[]): GuardMiddleware =>
  toHandler(scopeRequirement(requirements))
