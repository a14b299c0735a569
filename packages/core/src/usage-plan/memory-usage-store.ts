/** Counts requests in the memory of this process. @module */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../index.ts'
import { check, type Checks, ownText, systemClock } from '../contract.ts'
import { Counter, type Instant } from './counting/counter.ts'
import type { CounterState, Demand, Taken, UsageStore } from './store.ts'

/** Options of {@link MemoryUsageStore}. */
export interface MemoryUsageStoreOptions {
  /**
   * Maximum number of counters, one for each subject in a plan. The least recently used are dropped, which gives their
   * subjects a full bucket and an unused quota. Default 100,000.
   */
  maxCounters?: number
  /** Default: the system's clock. */
  clock?: Clock
}

const CHECKS: Checks<MemoryUsageStoreOptions> = {
  maxCounters: check.integer(1, 10_000_000, 'counters'),
  clock: check.instance('a Clock with now(), monotonic() and setTimeout()', 'now', 'monotonic', 'setTimeout'),
}

/** Counts in this process. The default of `usagePlan`. */
export class MemoryUsageStore implements UsageStore {
  readonly inProcess = true
  readonly #counters: LRUCache<string, Counter>
  readonly #clock: Clock

  /** @throws {AuthorizerError} `ERR_OPTION` if an option is invalid */
  constructor(options: MemoryUsageStoreOptions = {}) {
    const { maxCounters = 100_000, clock = systemClock } = check.checkOptions('MemoryUsageStore', options, CHECKS)
    this.#counters = new LRUCache({ max: maxCounters })
    this.#clock = clock
  }

  /** Number of counters. */
  get size(): number {
    return this.#counters.size
  }

  take(key: string, demand: Demand): Taken {
    let counter = this.#counters.get(key)
    if (counter === undefined) {
      counter = new Counter()
      this.#counters.set(ownText(key), counter)
    }
    return counter.take(demand, this.#now())
  }

  read(key: string, demand: Demand): CounterState {
    return (this.#counters.get(key) ?? new Counter()).read(demand, this.#now())
  }

  #now(): Instant {
    return { wall: this.#clock.now(), monotonic: this.#clock.monotonic() }
  }
}
