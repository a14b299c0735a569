/** The result of one call of an authorizer function. @module */
import type { AuthorizerResult } from './context.ts'
import type { Parsed } from './contract.ts'
import type { GatewayResponse } from './gateway-response.ts'

/** The function was not called, or could not be reached. Contracts do not distinguish these cases. */
export interface NotReached {
  readonly accepted: false
  readonly reason: 'AUTHORIZER_UNREACHABLE' | 'AUTHORIZER_UNAVAILABLE' | 'OVERLOADED'
  readonly problem?: string
  readonly hint?: string
  readonly response?: GatewayResponse
  readonly uncached?: true
}

/** The parsed result of a call and its duration. */
export interface CallResult {
  readonly parsed: Parsed<AuthorizerResult> | NotReached
  /** Milliseconds that the call took. */
  readonly latencyMs: number
}
