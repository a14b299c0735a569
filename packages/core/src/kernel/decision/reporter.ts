/** Reports the problems of one authorizer, without flooding the log (SEC-99). @module */
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/logger.ts'
import { type Problem, reportProblem } from './problems.ts'
import { RepeatedLines } from './repeated-lines.ts'

/** Maximum number of distinct notes logged per authorizer. */
const MAX_NOTES = 100

/** The reporter of one authorizer. */
export class Reporter {
  readonly #authorizer: string
  readonly #logger: Logger | null
  readonly #clock: Clock
  readonly #noted = new Set<string>()
  readonly #failures = new RepeatedLines()
  #hasHinted = false

  /** @param authorizer name of the authorizer */
  constructor(authorizer: string, logger: Logger | null, clock: Clock) {
    this.#authorizer = authorizer
    this.#logger = logger
    this.#clock = clock
  }

  /** Reports a problem. */
  report(kind: Problem['kind'], message: string): void {
    reportProblem(this.#logger, { authorizer: this.#authorizer, kind, message })
  }

  /** Reports a failed call. The channel receives each one; the log has the same line at most once a minute. */
  reportCall(kind: Problem['kind'], message: string): void {
    const line = kind === 'AUTHORIZER_ERROR' ? this.#failures.next(message, this.#clock.monotonic()) : message
    const problem = { authorizer: this.#authorizer, kind, message: line ?? message }
    reportProblem(line === undefined ? null : this.#logger, problem)
  }

  /** Reports a note once: it applies to every result that the function builds in the same way. */
  note(message: string): void {
    if (this.#noted.has(message) || this.#noted.size >= MAX_NOTES) return
    this.#noted.add(message)
    this.report('NOTE', message)
  }

  /** Reports the first hint only: its cause is the configuration, not the request. */
  noteHint(hint: string): void {
    if (this.#hasHinted) return
    this.#hasHinted = true
    this.report('NOTE', hint)
  }
}
