/** Counts requests in a store that other processes share, and decides what happens while it fails. @module */
import type { Clock } from '../../index.ts'
import { CircuitBreaker, isThenable, type Reply, replyWithin, STORE_BREAKER } from '../../contract.ts'
import { counterDigest } from '../keys/counter-name.ts'
import { MemoryUsageStore } from '../memory-usage-store.ts'
import type { Demand, Taken, UsageStore } from '../store.ts'
import { type Counting, type CounterOf, isTaken } from './counting.ts'
import { localLimits } from './local-limits.ts'
import { RememberedRefusals } from './remembered-refusals.ts'

/** What happens to requests while the store fails. */
type OnStoreError = 'local' | 'deny'

export interface SharedCountingSettings {
  readonly store: UsageStore
  readonly clock: Clock
  /** Deadline of the store in milliseconds. */
  readonly timeoutMs: number
  readonly onStoreError: OnStoreError
  /** The part of each limit that this process applies by itself. */
  readonly localShare: number
  /** Writes a log line. */
  readonly report: (message: string) => void
}

const FAILURES: Readonly<Record<OnStoreError, string>> = {
  local: 'the store of the usage plan failed; this process applies the limits of the plan by itself',
  deny: 'the store of the usage plan failed; requests get 503',
}

/** Counts in a shared store. */
export class SharedCounting implements Counting {
  readonly #settings: SharedCountingSettings
  readonly #breaker: CircuitBreaker
  readonly #refusals = new RememberedRefusals()
  /** Lives as long as the process: an outage that ends and begins again grants no new requests. */
  readonly #local: MemoryUsageStore

  constructor(settings: SharedCountingSettings) {
    const { clock, report } = settings
    this.#settings = settings
    this.#local = new MemoryUsageStore({ clock })
    this.#breaker = new CircuitBreaker(STORE_BREAKER, clock, () =>
      report('the store of the usage plan keeps failing; it is asked once a second'),
    )
  }

  take(counted: CounterOf, demand: Demand): Taken | undefined | Promise<Taken | undefined> {
    const { clock, timeoutMs } = this.#settings
    const { counter } = counted
    const askedAt = clock.monotonic()
    const refused = this.#refusals.find(counter, demand, askedAt)
    if (refused !== undefined) return refused
    const report = this.#breaker.enter()
    if (report === undefined) return this.#withoutStore(counter, demand)
    const settle = (reply: Reply<unknown>): Taken | undefined => {
      const isAnswer = reply.status === 'ready' && isTaken(reply.value)
      report(!isAnswer)
      if (!isAnswer) return this.#withoutStore(counter, demand)
      this.#refusals.note(counter, demand, reply.value, askedAt)
      return reply.value
    }
    let taken: unknown
    try {
      taken = this.#ask(counted, demand)
    } catch (error) {
      return settle({ status: 'failed', error })
    }
    // A later answer is ignored, and the request is not counted again: the store may have counted it.
    return isThenable(taken)
      ? replyWithin(clock, timeoutMs, taken).then(settle)
      : settle({ status: 'ready', value: taken })
  }

  #ask({ planId, subject }: CounterOf, demand: Demand): unknown {
    const { store } = this.#settings
    const key = counterDigest(planId, subject)
    return typeof key === 'string' ? store.take(key, demand) : key.then((digest) => store.take(digest, demand))
  }

  #withoutStore(counter: string, demand: Demand): Taken | undefined {
    const { onStoreError, localShare, clock, report } = this.#settings
    report(FAILURES[onStoreError])
    const exhausted = this.#refusals.exhausted(counter, demand, clock.monotonic())
    if (exhausted !== undefined) return exhausted
    if (onStoreError === 'deny') return undefined
    const taken = this.#local.take(counter, localLimits(demand, localShare))
    return taken.verdict === 'pass' ? { ...taken, remaining: undefined, store: 'unavailable' } : taken
  }
}
