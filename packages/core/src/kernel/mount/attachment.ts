/**
 * Attaches an authorizer's context to a request object. The key is a symbol that only this module has, so that no header,
 * query or body can set it (SEC-28).
 * @module
 */
import type { Authorizer } from '../authorizer/authorizer.ts'
import type { AuthorizerContext } from '../contract/context.ts'
import { AuthorizerError } from '../util/errors.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { isRouted, type MountPath } from './routed-target.ts'
import { parseTarget } from '../request/target.ts'

/** What an attachment needs of its mount. */
export interface AttachedMount {
  readonly authorizer: Pick<Authorizer<never>, 'deny' | 'report'>
  /** Paths of mounts that the framework does not report, from the option `mountedPaths`. */
  readonly mountedPaths: readonly MountPath[]
  /** Whether the mount passes denials to the framework's error handling. */
  readonly throwsDenials: boolean
}

/** What a framework routed by when a decision was made. */
export interface RoutedState {
  /** Whether nothing of it has changed since. If it returns false, the paths are compared, which takes longer. */
  isUnchanged(): boolean
}

/** The context of one authorizer for one request. The latest attachment comes first. */
export interface Attachment {
  readonly mount: AttachedMount
  readonly request: GatewayRequest
  readonly context: AuthorizerContext
  /** The canonical path that handlers receive: that of the request, unless a mapping has changed it. */
  readonly path: string
  readonly state: RoutedState | undefined
  readonly previous: Attachment | undefined
}

const KEY: unique symbol = Symbol('custom-authorizer')
type Carrier = { [KEY]?: Attachment }

/** How a request continues after a mount. */
export interface Onward {
  /** The target that a mapping has set. Default: that of the request. */
  readonly target?: string | undefined
  /** What the framework routes by, if no mapping has changed it. Default: the paths are always compared. */
  readonly state?: RoutedState | undefined
}

const UNMAPPED: Onward = Object.freeze({})

/** Attaches a context to the framework's request object. Returns the canonical path that the decision is bound to. */
export const attach = (
  carrier: object,
  mount: AttachedMount,
  request: GatewayRequest,
  context: AuthorizerContext,
  { target, state }: Onward = UNMAPPED,
): string => {
  const previous = (carrier as Carrier)[KEY]
  const path = target === undefined ? request.path : canonicalPathOf(request.method, target)
  ;(carrier as Carrier)[KEY] = { mount, request, context, path, state, previous }
  return path
}

const canonicalPathOf = (method: string, target: string): string =>
  parseTarget(method, target, { allowAmbiguous: true }).path

/** Method and target that the framework has now. Routers and middleware may have changed them since the decision. */
export interface CurrentRequest {
  readonly method: string | undefined
  /** A path, or an absolute URL. */
  readonly url: string | undefined
  /** The parts that mounted routers have removed from the path, as far as the framework reports them. Default: none. */
  readonly bases?: readonly string[]
}

/**
 * Whether a request still has the method and the path of its decision (SEC-14). A path without a leading part matches only if
 * the framework, or the option `mountedPaths`, names a mount at that part.
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

const isBound = ({ request, path, mount: { mountedPaths } }: Attachment, current: CurrentRequest): boolean =>
  isBoundTo({ method: request.method, path, mountedPaths }, current)

/** An authorizer, or a middleware that was built from it. */
export type AuthorizerReference<TContext> = Authorizer<TContext> | { readonly authorizer: Authorizer<TContext> }

const authorizerOf = (reference: object): unknown => ('authorizer' in reference ? reference.authorizer : reference)

/** The latest attachment, or that of one authorizer, if the latest decision still applies to the request. */
export const attachmentOf = (
  carrier: object,
  current: () => CurrentRequest,
  reference?: AuthorizerReference<never>,
): Attachment | undefined => {
  let found = (carrier as Carrier)[KEY]
  if (found === undefined || !(found.state?.isUnchanged() === true || isBound(found, current()))) return undefined
  if (reference === undefined) return found
  const authorizer = authorizerOf(reference)
  while (found !== undefined && found.mount.authorizer !== authorizer) found = found.previous
  return found
}

/**
 * Returns the context of the latest authorizer, or of the one that `reference` names.
 *
 * @throws {AuthorizerError} `ERR_NOT_AUTHORIZED` if no such authorizer has allowed the request, or if its method or path has
 *   changed since
 */
export const readAuthorizer = <TContext = Record<string, unknown>>(
  carrier: object,
  current: () => CurrentRequest,
  reference?: AuthorizerReference<TContext>,
): AuthorizerContext<TContext> => {
  const found = attachmentOf(carrier, current, reference as AuthorizerReference<never> | undefined)
  if (found !== undefined) return found.context as unknown as AuthorizerContext<TContext>
  throw new AuthorizerError(
    'ERR_NOT_AUTHORIZED',
    'getAuthorizer: no authorizer has allowed this request, or its method or path has changed since. Mount customAuthorizer before the handler; set its option mountedPaths if the framework does not report a mount; on skipped paths, read the locals instead',
  )
}
