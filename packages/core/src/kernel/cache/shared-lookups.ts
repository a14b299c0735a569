/** Reads of a shared store: with a deadline, one at a time for each caller, and stopped while the store keeps failing. @module */
import { CircuitBreaker, STORE_BREAKER } from '../util/breaker.ts'
import type { Clock } from '../util/clock.ts'
import { replyWithin } from './reply.ts'
import type { SharedValue } from './shared-store.ts'
import type { StoreHit } from './store.ts'

/** A read that requests of one caller share. */
interface Lookup {
  readonly revision: number
  readonly pending: object | undefined
  readonly hit: Promise<StoreHit | undefined>
}

/** What a read does. */
export interface SharedRead {
  /** Sends the command. */
  readonly send: () => Promise<SharedValue | undefined>
  /** Validates a value; `undefined` if it must not be used. */
  readonly accept: (value: SharedValue) => StoreHit | undefined | Promise<StoreHit | undefined>
}

export class SharedLookups {
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #report: (message: string) => void
  readonly #breaker: CircuitBreaker
  readonly #running = new Map<string, Lookup>()
  #hasFailed = false

  /** @param timeoutMs deadline of a read in milliseconds */
  constructor(clock: Clock, timeoutMs: number, report: (message: string) => void) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
    this.#report = report
    this.#breaker = new CircuitBreaker(STORE_BREAKER, clock, () =>
      report('the shared store keeps failing; it is read once a second'),
    )
  }

  /** Whether the latest read failed. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /**
   * Reads a result; a failure is a miss. Returns `undefined` if the store keeps failing.
   *
   * @param revision of the known invalidations: requests after an invalidation do not share an earlier read
   * @param pending what the read waits for before a value counts; requests that wait for something else do not share it
   */
  run(
    key: string,
    revision: number,
    pending: object | undefined,
    read: SharedRead,
  ): Promise<StoreHit | undefined> | undefined {
    const running = this.#running.get(key)
    if (running?.revision === revision && running.pending === pending) return running.hit
    const report = this.#breaker.enter()
    if (report === undefined) return undefined
    const end = (hasFailed: boolean): void => {
      this.#hasFailed = hasFailed
      report(hasFailed)
      if (this.#running.get(key) === lookup) this.#running.delete(key)
    }
    const hit = this.#read(read).then(
      (found) => {
        end(false)
        return found
      },
      () => {
        end(true)
        return undefined
      },
    )
    const lookup: Lookup = { revision, pending, hit }
    this.#running.set(key, lookup)
    return hit
  }

  async #read({ send, accept }: SharedRead): Promise<StoreHit | undefined> {
    const reply = await replyWithin(this.#clock, this.#timeoutMs, send())
    if (reply.status === 'ready') return reply.value && accept(reply.value)
    const why = reply.status === 'timedOut' ? `did not respond within ${this.#timeoutMs} ms` : 'failed'
    this.#report(`the shared store ${why}; treated as a miss`)
    throw new Error('no reply')
  }
}
