/** Decisions, as `onDecision` and the diagnostics channel receive them. They never hold a credential. @module */
import type { Contract } from '../contract/contract.ts'
import type { GatewayResponseType } from '../contract/gateway-response.ts'
import type { Denied, DenialReason, Outcome } from '../contract/outcome.ts'
import { asciiLower } from '../util/ascii.ts'
import type { Clock } from '../util/clock.ts'
import { openChannel } from './channel.ts'
import { type CacheReport, cacheReport, explain, type Explanation } from './explanation.ts'
import { loggable } from './loggable.ts'
import type { EvaluationRecord } from './record.ts'

/** Name of the diagnostics channel that receives each {@link Decision}. */
export const DECISION_CHANNEL = 'custom-authorizer.decision'

/** The diagnostics channel for decisions. */
export const decisionChannel: ReturnType<typeof openChannel> = openChannel(DECISION_CHANNEL)

/** One decision. Plain data, except for `explain`. */
export interface Decision {
  /** Name of the authorizer. */
  readonly authorizer: string
  /** Name of its contract. */
  readonly contract: string
  readonly method: string
  /** Canonical path without the query. */
  readonly path: string
  readonly verdict: 'allow' | 'deny'
  readonly reason: 'ALLOWED' | DenialReason
  /** Status of the response, if the request was denied. */
  readonly status?: number
  /** Gateway response type, if the request was denied. */
  readonly responseType?: GatewayResponseType
  /**
   * Principal ID of the result, if there is one. Spaces, backslashes and characters outside of visible ASCII are escaped as
   * `\uXXXX`, and the text is cut off after 2048 characters, so that it cannot forge a log line (SEC-101).
   */
  readonly principalId?: string
  /**
   * ID of the request in the response, if the request was denied and the contract sends one: `x-amzn-RequestId` of REST APIs,
   * `apigw-requestid` of HTTP APIs, `X-Request-Id` of Huawei Cloud APIG. Generated here, never sent by the client.
   */
  readonly requestId?: string
  readonly cache: CacheReport
  /** Milliseconds from the start of `evaluate` to the outcome, with fractions. */
  readonly durationMs: number
  /** Computes why the request was allowed or denied. */
  explain(): Explanation
}

/** The authorizer that decides. */
export interface DecisionSource {
  /** Name of the authorizer. */
  readonly authorizer: string
  readonly contract: Contract
  readonly clock: Clock
}

/** The ID that a response sends to the client, in the contract's own header. */
const requestIdIn = ({ response }: Denied, { requestIdHeader }: Contract): string | undefined => {
  if (requestIdHeader === undefined) return undefined
  const wanted = asciiLower(requestIdHeader)
  const line = response.headers.find(([name]) => asciiLower(name) === wanted)
  return line && loggable(line[1])
}

type Unfinished = { -readonly [K in keyof Decision]: Decision[K] }

/**
 * Builds the decision for an outcome.
 *
 * @param started monotonic time in milliseconds at which the evaluation began
 */
export const decisionOf = (
  { authorizer, contract, clock }: DecisionSource,
  record: EvaluationRecord,
  outcome: Outcome,
  started: number,
): Decision => {
  const { request, result } = record
  const { received = request } = request
  const reason = outcome.allowed ? 'ALLOWED' : outcome.reason
  // Members that not every decision has are added one by one: spreading them costs more than the rest.
  const decision: Unfinished = {
    authorizer,
    contract: contract.name,
    method: loggable(request.method),
    // A request that is rejected because of the target that the client sent is reported with that target.
    path: loggable((received.problem === undefined ? request : received).path),
    verdict: outcome.allowed ? 'allow' : 'deny',
    reason,
    cache: cacheReport(record),
    durationMs: clock.monotonic() - started,
    explain: () => explain(contract, clock, record, reason),
  }
  if (result !== undefined) decision.principalId = loggable(result.principalId)
  if (outcome.allowed) return decision
  decision.status = outcome.response.status
  decision.responseType = outcome.type
  const requestId = requestIdIn(outcome, contract)
  if (requestId !== undefined) decision.requestId = requestId
  return decision
}
