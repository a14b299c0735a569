/**
 * A reference implementation of the counting step, written from FLEET-12, FLEET-14 to FLEET-22 and FLEET-42 to FLEET-44. It
 * shares no code with `packages/core`: windows are found by stepping through the days of a `Date`, and levels are whole
 * millionths of a token. That is exact for rates of at most three decimals and times in whole milliseconds.
 * @module
 */
import type { Bucket, Demand, QuotaSettings, Taken } from '@custom-authorizer/core/usage-plan'

/** The two clocks of a process, in milliseconds. */
export interface ReferenceInstant {
  readonly wall: number
  readonly monotonic: number
}

type Period = QuotaSettings['period']

const TOKEN = 1_000_000
const AHEAD_MS = 1000

/** Whether a window starts at 00:00 UTC of this day. */
const STARTS: Readonly<Record<Period, (day: Date, offset: number) => boolean>> = {
  DAY: () => true,
  WEEK: (day, offset) => day.getUTCDay() === offset,
  MONTH: (day, offset) => day.getUTCDate() === 1 + offset,
}
const LONGEST_DAYS: Readonly<Record<Period, number>> = { DAY: 1, WEEK: 7, MONTH: 31 }

/** The end of the window that `wall` is in: 00:00 UTC of the first later day on which a window starts. */
export const referenceWindowEnd = (wall: number, period: Period, offset: number): number => {
  const day = new Date(wall)
  day.setUTCHours(0, 0, 0, 0)
  do day.setUTCDate(day.getUTCDate() + 1)
  while (!STARTS[period](day, offset))
  return day.getTime()
}

interface StoredBucket {
  readonly level: number
  readonly at: number
}
interface StoredWindow {
  readonly used: number
  readonly end: number
}
interface Subject {
  readonly buckets: Map<string, StoredBucket>
  readonly windows: Map<string, StoredWindow>
}

/** A part of the counter at the time of a request, before anything is taken. */
interface Seen<Stored> {
  readonly stored: Stored
  /**
   * What a refused request stores: the same level and use with a new time, if the stored time is too far in the future
   * (FLEET-19); otherwise nothing. A level above a smaller burst is not cut, as without a step of the clock.
   */
  readonly repaired: Stored | undefined
}

/** Undefined: never. */
type Wait = number | undefined

/** A result of a store, with the waits of all empty buckets instead of the name of one, since several may have the same wait. */
export type ReferenceTaken =
  | Exclude<Taken, { readonly verdict: 'throttle' }>
  | { readonly verdict: 'throttle'; readonly waitMs: Wait; readonly waits: ReadonlyMap<string, Wait> }

const bucketAt = (held: StoredBucket | undefined, bucket: Bucket, now: number): Seen<StoredBucket> => {
  const full = bucket.burstLimit * TOKEN
  if (held === undefined) return { stored: { level: full, at: now }, repaired: undefined }
  const perMs = Math.round(bucket.rateLimit * 1000)
  const level = Math.min(full, held.level + Math.max(0, now - held.at) * perMs)
  if (held.at - now > AHEAD_MS) return { stored: { level, at: now }, repaired: { level: held.level, at: now } }
  return { stored: { level, at: Math.max(held.at, now) }, repaired: undefined }
}

const windowAt = (held: StoredWindow | undefined, quota: QuotaSettings, now: number): Seen<StoredWindow> => {
  const end = referenceWindowEnd(now, quota.period, quota.offset ?? 0)
  if (held === undefined || now >= held.end) return { stored: { used: 0, end }, repaired: undefined }
  if (held.end - now <= 2 * LONGEST_DAYS[quota.period] * 86_400_000) return { stored: held, repaired: undefined }
  const repaired = { used: held.used, end }
  return { stored: repaired, repaired }
}

const waitOf = ({ rateLimit, burstLimit }: Bucket, level: number): Wait =>
  rateLimit === 0 || burstLimit < 1 ? undefined : Math.ceil((TOKEN - level) / Math.round(rateLimit * 1000))

const longestOf = (waits: readonly Wait[]): Wait =>
  waits.includes(undefined) ? undefined : Math.max(...waits.filter((wait) => wait !== undefined))

/** Counts with both clocks given for each request. */
export class ReferenceCounter {
  readonly #subjects = new Map<string, Subject>()

  take(key: string, demand: Demand, { wall, monotonic }: ReferenceInstant): ReferenceTaken {
    const subject = this.#subjects.get(key) ?? { buckets: new Map(), windows: new Map() }
    this.#subjects.set(key, subject)
    const { quota } = demand
    const tag = `${quota?.period} ${quota?.offset ?? 0}`
    const window = quota && windowAt(subject.windows.get(tag), quota, wall)
    const buckets = demand.buckets.map((bucket) => ({
      bucket,
      ...bucketAt(subject.buckets.get(bucket.name), bucket, monotonic),
    }))

    const isOver = quota !== undefined && window !== undefined && window.stored.used + 1 > quota.limit
    const waits = new Map(
      buckets
        .filter(({ stored }) => stored.level < TOKEN)
        .map(({ bucket, stored }) => [bucket.name, waitOf(bucket, stored.level)] as const),
    )
    const passes = !isOver && waits.size === 0

    const windowKept = passes && window ? { ...window.stored, used: window.stored.used + 1 } : window?.repaired
    if (windowKept !== undefined) subject.windows.set(tag, windowKept)
    for (const { bucket, stored, repaired } of buckets) {
      const kept = passes ? { ...stored, level: stored.level - TOKEN } : repaired
      if (kept !== undefined) subject.buckets.set(bucket.name, kept)
    }

    if (isOver) return { verdict: 'quota', waitMs: window.stored.end - wall, resetsAt: window.stored.end }
    if (waits.size > 0) return { verdict: 'throttle', waitMs: longestOf([...waits.values()]), waits }
    const remaining = quota && window && Math.max(0, quota.limit - window.stored.used - 1)
    return { verdict: 'pass', remaining, resetsAt: window?.stored.end }
  }
}
