/** Calls the candidate in later turns of the event loop, with a deadline for each call and a limit for all (SEC-130). @module */
import { waitFor, type Waited } from '../authorizer/waiting.ts'
import type { Clock } from '../util/clock.ts'

/** One call of the candidate. */
export interface Trial {
  /** Calls the candidate. May throw, reject or never settle. The signal is aborted at the deadline. */
  readonly call: (signal: AbortSignal) => unknown
  /** Receives how the call ended, once. Must not throw. */
  readonly end: (ended: Waited<unknown>) => void
}

interface TrialsSettings {
  readonly clock: Clock
  /** Maximum number of trials that wait or run. */
  readonly maxInFlight: number
  readonly timeoutMs: number
}

/** How long candidates start in one turn, in milliseconds, before responses and other requests have theirs. */
const TURN_MS = 1

/** The calls of one candidate. */
export class Trials {
  readonly #settings: TrialsSettings
  /** Starts the trials that wait, oldest first. */
  readonly #waiting: (() => void)[] = []
  #inFlight = 0
  #isScheduled = false
  /** Monotonic time in milliseconds at which the current turn ends. */
  #turnEndsAt = 0

  constructor(settings: TrialsSettings) {
    this.#settings = settings
  }

  /** Number of trials that wait or run. A call that has missed its deadline counts until it ends. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Whether another trial can be added. */
  get hasRoom(): boolean {
    return this.#inFlight < this.#settings.maxInFlight
  }

  /** Adds a trial, which starts in a later turn of the event loop. Returns `false` if the clock fails. Never throws. */
  add(trial: Trial): boolean {
    // The call continues from this promise, so that it runs in the asynchronous context of its own request, not in that of the
    // request whose timer starts it.
    const turn = new Promise<void>((resolve) => void this.#waiting.push(resolve))
    void turn.then(() => this.#run(trial))
    if (!this.#schedule()) {
      this.#waiting.pop()
      return false
    }
    this.#inFlight++
    return true
  }

  /** Schedules the next turn. Returns `false` if the clock fails. */
  #schedule(): boolean {
    if (this.#isScheduled) return true
    try {
      this.#isScheduled = true
      this.#settings.clock.setTimeout(() => {
        this.#isScheduled = false
        this.#turnEndsAt = this.#now() + TURN_MS
        this.#waiting.shift()?.()
      }, 0)
    } catch {
      this.#isScheduled = false
    }
    return this.#isScheduled
  }

  /** Monotonic time; `NaN` if the clock fails, so that the turn has ended. */
  #now(): number {
    try {
      return this.#settings.clock.monotonic()
    } catch {
      return Number.NaN
    }
  }

  /** Starts the next trial: in this turn if there is time left, else in another one. */
  #continue(): void {
    if (this.#waiting.length === 0) return
    if (this.#now() < this.#turnEndsAt) this.#waiting.shift()?.()
    else this.#schedule()
  }

  readonly #leave = (): void => void this.#inFlight--

  async #run(trial: Trial): Promise<void> {
    const { clock, timeoutMs } = this.#settings
    // Cleared at the start: a call that hangs keeps the functions that wait for it, which must not keep the request.
    let call: Trial['call'] | undefined = trial.call
    const start = (signal: AbortSignal): Promise<unknown> => {
      const starting = call
      call = undefined
      const called = new Promise((resolve) => resolve(starting?.(signal)))
      // A call that hangs keeps its place, so that their number is limited.
      called.then(this.#leave, this.#leave)
      return called
    }
    let ended: Waited<unknown>
    try {
      const waiting = waitFor({ clock, timeoutMs, onAbort: [], start })
      this.#continue()
      ended = await waiting
    } catch (error) {
      // The clock failed before the call was started.
      this.#leave()
      ended = { status: 'failed', error }
    }
    trial.end(ended)
  }
}
