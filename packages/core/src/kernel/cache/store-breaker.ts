/** Stops calling a store that fails, so that it delays no requests (SEC-66). @module */
import type { Clock } from '../util/clock.ts'

/** Failures in a row after which a store is left alone. */
const MAX_FAILURES = 5
/** Milliseconds until it is tried again. */
const OPEN_MS = 1000

export class StoreCircuit {
  readonly #clock: Clock
  readonly #opened: () => void
  #failures = 0
  /** When the next look-up may be tried; `undefined` while closed. */
  #nextTryAt: number | undefined

  /** @param opened called when the store is left alone, once for each outage */
  constructor(clock: Clock, opened: () => void) {
    this.#clock = clock
    this.#opened = opened
  }

  /** Whether a look-up may be made: while open one in each second, and the first that ends well closes the circuit. */
  enter(): boolean {
    if (this.#nextTryAt === undefined) return true
    const now = this.#clock.monotonic()
    if (now < this.#nextTryAt) return false
    this.#nextTryAt = now + OPEN_MS
    return true
  }

  /** Whether the last look-up has worked: what cannot be read is not worth a write. */
  get isSound(): boolean {
    return this.#failures === 0
  }

  succeed(): void {
    this.#failures = 0
    this.#nextTryAt = undefined
  }

  fail(): void {
    this.#failures++
    if (this.#failures < MAX_FAILURES) return
    const outage = this.#nextTryAt === undefined
    this.#nextTryAt = this.#clock.monotonic() + OPEN_MS
    if (outage) this.#opened()
  }
}
