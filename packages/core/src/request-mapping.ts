/** What a mount may change about the requests that it lets pass. @module */
import type { AuthorizerContext } from './context.ts'
import type { GatewayRequest } from './request.ts'

/** What becomes of a request. */
export interface RequestEdits {
  /** Lines to add; names in lower case. What the client sent under a covered name is gone before. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Path and query that take the place of the request's; `undefined` when they stay. */
  readonly target: string | undefined
}

/** How a mount changes the requests that it lets pass. */
export interface RequestMapping {
  /**
   * What the authorizer sees of a client's headers of covered names: nothing, as of a namespace that only we write to, or
   * everything, as on a gateway, which maps parameters after the authorizer has answered (HW-CTX-10).
   */
  readonly authorizerSees: 'uncovered' | 'everything'
  /** Whether a client's header of this name never gets through, on any path (SEC-17, SEC-18, SEC-20). */
  covers(name: string): boolean
  /**
   * The changes for a request. Without an answer of an authorizer, on paths that are skipped, nothing is set and only
   * removed what has to be. A string says what makes the changes impossible: names and kinds, never values.
   */
  edit(request: GatewayRequest, authorizer: AuthorizerContext | undefined): RequestEdits | string
}

export const NO_EDITS: RequestEdits = Object.freeze({ headers: Object.freeze([]), target: undefined })
