/** Counts requests in the store of a usage plan. @module */
import type { Clock } from '../../index.ts'
import { isThenable, replyWithin } from '../../contract.ts'
import type { Demand, Taken, UsageStore } from '../store.ts'

/** One counter of a store. */
export interface CounterOf {
  readonly planId: string
  /** ID of the key, or the subject of the caller. */
  readonly subject: string
  /** Name in this process. */
  readonly counter: string
}

/** Counts requests. The answer is `undefined` if it is not known whether a request was counted. */
export interface Counting {
  take(counter: CounterOf, demand: Demand): Taken | undefined | Promise<Taken | undefined>
}

const VERDICTS: ReadonlySet<unknown> = new Set(['pass', 'throttle', 'quota'])

/** Whether a store answered. Only such an answer lets a request pass, also if the store is not written in TypeScript. */
export const isTaken = (answer: unknown): answer is Taken => {
  try {
    return typeof answer === 'object' && answer !== null && 'verdict' in answer && VERDICTS.has(answer.verdict)
  } catch {
    return false
  }
}

/** Counts in a store whose keys stay in this process. */
export class ProcessCounting implements Counting {
  readonly #store: UsageStore
  readonly #clock: Clock
  readonly #timeoutMs: number

  /** @param timeoutMs deadline of a store that returns promises */
  constructor(store: UsageStore, clock: Clock, timeoutMs: number) {
    this.#store = store
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  take({ counter }: CounterOf, demand: Demand): Taken | undefined | Promise<Taken | undefined> {
    const taken: unknown = this.#store.take(counter, demand)
    if (!isThenable(taken)) return isTaken(taken) ? taken : undefined
    return replyWithin(this.#clock, this.#timeoutMs, taken).then((reply) =>
      reply.status === 'ready' && isTaken(reply.value) ? reply.value : undefined,
    )
  }
}
