/** Options of `shadow`, and their checks. @module */
import type { Authorizer } from '../authorizer/authorizer.ts'
import { callable, type Check, type Checks, instance, integer, isRecord, listOf, text } from '../util/check.ts'
import type { Clock } from '../util/clock.ts'
import type { Difference } from './difference.ts'
import type { DecisionObserver } from './observer.ts'
import type { SafeAfter } from './report.ts'

/** Options of `shadow`. */
export interface ShadowOptions<TContext = Record<string, unknown>> {
  /** The authorizer that decides. */
  enforce: Authorizer<TContext>
  /**
   * The authorizer to compare with, or an observer such as `gatewayResponse` of `core/remote`. It never reads the body, and
   * receives a copy of the request without the framework's request object. An authorizer that reads the body is rejected.
   */
  candidate: Authorizer<unknown> | DecisionObserver
  /** Called once for each difference; exceptions are ignored. Default: differences are only counted. */
  onDifference?: (difference: Difference) => unknown
  /** Share of the requests that are compared, 0 to 1. Default 1. */
  sampleRate?: number
  /** Returns a number from 0 up to but not including 1, for `sampleRate`. Default: `Math.random`. */
  random?: () => number
  /**
   * Maximum number of calls of the candidate that wait or run, 1 to 10,000. Further requests are not compared. Calls that
   * hang after their deadline count. Default 100.
   */
  maxInFlight?: number
  /** Deadline of one call of the candidate in milliseconds, 1 to 900,000. Default 10,000. */
  timeoutMs?: number
  /**
   * What is not compared: `'principalId'`, `'scopes'`, `'context'`, or `'context.KEY'` for a key whose value is new for each
   * request. Default: nothing.
   */
  ignore?: readonly string[]
  /** When switching counts as safe. */
  safeAfter?: SafeAfter
  /** Source of time. Default: that of `enforce`. */
  clock?: Clock
}

const rate: Check = (value) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? undefined : 'a number from 0 to 1'

const count = integer(0, 1_000_000_000, 'requests')

export const SAFE_AFTER_CHECKS: Checks<SafeAfter> = {
  requests: integer(1, 1_000_000_000, 'requests'),
  allowed: count,
  denied: count,
  differences: count,
}

/** One row per option. The two authorizers are checked where they are composed. */
export const SHADOW_CHECKS: Checks<ShadowOptions> = {
  enforce: () => undefined,
  candidate: () => undefined,
  onDifference: callable,
  sampleRate: rate,
  random: callable,
  maxInFlight: integer(1, 10_000, 'calls'),
  timeoutMs: integer(1, 900_000, 'milliseconds'),
  ignore: listOf(
    text(/^(?:principalId|scopes|context(?:\..+)?)$/s, '"principalId", "scopes", "context" or "context.KEY"'),
    100,
  ),
  safeAfter: (value) => (isRecord(value) ? undefined : `an object with ${Object.keys(SAFE_AFTER_CHECKS).join(', ')}`),
  clock: instance('a Clock with now(), monotonic() and setTimeout()', 'now', 'monotonic', 'setTimeout'),
}
