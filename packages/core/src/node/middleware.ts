/** The guard for bare `node:http`, in the form that Connect made common. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
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
} from '../index.ts'
import {
  type AuthorizerReference,
  contextRequirement,
  createMount,
  type Requirement,
  readAuthorizer,
  scopeRequirement,
} from '../adapter.ts'
import { guardRequest } from './run-mount.ts'
import { proceed } from './proceed.ts'
import { currentRequest } from './request.ts'
import { writeGatewayResponse } from './response.ts'

/**
 * `next` is called once the request is allowed. If the library itself fails, `next(error)` is called; a `next` that declares
 * no parameter is not called then, and the client gets 500.
 */
export interface NodeMiddleware<TContext> {
  (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void
  readonly authorizer: Authorizer<TContext>
}

/** What cannot be known about a router that is not ours: assume the loosest (SEC-11). */
const ROUTING = { caseSensitive: false, strict: false }

/**
 * Guards a bare Node server: `http.createServer((req, res) => guard(req, res, () => handle(req, res)))`. The answer is
 * read with `getAuthorizer(req)`.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export function customAuthorizer<
  TAuthorize extends TContract,
  TContract extends AnyFunction = NativeAuthorize,
  TValues extends ContextValues = 'typed',
>(
  authorize: TAuthorize,
  options?: MountOptions & KernelOptions<TContract, TValues>,
): NodeMiddleware<ContextOf<TAuthorize, TValues>>
export function customAuthorizer<TContext>(
  authorizer: Authorizer<TContext>,
  options?: MountOptions,
): NodeMiddleware<TContext>
export function customAuthorizer<TContext>(
  given: AnyFunction | Authorizer<TContext>,
  options?: object,
): NodeMiddleware<TContext> {
  const mount = createMount<TContext>(given, options, ROUTING)
  // oxlint-disable-next-line no-shadow -- named, so that stack traces read well
  const middleware = function customAuthorizer(
    request: IncomingMessage,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ): void {
    proceed({
      decide: () => guardRequest(mount, request, { carrier: request, outgoing: response }),
      carryOut: (entry) => {
        if (entry.kind !== 'denied') return true
        writeGatewayResponse(response, entry.denied.response)
        return false
      },
      response,
      next,
      authorizer: mount.authorizer,
    })
  }
  return Object.assign(middleware, { authorizer: mount.authorizer })
}

/**
 * What the authorizer said about this request; with `reference`, what that authorizer said.
 *
 * @throws {AuthorizerError} `ERR_NOT_AUTHORIZED`
 */
export const getAuthorizer = <TContext = Record<string, unknown>>(
  request: IncomingMessage,
  reference?: AuthorizerReference<TContext>,
): AuthorizerContext<TContext> =>
  readAuthorizer(
    request,
    currentRequest(request),
    reference as AuthorizerReference<never>,
  ) as unknown as AuthorizerContext<TContext>

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

const toMiddleware =
  (requirement: Requirement): Middleware =>
  (request, response, next) =>
    proceed({
      decide: () => requirement(request, currentRequest(request)),
      carryOut: (denied) => {
        if (denied !== undefined) writeGatewayResponse(response, denied.response)
        return denied === undefined
      },
      response,
      next,
    })

/** Lets a request pass whose context has these values; others get 403 in the words of its authorizer's contract. */
export const requireContext = (requirement: ContextRequirement): Middleware =>
  toMiddleware(contextRequirement(requirement))

/** Lets a request pass whose caller holds these scopes; others get 403 in the words of its authorizer's contract. */
export const requireScopes = (...requirements: readonly ScopeRequirement[]): Middleware =>
  toMiddleware(scopeRequirement(requirements))
