/** Candidates that are no authorizers: they observe how another system decides on the same request. @module */
import type { GatewayResponseType } from '../contract/gateway-response.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'

/** What an observer has learned: whether the request was allowed, and how a denial was sent. There is no context to compare. */
export type ObservedDecision =
  | { readonly verdict: 'allow' }
  | {
      readonly verdict: 'deny'
      /** Status of the response. */
      readonly status: number
      /** Type of the response, if it is known. */
      readonly responseType?: GatewayResponseType | undefined
    }

/** Learns how another system decides on a request, such as a gateway that still runs. */
export interface DecisionObserver {
  /** Name for differences and reports. */
  readonly name: string
  /**
   * Returns the decision, or `undefined` if this request cannot be compared. An exception or rejection counts as a failure of
   * the candidate, and one whose name is `TimeoutError` as a timeout. The signal is aborted at the deadline.
   *
   * @param request a copy without body, framework object and connection
   */
  observe(
    request: GatewayRequest,
    call: { readonly signal: AbortSignal },
  ): ObservedDecision | undefined | Promise<ObservedDecision | undefined>
}

/** Whether a value has the members of an observer. */
export const isObserver = (value: unknown): value is DecisionObserver =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<DecisionObserver>).name === 'string' &&
  typeof (value as Partial<DecisionObserver>).observe === 'function'
