/** A clock that stands still until a test moves it. @module */
import type { Clock } from '@custom-authorizer/core'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/**
 * Wall clock and monotonic clock go on together with `advance`; timers fire in the order of their due times, each
 * seeing the clock at its own due time. `setTime` moves the wall clock alone, as a correction of the system time does.
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

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets `ms` milliseconds pass on both clocks and fires what falls due on the way. */
  advance(ms: number): void {
    const end = this.#monotonic + ms
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#timers.delete(next)
      this.#moveTo(next.at)
      next.callback()
    }
    this.#moveTo(end)
  }

  /** Sets the wall clock alone; the monotonic clock, and with it every timer, stays where it is. */
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
