/** Keeps the last decisions and problems of some authorizers. @module */
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import {
  type Authorizer,
  type Clock,
  type Decision,
  DECISION_CHANNEL,
  type Problem,
  PROBLEM_CHANNEL,
} from '@custom-authorizer/core'

interface Recorded {
  /** Position among all that was recorded, from 1. */
  readonly id: number
  /** Wall-clock time in milliseconds since the epoch. */
  readonly at: number
  /** Position of the authorizer in the inspector's list. */
  readonly source: number
}

/** A recorded decision. It keeps the request in memory, for `explain`. */
export interface DecisionEntry extends Recorded {
  readonly decision: Decision
  /** Whether the inspector sent the request. */
  readonly isTest: boolean
}

/** A recorded problem. */
export interface ProblemEntry extends Recorded {
  readonly problem: Problem
}

/** One recorded message. */
export type Entry = DecisionEntry | ProblemEntry

const MAX_PROBLEMS = 100

/** Records what the authorizers publish, until it is closed. */
export class Recorder {
  readonly #authorizers: readonly Authorizer<unknown>[]
  readonly #clock: Clock
  readonly #maxDecisions: number
  readonly #decisions = new Map<number, DecisionEntry>()
  readonly #problems = new Map<number, ProblemEntry>()
  readonly #tests = new AsyncLocalStorage<DecisionEntry[]>()
  readonly #onDecision = (message: unknown): void =>
    this.#record(message as Decision, (recorded) => this.#addDecision(message as Decision, recorded))
  readonly #onProblem = (message: unknown): void =>
    this.#record(message as Problem, (recorded) =>
      keep(this.#problems, { ...recorded, problem: message as Problem }, MAX_PROBLEMS),
    )
  #lastId = 0
  /** Called after each message. */
  onEntry: () => void = () => undefined

  constructor(authorizers: readonly Authorizer<unknown>[], clock: Clock, maxDecisions: number) {
    this.#authorizers = authorizers
    this.#clock = clock
    this.#maxDecisions = maxDecisions
    subscribe(DECISION_CHANNEL, this.#onDecision)
    subscribe(PROBLEM_CHANNEL, this.#onProblem)
  }

  get lastId(): number {
    return this.#lastId
  }

  decision(id: number): DecisionEntry | undefined {
    return this.#decisions.get(id)
  }

  /** The messages after a position, oldest first. */
  after(id: number): readonly Entry[] {
    const entries: readonly Entry[] = [...this.#decisions.values(), ...this.#problems.values()]
    return entries.filter((entry) => entry.id > id).toSorted((one, other) => one.id - other.id)
  }

  /** Runs a function, and returns what it returns with the decisions that were made by it. */
  async watch<T>(run: () => T): Promise<{ readonly value: Awaited<T>; readonly entries: readonly DecisionEntry[] }> {
    const entries: DecisionEntry[] = []
    const value = await this.#tests.run(entries, run)
    return { value, entries }
  }

  close(): void {
    unsubscribe(DECISION_CHANNEL, this.#onDecision)
    unsubscribe(PROBLEM_CHANNEL, this.#onProblem)
    this.#decisions.clear()
    this.#problems.clear()
  }

  /** An error of a subscriber would end the process, so that none leaves it. */
  #record(message: Decision | Problem, add: (recorded: Recorded) => void): void {
    try {
      const source = this.#sourceOf(message)
      if (source < 0) return
      this.#lastId++
      add({ id: this.#lastId, at: this.#clock.now(), source })
      this.onEntry()
    } catch {
      // The message or the clock is not what it should be.
    }
  }

  #sourceOf(message: Decision | Problem): number {
    // Authorizers of other libraries cannot tell, and are known by their name only.
    return this.#authorizers.findIndex((each) => each.isSourceOf?.(message) ?? each.name === message.authorizer)
  }

  #addDecision(decision: Decision, recorded: Recorded): void {
    const test = this.#tests.getStore()
    const entry = { ...recorded, decision, isTest: test !== undefined }
    test?.push(entry)
    keep(this.#decisions, entry, this.#maxDecisions)
  }
}

/** Adds the newest entry, and removes the oldest one if there are too many. */
const keep = <T extends Entry>(entries: Map<number, T>, entry: T, max: number): void => {
  entries.set(entry.id, entry)
  if (entries.size <= max) return
  for (const oldest of entries.keys()) {
    entries.delete(oldest)
    return
  }
}
