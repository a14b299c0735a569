/** The outcome of an evaluation. @module */
import type { AuthorizerContext } from './context.ts'
import type { DenialReason } from './denials.ts'
import type { GatewayResponse, GatewayResponseType } from './gateway-response.ts'

export type { DenialReason } from './denials.ts'

/**
 * Where a result came from: `hit`, the cache; `miss`, a call of the function; `shared`, a call that another request had
 * started; `off`, a call without a cache; `unused`, the evaluation ended before the cache was read.
 */
export type CacheState = 'hit' | 'miss' | 'shared' | 'off' | 'unused'

/** The request may continue. */
export interface Allowed<TContext = Record<string, unknown>> {
  readonly allowed: true
  /** The result, in a copy that belongs to this request alone. */
  readonly authorizer: AuthorizerContext<TContext>
}

/** The request is denied; `response` is what the client receives. */
export interface Denied {
  readonly allowed: false
  readonly reason: DenialReason
  readonly type: GatewayResponseType
  readonly response: GatewayResponse
}

/** The outcome of an evaluation. */
export type Outcome<TContext = Record<string, unknown>> = Allowed<TContext> | Denied
