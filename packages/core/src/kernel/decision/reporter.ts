/** Reports the problems of one authorizer, without flooding the log (SEC-99). @module */
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/logger.ts'
import { type Problem, reportProblem } from './problems.ts'
import { RepeatedLines } from './repeated-lines.ts'
import { noteSource } from './source.ts'

/** Maximum number of distinct notes logged per authorizer. */
const MAX_NOTES = 100

/** Where a hint comes from: the contract, or the state of the cache. */
type HintSource = 'contract' | 'cache'

/** The reporter of one authorizer. */
export class Reporter {
  readonly #authorizer: string
  readonly #source: object
  readonly #logger: Logger | null
  readonly #clock: Clock
  readonly #noted = new Set<string>()
  readonly #failures = new RepeatedLines()
  readonly #hinted = new Set<HintSource>()

  /** @param source the authorizer; `name` is in log lines, the object identifies it */
  constructor(source: { readonly name: string }, logger: Logger | null, clock: Clock) {
    this.#authorizer = source.name
    this.#source = source
    this.#logger = logger
    this.#clock = clock
  }

  /** Reports a problem. */
  report(kind: Problem['kind'], message: string): void {
    reportProblem(this.#logger, this.#problem(kind, message))
  }

  /** Reports a failed call. The channel receives each one; the log has the same line at most once a minute. */
  reportCall(kind: Problem['kind'], message: string): void {
    const line = kind === 'AUTHORIZER_ERROR' ? this.#failures.next(message, this.#clock.monotonic()) : message
    reportProblem(line === undefined ? null : this.#logger, this.#problem(kind, line ?? message))
  }

  #problem(kind: Problem['kind'], message: string): Problem {
    return noteSource({ authorizer: this.#authorizer, kind, message }, this.#source)
  }

  /** Reports a note once: it applies to every result that the function builds in the same way. */
  note(message: string): void {
    if (this.#noted.has(message) || this.#noted.size >= MAX_NOTES) return
    this.#noted.add(message)
    this.report('NOTE', message)
  }

  /**
   * Reports the first hint of each source only: its cause is the configuration or the function, not the request.
   *
   * @param build called until it has returned a hint
   */
  noteHint(source: HintSource, build: () => string | undefined): void {
    if (this.#hinted.has(source)) return
    const hint = build()
    if (hint === undefined) return
    this.#hinted.add(source)
    this.report('NOTE', hint)
  }
}
