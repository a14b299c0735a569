/** A clock that only a test advances. @module */
import type { Clock } from '../index.ts'
import { check } from '../contract.ts'

/**
 * A clock whose time moves only with {@link FakeClock.advance}. A delay that timers of a runtime would not observe, because it is
 * negative or longer than 24.8 days, throws.
 */
export interface FakeClock extends Clock {
  /** The number of timers that have not fired. */
  readonly pending: number
  /**
   * Moves both times by `ms` milliseconds. Timers fire in the order of their due times, with the clock at that time. Before
   * and after each of them, promises settle that need no input or output.
   */
  advance(ms: number): Promise<void>
  /** Like `advance`, but at once: promises do not settle before it returns, so timers that they set later do not fire. */
  advanceSync(ms: number): void
  /** Sets the wall clock only, in milliseconds since the epoch, like a correction of the system time. No timer fires. */
  setTime(now: number): void
}

interface Timer {
  readonly at: number
  readonly callback: () => void
}

const MAX_TIMERS = 100_000
/** The longest delay of a timer in most runtimes. */
const MAX_DELAY = 2_147_483_647

// Taken when the module loads, so that fake timers of a test runner do not replace it.
const { setTimeout: startTimer } = globalThis

/** Resolves when all promises that can settle by themselves have settled. */
const settled = (): Promise<void> =>
  new Promise((resolve) => {
    startTimer(resolve, 0)
  })

const time = (value: unknown): string | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? undefined : 'a time in milliseconds since the epoch'
const duration = (value: unknown): string | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? undefined : 'milliseconds, at least 0'

const checked = (where: string, value: number, allowed: string | undefined): number => {
  if (allowed !== undefined) throw check.optionError(where, value, allowed)
  return value
}

class ManualClock implements FakeClock {
  #now: number
  #monotonic = 0
  readonly #timers = new Set<Timer>()

  constructor(now: number) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#monotonic
  }

  setTimeout(callback: () => void, ms: number): () => void {
    if (!(ms >= 0 && ms <= MAX_DELAY))
      throw new RangeError(`FakeClock.setTimeout: a timer of ${ms} ms would fire at once`)
    const timer: Timer = { at: this.#monotonic + ms, callback }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  get pending(): number {
    return this.#timers.size
  }

  async advance(ms: number): Promise<void> {
    const end = this.#endOf(ms)
    await settled()
    for (let fired = 0; this.#fireNext(end, fired); fired++) await settled()
    this.#moveTo(end)
    await settled()
  }

  advanceSync(ms: number): void {
    const end = this.#endOf(ms)
    for (let fired = 0; this.#fireNext(end, fired);) fired++
    this.#moveTo(end)
  }

  setTime(now: number): void {
    this.#now = checked('FakeClock.setTime', now, time(now))
  }

  #endOf(ms: number): number {
    return this.#monotonic + checked('FakeClock.advance', ms, duration(ms))
  }

  /** Fires the first timer that is due by `end`. Returns whether there was one. */
  #fireNext(end: number, fired: number): boolean {
    let first: Timer | undefined
    for (const timer of this.#timers) if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer
    if (first === undefined) return false
    if (fired >= MAX_TIMERS) throw new Error(`FakeClock.advance: more than ${MAX_TIMERS} timers have fired`)
    this.#timers.delete(first)
    this.#moveTo(first.at)
    first.callback()
    return true
  }

  #moveTo(monotonic: number): void {
    // Two calls of `advance` may overlap: time never goes back.
    const later = Math.max(monotonic, this.#monotonic)
    this.#now += later - this.#monotonic
    this.#monotonic = later
  }
}

/**
 * Creates a clock that only the test advances, for the option `clock`.
 *
 * @param start wall-clock time in milliseconds since the epoch. Default: 2030-01-01 12:00 UTC
 * @example
 * const clock = fakeClock()
 * const authorizer = createAuthorizer({ authorize, contract, clock })
 * await clock.advance(300_000)
 */
export const fakeClock = (start: number = Date.UTC(2030, 0, 1, 12)): FakeClock =>
  new ManualClock(checked('fakeClock.start', start, time(start)))
