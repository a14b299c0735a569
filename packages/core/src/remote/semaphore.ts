/** Limits the number of concurrent calls; further calls wait for a free slot (SEC-86). @module */
import type { Clock } from '../index.ts'

export class Semaphore {
  readonly #slots: number
  readonly #clock: Clock
  #taken = 0
  /** Waiting calls, oldest first. */
  readonly #waiting = new Set<() => void>()

  constructor(slots: number, clock: Clock) {
    this.#slots = slots
    this.#clock = clock
  }

  /**
   * Takes a slot, waiting up to `waitMs` milliseconds for one. `false` if none became free, or if as many calls as there are
   * slots are waiting already.
   */
  acquire(waitMs: number): boolean | Promise<boolean> {
    if (this.#taken < this.#slots) {
      this.#taken++
      return true
    }
    if (waitMs <= 0 || this.#waiting.size >= this.#slots) return false
    return new Promise((resolve) => {
      const cancel = this.#clock.setTimeout(() => {
        this.#waiting.delete(proceed)
        resolve(false)
      }, waitMs)
      const proceed = (): void => {
        cancel()
        resolve(true)
      }
      this.#waiting.add(proceed)
    })
  }

  /** Passes the slot on to the call that has waited longest, or frees it. */
  release(): void {
    const [first] = this.#waiting
    if (first === undefined) {
      this.#taken--
      return
    }
    this.#waiting.delete(first)
    first()
  }
}
