/** What an evaluation records for its decision and explanation. @module */
import type { StoreHit } from '../cache/store.ts'
import type { AuthorizerResult } from '../contract/context.ts'
import type { CacheState } from '../contract/outcome.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'

/** The state of one evaluation. */
export interface EvaluationRecord {
  readonly request: GatewayRequest
  /** Values of the identity sources, in the configured order; empty until they are read. */
  readonly identity: readonly string[]
  readonly state: CacheState
  /** The cache hit, if {@link state} is `'hit'`. */
  readonly hit: StoreHit | undefined
  /** The result that the contract has decided on. */
  readonly result: AuthorizerResult | undefined
  /** What was wrong with the result or the request: names and kinds, never values. */
  readonly problem: string | undefined
  /** What the contract advises to change. */
  readonly hint: string | undefined
}
