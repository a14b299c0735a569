/**
 * A circuit breaker: stops calls to a dependency that keeps failing, and lets one call through from time to time to find out
 * whether it works again. It counts calls on the monotonic clock, so setting the wall clock has no effect.
 * @module
 */
import type { Clock } from './clock.ts'

/** When a {@link CircuitBreaker} opens and how often it probes. */
export interface BreakerSettings {
  /** Number of latest calls that count; the circuit stays closed until there have been that many. */
  readonly minimumCalls: number
  /** The circuit opens if more than this share of them failed, between 0 and 1. */
  readonly failureShare: number
  /** Time between two probes while the circuit is open, in milliseconds. */
  readonly openMs: number
}

/** Reports the result of a call that {@link CircuitBreaker.enter} let through. */
export type ReportOutcome = (failed: boolean) => void

/** For stores: opens after five consecutive failures (more than 80 % of the latest five calls), and probes once per second. */
export const STORE_BREAKER: BreakerSettings = { minimumCalls: 5, failureShare: 0.8, openMs: 1000 }

interface Closed {
  readonly kind: 'closed'
  /** Whether each of the latest calls failed: a ring buffer of `minimumCalls` elements. */
  readonly latest: boolean[]
  calls: number
  failures: number
}

interface Open {
  readonly kind: 'open'
  nextProbeAt: number
}

const closed = (): Closed => ({ kind: 'closed', latest: [], calls: 0, failures: 0 })

/**
 * Each period between two changes of the circuit has its own state object. A call that ends in another period than it began
 * in has no effect: it says nothing about the present, so calls that hang during an outage cannot reopen the circuit.
 */
export class CircuitBreaker {
  readonly #settings: BreakerSettings
  readonly #clock: Clock
  readonly #opened: () => void
  #state: Closed | Open = closed()

  /** @param opened called each time the circuit opens */
  constructor(settings: BreakerSettings, clock: Clock, opened: () => void = () => undefined) {
    this.#settings = settings
    this.#clock = clock
    this.#opened = opened
  }

  /** Whether {@link enter} would reject a call now. */
  get isOpen(): boolean {
    return this.#state.kind === 'open' && this.#clock.monotonic() < this.#state.nextProbeAt
  }

  /**
   * Lets a call through, or rejects it with `undefined`. An open circuit lets one probe through every `openMs`, even if the
   * previous probe is still running. The first probe that succeeds closes the circuit and counts as its first call.
   */
  enter(): ReportOutcome | undefined {
    if (this.isOpen) return undefined
    const state = this.#state
    if (state.kind === 'open') state.nextProbeAt = this.#clock.monotonic() + this.#settings.openMs
    return (failed) => {
      if (state !== this.#state) return
      if (state.kind === 'closed') this.#count(state, failed)
      else if (!failed) this.#count((this.#state = closed()), false)
    }
  }

  #count(state: Closed, failed: boolean): void {
    const { minimumCalls, failureShare, openMs } = this.#settings
    const at = state.calls++ % minimumCalls
    if (state.latest[at] === true) state.failures--
    if (failed) state.failures++
    state.latest[at] = failed
    // Only a failure opens the circuit.
    if (!failed || state.calls < minimumCalls || state.failures <= failureShare * minimumCalls) return
    this.#state = { kind: 'open', nextProbeAt: this.#clock.monotonic() + openMs }
    this.#opened()
  }
}
