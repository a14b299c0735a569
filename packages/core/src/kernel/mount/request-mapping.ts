/** What a mount may change about the requests that it lets pass. @module */
import type { AuthorizerContext } from '../contract/context.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'

/** Changes to a query, for each view of a request that shows one. */
export interface QueryEdit {
  /** The query with all changes: parameters removed, overwritten and appended. */
  apply(queryString: string): string
  /** The query without the parameters that are removed or overwritten. */
  clean(queryString: string): string
  /** Whether a parameter of this decoded name is removed, overwritten or appended to, in any spelling. */
  touches(name: string): boolean
}

/** What becomes of a request. */
export interface RequestEdits {
  /** Lines to add; names in lower case. What the client sent under a covered name is gone before. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Path and query that take the place of the request's; `undefined` when they stay. */
  readonly target: string | undefined
  /** The new path; `undefined` when the path stays. Default, where `query` is absent too: the path of `target`. */
  readonly path?: string | undefined
  /** Changes to the query. Default, where `path` is absent too: the query of `target` takes the place of every other. */
  readonly query?: QueryEdit | undefined
}

/** How a mount changes the requests that it lets pass. */
export interface RequestMapping {
  /**
   * What the authorizer sees of a client's headers of covered names: nothing, as of a namespace that only we write to, or
   * everything, as on a gateway, which maps parameters after the authorizer has answered (HW-CTX-10).
   */
  readonly authorizerView: 'withoutOwnedHeaders' | 'complete'
  /** Whether a client's header of this name never gets through, on any path (SEC-17, SEC-18, SEC-20). */
  ownsHeader(name: string): boolean
  /**
   * The changes for a request. Without an answer of an authorizer, on paths that are skipped, nothing is set and only
   * removed what has to be. A string says what makes the changes impossible: names and kinds, never values.
   */
  edit(request: GatewayRequest, authorizer: AuthorizerContext | undefined): RequestEdits | string
}

const splitTarget = (target: string): readonly [path: string, query: string] => {
  const end = target.search(/[?#]/)
  if (end < 0) return [target, '']
  const [query = ''] = target[end] === '?' ? target.slice(end + 1).split('#') : []
  return [target.slice(0, end), query]
}

/** The parts of edits that change the target, spelled out; `undefined` when the target stays. */
export const targetEdits = (
  edits: RequestEdits,
): { readonly path: string | undefined; readonly query: QueryEdit | undefined } | undefined => {
  const { target, path, query } = edits
  if (target === undefined) return undefined
  if (path !== undefined || query !== undefined) return { path, query }
  const [whole, rest] = splitTarget(target)
  return { path: whole, query: { apply: () => rest, clean: () => rest, touches: () => true } }
}

/**
 * A target or URL as it goes on. Each view of a request is edited by itself, so that none keeps what a client has sent under
 * a mapped name. A fragment is removed.
 */
export const editTarget = (view: string, edits: RequestEdits): string => {
  const changes = targetEdits(edits)
  if (changes === undefined) return view
  const [, origin = '', local = ''] = /^([a-z][a-z\d+.-]*:\/\/[^/?#]*)?(.*)$/is.exec(view) ?? []
  const [path, query] = splitTarget(local)
  const edited = changes.query === undefined ? query : changes.query.apply(query)
  return origin + joinTarget(changes.path ?? path, edited)
}

/** A path and a query as one target. */
export const joinTarget = (path: string, query: string): string => (query === '' ? path : `${path}?${query}`)

export const NO_EDITS: RequestEdits = Object.freeze({ headers: Object.freeze([]), target: undefined })
