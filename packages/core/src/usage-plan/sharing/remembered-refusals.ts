/** Refusals of a shared store that this process repeats without asking again (FLEET-51). @module */
import { LRUCache } from 'lru-cache'
import type { Bucket, Demand, QuotaSettings, Taken } from '../store.ts'

type Throttled = Extract<Taken, { readonly verdict: 'throttle' }>
type Exhausted = Extract<Taken, { readonly verdict: 'quota' }>

/** The longest time in milliseconds for which a refusal is repeated. */
const MAX_REPEATED_MS = 1000
const MAX_THROTTLED = 10_000
/** As many counters as a `MemoryUsageStore` has: what is forgotten here could be used again in an outage. */
const MAX_EXHAUSTED = 100_000

/** A refusal, and the limit that caused it: another limit with the same name is asked for again. */
interface Remembered<TLimit, TRefusal> {
  readonly limit: TLimit
  readonly refusal: TRefusal
  /** Monotonic time in milliseconds. */
  readonly at: number
}

const isSameQuota = (one: QuotaSettings, other: QuotaSettings): boolean =>
  one.limit === other.limit && one.period === other.period && (one.offset ?? 0) === (other.offset ?? 0)

const isSameBucket = (one: Bucket, other: Bucket): boolean =>
  one.rateLimit === other.rateLimit && one.burstLimit === other.burstLimit

/** The rest of a wait after some time has passed. */
const rest = (waitMs: number | undefined, passedMs: number): number | undefined => waitMs && waitMs - passedMs

/** Remembers throttles of at most 10,000 counters, and quotas of at most 100,000. */
export class RememberedRefusals {
  readonly #throttled = new LRUCache<string, Map<string, Remembered<Bucket, Throttled>>>({ max: MAX_THROTTLED })
  readonly #exhausted = new LRUCache<string, Remembered<QuotaSettings, Exhausted>>({ max: MAX_EXHAUSTED })

  /**
   * A refusal that still holds: until the time that the store returned, for at most one second.
   *
   * @param now monotonic time in milliseconds
   */
  find(counter: string, demand: Demand, now: number): Throttled | Exhausted | undefined {
    const exhausted = this.exhausted(counter, demand, now, MAX_REPEATED_MS)
    if (exhausted !== undefined) return exhausted
    const throttled = this.#throttled.get(counter)
    if (throttled === undefined) return undefined
    for (const bucket of demand.buckets) {
      const found = throttled.get(bucket.name)
      if (found === undefined || !isSameBucket(found.limit, bucket)) continue
      const passedMs = now - found.at
      const { waitMs } = found.refusal
      if (passedMs < Math.min(waitMs ?? MAX_REPEATED_MS, MAX_REPEATED_MS))
        return { ...found.refusal, waitMs: rest(waitMs, passedMs) }
    }
    return undefined
  }

  /**
   * A quota that was used up when the store was last asked, and whose period has not ended.
   *
   * @param maxMs for how long it holds at most. Default: until the period ends
   */
  exhausted(
    counter: string,
    demand: Demand,
    now: number,
    maxMs: number = Number.POSITIVE_INFINITY,
  ): Exhausted | undefined {
    if (demand.quota === undefined) return undefined
    const found = this.#exhausted.get(counter)
    if (found === undefined || !isSameQuota(found.limit, demand.quota)) return undefined
    const passedMs = now - found.at
    const { refusal } = found
    return passedMs < Math.min(refusal.waitMs, maxMs) ? { ...refusal, waitMs: refusal.waitMs - passedMs } : undefined
  }

  /**
   * Remembers what the store answered.
   *
   * @param at monotonic time in milliseconds at which the store was asked
   */
  note(counter: string, demand: Demand, taken: Taken, at: number): void {
    if (taken.verdict === 'pass') {
      if (demand.quota !== undefined) this.#exhausted.delete(counter)
    } else if (taken.verdict === 'quota') {
      if (demand.quota !== undefined) this.#exhausted.set(counter, { limit: demand.quota, refusal: taken, at })
    } else {
      const limit = demand.buckets.find(({ name }) => name === taken.bucket)
      if (limit !== undefined) this.#throttledOf(counter).set(taken.bucket, { limit, refusal: taken, at })
    }
  }

  #throttledOf(counter: string): Map<string, Remembered<Bucket, Throttled>> {
    let throttled = this.#throttled.get(counter)
    if (throttled === undefined) {
      throttled = new Map()
      this.#throttled.set(counter, throttled)
    }
    return throttled
  }
}
