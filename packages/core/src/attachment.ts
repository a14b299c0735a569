/**
 * Remembers on a request object what authorizers said about it. The key is a symbol that only this module holds: no
 * header, query or body can set it (SEC-28).
 * @module
 */
import type { Authorizer } from './authorizer.ts'
import type { AuthorizerContext } from './context.ts'
import { AuthorizerError } from './errors.ts'
import type { GatewayRequest } from './request.ts'
import { parseTarget } from './target.ts'

/** One authorizer's answer for one request; the latest comes first. */
export interface Attachment {
  readonly authorizer: Authorizer<never>
  readonly request: GatewayRequest
  readonly context: AuthorizerContext
  /** The canonical path that the request goes on with: its own, unless a mapping has changed it. */
  readonly path: string
  readonly previous: Attachment | undefined
}

const KEY: unique symbol = Symbol('custom-authorizer')
type Carrier = { [KEY]?: Attachment }

/** Remembers an answer on the framework's request object; `target` is what a mapping has made of the request's own. Returns the path it holds for. */
export const attach = (
  carrier: object,
  authorizer: Authorizer<never>,
  request: GatewayRequest,
  context: AuthorizerContext,
  target?: string,
): string => {
  const previous = (carrier as Carrier)[KEY]
  const path = target === undefined ? request.path : parseTarget(request.method, target, true).path
  ;(carrier as Carrier)[KEY] = { authorizer, request, context, path, previous }
  return path
}

/** Method and URL as the framework holds them now; routers and middleware may have changed them since. */
export interface CurrentRequest {
  readonly method: string | undefined
  /** A path, or an absolute URL. Mounted routers see only the end of the path. */
  readonly url: string | undefined
}

// A decision is bound to the method and the path it was made for (SEC-14). A router that is mounted cuts off what is
// before it; nothing else may change.
export const isBoundTo = (served: string, method: string, url: string): boolean => {
  const { path } = parseTarget(method, url, true)
  return path === '/' || served.endsWith(path)
}

const isBound = ({ request, path }: Attachment, { method, url }: CurrentRequest): boolean =>
  method === request.method && url !== undefined && isBoundTo(path, method, url)

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
    'getAuthorizer: no authorizer has allowed this request, or its method or path has changed since; mount customAuthorizer before the handler, and on paths that it skips ask the locals instead',
  )
}
