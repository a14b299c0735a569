/**
 * Remembers on a request object what authorizers said about it. The key is a symbol that only this module holds: no
 * header, query or body can set it (SEC-28).
 * @module
 */
import type { Authorizer } from './authorizer.ts'
import type { AuthorizerContext } from './context.ts'
import { AuthorizerError } from './errors.ts'
import type { GatewayRequest } from './request.ts'

/** One authorizer's answer for one request; the latest comes first. */
export interface Attachment {
  readonly authorizer: Authorizer<never>
  readonly request: GatewayRequest
  readonly context: AuthorizerContext
  readonly previous: Attachment | undefined
}

const KEY: unique symbol = Symbol('custom-authorizer')
type Carrier = { [KEY]?: Attachment }

/** Remembers an answer on the framework's request object. */
export const attach = (
  carrier: object,
  authorizer: Authorizer<never>,
  request: GatewayRequest,
  context: AuthorizerContext,
): void => {
  const previous = (carrier as Carrier)[KEY]
  ;(carrier as Carrier)[KEY] = { authorizer, request, context, previous }
}

/** The latest answer on a request object, if any authorizer has allowed the request. */
export const attachmentOf = (carrier: object): Attachment | undefined => (carrier as Carrier)[KEY]

/** Something that stands for an authorizer: itself, or a middleware made from it. */
export type AuthorizerReference<TContext> = Authorizer<TContext> | { readonly authorizer: Authorizer<TContext> }

const wanted = (reference: object): unknown => ('authorizer' in reference ? reference.authorizer : reference)

/**
 * What the authorizer said about a request: the latest one, or the one that `reference` names.
 *
 * @throws {AuthorizerError} `ERR_NOT_AUTHORIZED` when no such authorizer has allowed the request
 */
export const readAuthorizer = (carrier: object, reference?: AuthorizerReference<never>): AuthorizerContext => {
  let found = attachmentOf(carrier)
  if (reference !== undefined) {
    const authorizer = wanted(reference)
    while (found !== undefined && found.authorizer !== authorizer) found = found.previous
  }
  if (found !== undefined) return found.context
  throw new AuthorizerError(
    'ERR_NOT_AUTHORIZED',
    'getAuthorizer: no authorizer has allowed this request; mount customAuthorizer before the handler, and on paths that it skips ask the locals instead',
  )
}
