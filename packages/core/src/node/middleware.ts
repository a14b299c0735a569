/** The guard for `node:http` servers, with the signature of Connect middleware. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authorizer, AuthorizerContext, ContextRequirement, GatewayRequest, ScopeRequirement } from '../index.ts'
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
} from '../adapter.ts'
import { GuardSteps } from './guard-steps.ts'
import { IncomingPlace } from './place.ts'
import { RequirementSteps, runSteps } from './proceed.ts'
import { currentRequest } from './routed-request.ts'

/**
 * A Connect middleware. Calls `next` if the request is allowed. If the library fails, it calls `next(error)`; if `next` declares
 * no parameter, it responds with 500 instead.
 */
export interface NodeMiddleware<TContext> {
  (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void
  readonly authorizer: Authorizer<TContext>
}

/** The application's own router is unknown, so the loosest comparison is assumed (SEC-11). */
const ROUTING = { caseSensitive: false, strict: false }

interface NodeMiddlewareType extends MiddlewareType {
  readonly middleware: NodeMiddleware<this['context']>
}

/**
 * Guards a `node:http` server: `http.createServer((req, res) => guard(req, res, () => handle(req, res)))`. `getAuthorizer(req)`
 * returns the context.
 */
export const customAuthorizer: CustomAuthorizer<NodeMiddlewareType> = (guarded: Guarded, options?: object) => {
  const mount = createMount(guarded, options, ROUTING)
  // oxlint-disable-next-line no-shadow -- the name appears in stack traces
  const middleware = function customAuthorizer(
    request: IncomingMessage,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ): void {
    runSteps(new GuardSteps(mount, new IncomingPlace(request, request, response), response, next))
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
  request: IncomingMessage,
  reference?: AuthorizerReference<TContext>,
): AuthorizerContext<TContext> => readAuthorizer(request, () => currentRequest(request), reference)

/**
 * Returns Node's request, which Express extends, for a native authorizer, with members that earlier middleware has added. Name what determines the caller in
 * `identitySources` if you cache results: the object is not part of the cache key.
 *
 * @throws {AuthorizerError} `ERR_FRAMEWORK` if the request comes from another adapter
 * @example
 * customAuthorizer((request) => getIncomingMessage(request).socket.authorized)
 */
export const getIncomingMessage = (request: GatewayRequest): IncomingMessage =>
  frameworkObject<IncomingMessage>('getIncomingMessage', request, ['rawHeaders', 'socket'])

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

const toMiddleware =
  (requirement: Requirement): Middleware =>
  (request, response, next) =>
    runSteps(new RequirementSteps(() => requirement(request, () => currentRequest(request)), response, next))

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
