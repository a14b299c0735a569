/** How many calls may be outstanding, and how long others wait for their turn (SEC-86). @module */
import type { Clock } from '../index.ts'

export class Places {
  readonly #most: number
  readonly #clock: Clock
  #taken = 0
  /** Those who wait, in the order in which they came. */
  readonly #waiting = new Set<() => void>()

  constructor(most: number, clock: Clock) {
    this.#most = most
    this.#clock = clock
  }

  /** `true` with a place taken, at once or in time; `false` without one. As many may wait as there are places. */
  take(waitMs: number): boolean | Promise<boolean> {
    if (this.#taken < this.#most) {
      this.#taken++
      return true
    }
    if (waitMs <= 0 || this.#waiting.size >= this.#most) return false
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

  /** Gives a place back, to whoever has waited longest. */
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
