/** The second argument of `evaluate`. @module */
import type { ApiKeyIdentity } from '../contract/context.ts'
import type { Decision } from '../decision/decision.ts'

/** What an evaluation may use besides the request. */
export interface EvaluateOptions {
  /** Ends the wait of this request; a shared call continues. Default: nothing ends it. */
  readonly signal?: AbortSignal | undefined
  /** The API key of the request, for events of REQUEST authorizers. Not part of the cache key. Default: none. */
  readonly apiKey?: ApiKeyIdentity | undefined
  /**
   * Receives the decision of this evaluation, besides `onDecision` of the authorizer; one for each member of a composition that
   * was evaluated. Exceptions are ignored. Default: none.
   */
  readonly onDecision?: ((decision: Decision) => unknown) | undefined
}
