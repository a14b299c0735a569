/** Publishes the decisions of one authorizer: to its hook, to the caller of an evaluation, and on the diagnostics channel. @module */
import type { Outcome } from '../contract/outcome.ts'
import { type Decision, decisionChannel, decisionOf, type DecisionSource } from './decision.ts'
import { isolated } from './problems.ts'
import type { EvaluationRecord } from './record.ts'
import { noteSource } from './source.ts'

/** Receives a decision. */
export type DecisionHook = (decision: Decision) => unknown

/** Publishes the decisions of one authorizer. */
export class DecisionPublisher {
  readonly #authorizer: object
  readonly #source: DecisionSource
  readonly #hook: DecisionHook | undefined
  readonly #failed: () => void

  /** @param authorizer identifies the source of decisions @param failed called when a hook or subscriber throws or rejects */
  constructor(authorizer: object, source: DecisionSource, hook: DecisionHook | undefined, failed: () => void) {
    this.#authorizer = authorizer
    this.#source = source
    this.#hook = hook
    this.#failed = failed
  }

  /** Monotonic time in milliseconds at which an evaluation begins; `undefined` if no hook or subscriber needs it. */
  start(own: DecisionHook | undefined): number | undefined {
    if (this.#hook === undefined && own === undefined && !decisionChannel.hasSubscribers) return undefined
    try {
      return this.#source.clock.monotonic()
    } catch {
      return Number.NaN
    }
  }

  /**
   * Publishes the decision for an outcome, and returns the outcome.
   *
   * @param started what {@link start} returned
   * @param own the hook of this evaluation
   */
  publish<T extends Outcome>(record: EvaluationRecord, outcome: T, started: number | undefined, own?: DecisionHook): T {
    if (started === undefined) return outcome
    try {
      const decision = noteSource(decisionOf(this.#source, record, outcome, started), this.#authorizer)
      if (this.#hook !== undefined) this.#call(this.#hook, decision)
      if (own !== undefined) this.#call(own, decision)
      if (decisionChannel.hasSubscribers) isolated(() => decisionChannel.publish(decision), this.#failed)
    } catch {
      this.#failed()
    }
    return outcome
  }

  #call(hook: DecisionHook, decision: Decision): void {
    isolated(() => hook(decision), this.#failed)
  }
}
