/** A clock that only a test advances. @module */
import type { Clock } from '@custom-authorizer/core'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/**
 * `advance` moves the wall clock and the monotonic clock; timers fire in the order of their due times, with the clock at
 * that time. `setTime` moves only the wall clock, like a correction of the system time.
 */
export class TestClock implements Clock {
  #now: number
  #monotonic = 0
  readonly #timers = new Set<Timer>()

  constructor(now: number = Date.UTC(2030, 0, 1, 12, 0, 0)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#monotonic
  }

  setTimeout(callback: () => void, ms: number): () => void {
    const timer: Timer = { at: this.#monotonic + Math.max(0, ms), callback }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** The number of pending timers. */
  get pending(): number {
    return this.#timers.size
  }

  /** Advances both clocks by `ms` milliseconds and fires the timers that are due. */
  advance(ms: number): void {
    const end = this.#monotonic + ms
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#timers.delete(next)
      this.#moveTo(next.at)
      next.callback()
    }
    this.#moveTo(end)
  }

  /** Sets only the wall clock; the monotonic clock and the timers do not change. */
  setTime(now: number): void {
    this.#now = now
  }

  #moveTo(monotonic: number): void {
    this.#now += monotonic - this.#monotonic
    this.#monotonic = monotonic
  }

  #due(end: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer
    }
    return first
  }
}
