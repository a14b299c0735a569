/** The interface of request mappings, which change the requests that a mount lets pass. @module */
import type { AuthorizerContext } from '../contract/context.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'

/** Changes to a query. Each view of a request that has the query is edited separately. */
export interface QueryEdit {
  /** The query with all changes: parameters removed, overwritten and appended. */
  apply(queryString: string): string
  /** The query without the parameters that are removed or overwritten. */
  clean(queryString: string): string
  /** Whether a parameter of this decoded name is removed, overwritten or appended to, in any spelling. */
  touches(name: string): boolean
}

/** The changes to one request. */
export interface RequestEdits {
  /** Header lines to add, with names in lower case. Lines that the client sent under an owned name are removed first. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Path and query that replace those of the request; `undefined` if they stay. */
  readonly target: string | undefined
  /** The new path; `undefined` if the path stays. Default, if `query` is absent too: the path of `target`. */
  readonly path?: string | undefined
  /** Changes to the query. Default, if `path` is absent too: the query of `target` replaces every query. */
  readonly query?: QueryEdit | undefined
}

/** How a mount changes the requests that it lets pass. */
export interface RequestMapping {
  /**
   * Whether the authorizer receives headers that the client sent under owned names. `'withoutOwnedHeaders'`: no, because
   * only the mount may set them. `'complete'`: yes, as on a gateway, which maps parameters after the authorizer has run
   * (HW-CTX-10).
   */
  readonly authorizerView: 'withoutOwnedHeaders' | 'complete'
  /** Whether a header of this name that the client sent is removed, on every path (SEC-17, SEC-18, SEC-20). */
  ownsHeader(name: string): boolean
  /**
   * Returns the changes for a request. Without an authorizer's context, as on skipped paths, owned names are removed and
   * nothing is set. If the changes are impossible, returns the reason: names and kinds, never values.
   */
  edit(request: GatewayRequest, authorizer: AuthorizerContext | undefined): RequestEdits | string
}

const splitTarget = (target: string): readonly [path: string, query: string] => {
  const end = target.search(/[?#]/)
  if (end < 0) return [target, '']
  const [query = ''] = target[end] === '?' ? target.slice(end + 1).split('#') : []
  return [target.slice(0, end), query]
}

/** The changes to path and query; `undefined` if the target stays. */
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
 * Applies edits to a target or URL. Each view of a request is edited separately, so that none keeps a value that the client
 * sent under a mapped name. A fragment is removed.
 */
export const editTarget = (view: string, edits: RequestEdits): string => {
  const changes = targetEdits(edits)
  if (changes === undefined) return view
  const [, origin = '', local = ''] = /^([a-z][a-z\d+.-]*:\/\/[^/?#]*)?(.*)$/is.exec(view) ?? []
  const [path, query] = splitTarget(local)
  const edited = changes.query === undefined ? query : changes.query.apply(query)
  return origin + joinTarget(changes.path ?? path, edited)
}

/** Joins a path and a query to a target. */
export const joinTarget = (path: string, query: string): string => (query === '' ? path : `${path}?${query}`)

/** Edits that change nothing. */
export const NO_EDITS: RequestEdits = Object.freeze({ headers: Object.freeze([]), target: undefined })
