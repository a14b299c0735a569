/** The interface of stores that count requests. @module */
import type { QuotaPeriod } from './counting/window.ts'

/** A token bucket. Names as in the AWS manual. */
export interface ThrottleSettings {
  /** Requests per second that the bucket is refilled with; may have a fraction. 0 never refills it. */
  readonly rateLimit: number
  /** Size of the bucket in requests, a whole number. 0 lets nothing pass. */
  readonly burstLimit: number
}

/** A number of requests per period. Names as in the AWS manual. */
export interface QuotaSettings {
  readonly limit: number
  readonly period: QuotaPeriod
  /**
   * Days by which the first day of the period is moved: 0 to 6 for `WEEK`, 0 to 27 for `MONTH`, 0 for `DAY`. It is not a
   * number of requests to subtract, which is another reading of the manual (AWS-UP-13).
   */
  readonly offset?: number
}

/** One bucket of a counter. */
export interface Bucket extends ThrottleSettings {
  /** Unique within the counter: `''` for the bucket of the plan, `/pets/GET` for that of a method. */
  readonly name: string
}

/** What one request needs. All of it is taken, or nothing (FLEET-43). */
export interface Demand {
  readonly quota: QuotaSettings | undefined
  readonly buckets: readonly Bucket[]
}

/** The answer of a store. */
export type Taken =
  | {
      readonly verdict: 'pass'
      /** Requests left in the period; `undefined` without a quota, or if the store does not know. */
      readonly remaining: number | undefined
      /** End of the period in milliseconds since the epoch. */
      readonly resetsAt: number | undefined
      /** `'unavailable'` if this process has counted the request by itself, because the shared store failed. */
      readonly store?: 'unavailable'
    }
  | {
      readonly verdict: 'throttle'
      /** Milliseconds until the request could pass; `undefined` if it never can. */
      readonly waitMs: number | undefined
      /** Name of the empty bucket; of the one with the longest wait if there are several. */
      readonly bucket: string
    }
  | { readonly verdict: 'quota'; readonly waitMs: number; readonly resetsAt: number }

/** The state of one counter, for operators. */
export interface CounterState {
  /** Requests used in the current period; 0 without a quota. */
  readonly used: number
  /** End of the period in milliseconds since the epoch; `undefined` without a quota. */
  readonly resetsAt: number | undefined
  /** Tokens in each bucket, by its name. */
  readonly levels: Readonly<Record<string, number>>
}

/**
 * Counts requests. One counter has the quota and all buckets of one subject in one plan, and survives a change of the plan.
 * A rejection or an exception means that it is not known whether the request was counted; `onStoreError` of the usage plan decides.
 */
export interface UsageStore {
  /** `true` if keys never leave this process. Other stores receive digests (FLEET-26). Default: false. */
  readonly inProcess?: boolean
  /** Lines for the log of the authorizer, such as options of a client that are not safe. Default: none. */
  readonly warnings?: readonly string[]
  /** Checks and takes in one step (SEC-89). */
  take(key: string, demand: Demand): Taken | Promise<Taken>
  /** Reads a counter without changing it. */
  read(key: string, demand: Demand): CounterState | Promise<CounterState>
}
