/** One counter: a quota and token buckets, checked and taken in one step (FLEET-12 to FLEET-22, FLEET-42, FLEET-43). @module */
import type { Bucket, CounterState, Demand, QuotaSettings, Taken } from '../store.ts'
import { LONGEST_MS, type QuotaPeriod, windowEnd } from './window.ts'

/** The time of one step, in milliseconds. */
export interface Instant {
  /** Since the epoch, for windows. */
  readonly wall: number
  /** Of a clock that never steps, for buckets. */
  readonly monotonic: number
}

interface Window {
  used: number
  end: number
}

interface Level {
  tokens: number
  /** When {@link tokens} was computed. */
  at: number
}

/** A stored time further ahead of the clock than this is an earlier step of the clock (FLEET-19). */
const MAX_AHEAD_MS = 1000

const FIRST: Readonly<Record<QuotaPeriod, number>> = { DAY: 0, WEEK: 100, MONTH: 200 }

/** Each period and offset has a window of its own, so that a changed period starts another one (FLEET-22). */
const windowNumber = ({ period, offset = 0 }: QuotaSettings): number => FIRST[period] + offset

const waitOf = ({ rateLimit, burstLimit }: Bucket, tokens: number): number | undefined =>
  rateLimit > 0 && burstLimit >= 1 ? Math.ceil(((1 - tokens) * 1000) / rateLimit) : undefined

const longer = (one: number | undefined, other: number | undefined): boolean =>
  one !== undefined && (other === undefined || other > one)

/** Levels are rounded to this part of a token, so that sums of fractions reach a whole token in time (FLEET-43). */
const PARTS = 1_000_000

/** The end of a window that has not passed. After a step of the clock back, it may be too far ahead (FLEET-19). */
const endOf = ({ end }: Window, { period, offset = 0 }: QuotaSettings, now: number): number =>
  end - now > 2 * LONGEST_MS[period] ? windowEnd(now, period, offset) : end

/** The tokens of a bucket now. The level is kept in tokens, so that a changed plan applies at once (FLEET-42). */
const tokensNow = (level: Level | undefined, { rateLimit, burstLimit }: Bucket, now: number): number => {
  if (level === undefined) return burstLimit
  const refilled = now > level.at ? level.tokens + ((now - level.at) * rateLimit) / 1000 : level.tokens
  return Math.round(Math.min(refilled, burstLimit) * PARTS) / PARTS
}

/** When the level of a bucket was computed: never goes back, except after a step of the clock (FLEET-19). */
const timeOf = (level: Level | undefined, now: number): number =>
  level === undefined || now > level.at || level.at - now > MAX_AHEAD_MS ? now : level.at

/** The counter of one subject in one plan. */
export class Counter {
  readonly #windows = new Map<number, Window>()
  readonly #levels = new Map<string, Level>()

  /** Checks quota and buckets, and takes from all of them, or changes nothing but times after a step of the clock. */
  take({ quota, buckets }: Demand, { wall, monotonic }: Instant): Taken {
    const window = quota === undefined ? undefined : this.#windowAt(quota, wall)
    if (quota !== undefined && window !== undefined) window.end = endOf(window, quota, wall)
    if (quota !== undefined && window !== undefined && window.used + 1 > quota.limit) {
      this.#repair(buckets, monotonic)
      return { verdict: 'quota', waitMs: window.end - wall, resetsAt: window.end }
    }
    const refused = this.#refusal(buckets, monotonic)
    if (refused !== undefined) {
      this.#repair(buckets, monotonic)
      return refused
    }
    for (const bucket of buckets) {
      const level = this.#levels.get(bucket.name)
      const tokens = tokensNow(level, bucket, monotonic) - 1
      if (level === undefined) this.#levels.set(bucket.name, { tokens, at: monotonic })
      else {
        level.at = timeOf(level, monotonic)
        level.tokens = tokens
      }
    }
    if (quota === undefined || window === undefined)
      return { verdict: 'pass', remaining: undefined, resetsAt: undefined }
    // A window is kept when the first request is counted in it.
    if (window.used === 0) this.#windows.set(windowNumber(quota), window)
    window.used++
    return { verdict: 'pass', remaining: Math.max(0, quota.limit - window.used), resetsAt: window.end }
  }

  read({ quota, buckets }: Demand, { wall, monotonic }: Instant): CounterState {
    const window = quota === undefined ? undefined : this.#windowAt(quota, wall)
    const levels = buckets.map((bucket) => [
      bucket.name,
      Math.max(0, tokensNow(this.#levels.get(bucket.name), bucket, monotonic)),
    ])
    return {
      used: window?.used ?? 0,
      resetsAt: quota && window && endOf(window, quota, wall),
      levels: Object.fromEntries(levels) as Record<string, number>,
    }
  }

  /** The window of a quota. A new one is kept when a request is counted in it. */
  #windowAt(quota: QuotaSettings, now: number): Window {
    const { period, offset = 0 } = quota
    const window = this.#windows.get(windowNumber(quota))
    if (window === undefined || now >= window.end) return { used: 0, end: windowEnd(now, period, offset) }
    return window
  }

  /** The empty bucket with the longest wait. */
  #refusal(buckets: readonly Bucket[], now: number): Extract<Taken, { readonly verdict: 'throttle' }> | undefined {
    let refused: Extract<Taken, { readonly verdict: 'throttle' }> | undefined
    for (const bucket of buckets) {
      const tokens = tokensNow(this.#levels.get(bucket.name), bucket, now)
      if (tokens >= 1) continue
      const waitMs = waitOf(bucket, tokens)
      if (refused === undefined || longer(refused.waitMs, waitMs))
        refused = { verdict: 'throttle', waitMs, bucket: bucket.name }
    }
    return refused
  }

  /** After a step of the clock back, the level stays, and refilling starts from now on also if the request is refused. */
  #repair(buckets: readonly Bucket[], now: number): void {
    for (const { name } of buckets) {
      const level = this.#levels.get(name)
      if (level !== undefined && level.at - now > MAX_AHEAD_MS) level.at = now
    }
  }
}
