/**
 * Whether a function elsewhere is worth a call now (SEC-86).
 *
 * When to open is cockatiel's decision. When to try again is made here: its policies wait on the wall clock, which may be
 * set back, keep everybody waiting while one call is tried, and count what was begun before the circuit opened, so that
 * calls which hung during an outage would open it anew after its end.
 * @module
 */
import { CircuitState, CountBreaker } from 'cockatiel'
import type { Clock } from '../index.ts'

export interface CircuitOptions {
  readonly failureShare: number
  readonly minimumCalls: number
  readonly openMs: number
}

/** Says how a call that was let through has ended. */
export type Report = (isOutage: boolean) => void

export class Circuit {
  readonly #breaker: CountBreaker
  readonly #openMs: number
  readonly #clock: Clock
  /** How often it has opened: calls that began before the last time tell nothing about now. */
  #openings = 0
  /** When the next call may be tried; `undefined` while closed. */
  #nextTryAt: number | undefined

  constructor({ failureShare, minimumCalls, openMs }: CircuitOptions, clock: Clock) {
    this.#breaker = new CountBreaker({ threshold: failureShare, size: minimumCalls })
    this.#openMs = openMs
    this.#clock = clock
  }

  /** Whether {@link enter} would refuse. */
  get isOpen(): boolean {
    return this.#nextTryAt !== undefined && this.#clock.monotonic() < this.#nextTryAt
  }

  /**
   * Lets a call through, or refuses it with `undefined`. While open, one call is tried in each `openMs`. A try that hangs
   * does not hold up the next one: the first that ends well closes the circuit.
   */
  enter(): Report | undefined {
    const openings = this.#openings
    if (this.#nextTryAt === undefined) {
      return (isOutage) => {
        if (openings === this.#openings && this.#nextTryAt === undefined) this.#count(isOutage)
      }
    }
    if (this.isOpen) return undefined
    this.#nextTryAt = this.#clock.monotonic() + this.#openMs
    return (isOutage) => {
      if (!isOutage && openings === this.#openings) this.#close()
    }
  }

  #count(isOutage: boolean): void {
    if (!isOutage) this.#breaker.success(CircuitState.Closed)
    else if (this.#breaker.failure(CircuitState.Closed)) {
      this.#openings++
      this.#nextTryAt = this.#clock.monotonic() + this.#openMs
    }
  }

  #close(): void {
    this.#nextTryAt = undefined
    // Forgets what it has counted.
    this.#breaker.success(CircuitState.HalfOpen)
  }
}
