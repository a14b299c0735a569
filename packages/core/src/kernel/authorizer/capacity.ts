/** How many calls, preparations and bodies an authorizer has in progress (SEC-64, SEC-97). @module */
import type { Reporter } from '../decision/reporter.ts'

/** What is limited. */
export type Limited = 'calls' | 'preparations' | 'bodies'

/** The limits of one authorizer. */
export class Capacity {
  readonly #maxInFlight: number
  readonly #reporter: Reporter
  /** Limits that have been reached, until a request is within them again. */
  readonly #reached = new Set<Limited>()
  #inFlight = 0

  /** @param maxInFlight maximum concurrent calls of the function */
  constructor(maxInFlight: number, reporter: Reporter) {
    this.#maxInFlight = maxInFlight
    this.#reporter = reporter
  }

  get hasRoomForCall(): boolean {
    return this.#inFlight < this.#maxInFlight
  }

  /** Counts a call that starts. */
  enterCall(): void {
    this.#inFlight++
    this.within('calls')
  }

  /** Counts a call that has ended. */
  leaveCall(): void {
    this.#inFlight--
  }

  reachedByCalls(): void {
    this.reached('calls', `${this.#maxInFlight} calls of the authorizer are in progress`)
  }

  /** Logs one line each time that a limit is reached, instead of one for each request (SEC-99). */
  reached(limited: Limited, problem: string): void {
    if (!this.#reached.has(limited)) this.#reporter.report('OVERLOADED', `${problem}; further requests get 503`)
    this.#reached.add(limited)
  }

  /** Notes that a request was within a limit, so that the next one beyond it is logged again. */
  within(limited: Limited): void {
    this.#reached.delete(limited)
  }
}
