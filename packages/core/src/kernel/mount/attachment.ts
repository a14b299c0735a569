/**
 * Remembers on a request object what authorizers said about it. The key is a symbol that only this module holds: no
 * header, query or body can set it (SEC-28).
 * @module
 */
import type { Authorizer } from '../authorizer/authorizer.ts'
import type { AuthorizerContext } from '../contract/context.ts'
import { AuthorizerError } from '../util/errors.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { isRouted, type MountPath } from './routed-target.ts'
import { parseTarget } from '../request/target.ts'

/** One authorizer's answer for one request; the latest comes first. */
export interface Attachment {
  readonly authorizer: Authorizer<never>
  readonly request: GatewayRequest
  readonly context: AuthorizerContext
  /** The canonical path that the request goes on with: its own, unless a mapping has changed it. */
  readonly path: string
  /** Paths of mounts that the framework does not report, from the option `mountedPaths`. */
  readonly mountedPaths: readonly MountPath[]
  readonly previous: Attachment | undefined
}

const KEY: unique symbol = Symbol('custom-authorizer')
type Carrier = { [KEY]?: Attachment }

/** Where a request goes on after a mount. */
export interface Onward {
  /** The target that a mapping has given the request. Default: the request's own. */
  readonly target?: string | undefined
  readonly mountedPaths?: readonly MountPath[]
}

/** Stores a result on the framework's request object and returns the canonical path that it is bound to. */
export const attach = (
  carrier: object,
  authorizer: Authorizer<never>,
  request: GatewayRequest,
  context: AuthorizerContext,
  { target, mountedPaths = [] }: Onward = {},
): string => {
  const previous = (carrier as Carrier)[KEY]
  const path = target === undefined ? request.path : canonicalPathOf(request.method, target)
  ;(carrier as Carrier)[KEY] = { authorizer, request, context, path, mountedPaths, previous }
  return path
}

const canonicalPathOf = (method: string, target: string): string =>
  parseTarget(method, target, { allowAmbiguous: true }).path

/** Method and target as the framework has them now; routers and middleware may have changed them since the decision. */
export interface CurrentRequest {
  readonly method: string | undefined
  /** A path, or an absolute URL. */
  readonly url: string | undefined
  /** What mounts have cut off the path, as far as the framework reports it. Default: nothing. */
  readonly bases?: readonly string[]
}

/**
 * Whether a request still has the method and the path that a decision was made for (SEC-14). The path without a mount's
 * prefix counts only where the framework, or the option `mountedPaths`, names the mount.
 */
export const isBoundTo = (
  { method, path, mountedPaths }: { method: string; path: string; mountedPaths: readonly MountPath[] },
  current: CurrentRequest,
): boolean =>
  current.method === method &&
  current.url !== undefined &&
  isRouted(path, { url: current.url, bases: current.bases ?? [''] }, mountedPaths, (target) =>
    canonicalPathOf(method, target),
  )

const isBound = ({ request, path, mountedPaths }: Attachment, current: CurrentRequest): boolean =>
  isBoundTo({ method: request.method, path, mountedPaths }, current)

/** The latest answer on a request object, if any authorizer has allowed the request as it is now. */
export const attachmentOf = (carrier: object, current: CurrentRequest): Attachment | undefined => {
  const found = (carrier as Carrier)[KEY]
  return found !== undefined && isBound(found, current) ? found : undefined
}

/** Something that stands for an authorizer: itself, or a middleware made from it. */
export type AuthorizerReference<TContext> = Authorizer<TContext> | { readonly authorizer: Authorizer<TContext> }

const wanted = (reference: object): unknown => ('authorizer' in reference ? reference.authorizer : reference)

/**
 * What the authorizer said about a request: the latest one, or the one that `reference` names.
 *
 * @throws {AuthorizerError} `ERR_NOT_AUTHORIZED` when no such authorizer has allowed the request
 */
export const readAuthorizer = (
  carrier: object,
  current: CurrentRequest,
  reference?: AuthorizerReference<never>,
): AuthorizerContext => {
  let found = attachmentOf(carrier, current)
  if (reference !== undefined) {
    const authorizer = wanted(reference)
    while (found !== undefined && found.authorizer !== authorizer) found = found.previous
  }
  if (found !== undefined) return found.context
  throw new AuthorizerError(
    'ERR_NOT_AUTHORIZED',
    'getAuthorizer: no authorizer has allowed this request, or its method or path has changed since; mount customAuthorizer before the handler, name mounts that the framework does not report in its option mountedPaths, and on skipped paths read the locals instead',
  )
}
