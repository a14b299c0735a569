/** What a comparison has found so far: counts, samples, and whether it is safe to switch. @module */
import type { DifferenceSample } from './difference.ts'
import type { DifferenceKind } from './compare.ts'

/**
 * Why requests were not compared: `NOT_SAMPLED`, `sampleRate`; `BUSY`, `maxInFlight` comparisons were running; `NO_DECISION`,
 * `enforce` made no decision about the caller (a malformed request, an outage, overload, a disconnected client);
 * `NOT_OBSERVABLE`, a candidate that is a `DecisionObserver` cannot compare this request.
 */
export type SkipReason = 'NOT_SAMPLED' | 'BUSY' | 'NO_DECISION' | 'NOT_OBSERVABLE'

/** When switching counts as safe. A request that was allowed instead of denied is never tolerated. */
export interface SafeAfter {
  /** Requests that were compared. Default 1,000. */
  requests?: number
  /** Requests that both allowed, without a difference. Default 1. */
  allowed?: number
  /** Requests that both denied, without a difference. Default 1. */
  denied?: number
  /** Tolerated differences, failures of the candidate included. Default 0. */
  differences?: number
}

/** All differences of one kind. */
export interface Differences {
  readonly kind: DifferenceKind
  readonly count: number
  /** The first 5 that differ from each other. */
  readonly samples: readonly DifferenceSample[]
}

/** What has been compared since the start or the last `reset()`. Plain data without credentials, policies and context values. */
export interface ShadowReport {
  /** When the comparison began, in milliseconds since the epoch. */
  readonly since: number
  /** Requests that `enforce` evaluated. */
  readonly requests: number
  /** Requests that were compared, failures of the candidate included. */
  readonly compared: number
  /** Compared requests without a difference. */
  readonly agreed: { readonly allowed: number; readonly denied: number }
  /** Requests that were not compared. */
  readonly skipped: Readonly<Record<SkipReason, number>>
  /** Calls of the candidate that wait or run now. */
  readonly inFlight: number
  /** The kinds that have occurred, the most dangerous first. */
  readonly differences: readonly Differences[]
  readonly isSafeToSwitch: boolean
  /** One sentence for each criterion that is not met; if all are met, one that says what was compared. */
  readonly why: readonly string[]
}
