/** Waits before a call can run: each has a deadline, and ends when the client disconnects. @module */
import type { Clock } from '../util/clock.ts'

/** How a wait ended. */
export type Waited<T> =
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'timedOut' }
  | { readonly status: 'gone' }

/** Calls a listener once when the client disconnects. Returns a function that removes the listener. */
export type OnAbort = (listener: () => void) => () => void

/** What to wait for. */
export interface Wait<T> {
  readonly clock: Clock
  /** Deadline in milliseconds. */
  readonly timeoutMs: number
  readonly onAbort: readonly OnAbort[]
  /** Starts the operation to wait for. The signal is aborted at the deadline, and when the client disconnects. */
  readonly start: (signal: AbortSignal) => PromiseLike<T>
}

/** Waits for a value. The first of value, failure, deadline and abort decides; never rejects. */
export const waitFor = <T>({ clock, timeoutMs, onAbort, start }: Wait<T>): Promise<Waited<T>> =>
  new Promise((resolve) => {
    const controller = new AbortController()
    const stops: (() => void)[] = []
    // Cleared at the end, because an operation that never ends keeps its callbacks, which would keep the request in memory.
    let settle: typeof resolve | undefined = resolve
    const end = (waited: Waited<T>): void => {
      settle?.(waited)
      settle = undefined
      for (const stop of stops.splice(0)) stop()
    }
    const abort = (status: 'timedOut' | 'gone'): void => {
      if (settle === undefined) return
      end({ status })
      controller.abort()
    }
    stops.push(clock.setTimeout(() => abort('timedOut'), timeoutMs))
    for (const listen of onAbort) stops.push(listen(() => abort('gone')))
    if (settle === undefined) {
      // The client had disconnected before, so nothing is started. Listeners that the loop added since are removed.
      for (const stop of stops) stop()
      return
    }
    try {
      Promise.resolve(start(controller.signal)).then(
        (value) => end({ status: 'ready', value }),
        (error: unknown) => end({ status: 'failed', error }),
      )
    } catch (error) {
      end({ status: 'failed', error })
    }
  })

/** Resolves to the promise's value, or to `onAbort()` if the signal is aborted first. Does not cancel the promise. */
export const abortable = <T>(promise: Promise<T>, signal: AbortSignal, onAbort: () => T): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = (): void => {
      try {
        resolve(onAbort())
      } catch (error) {
        // oxlint-disable-next-line prefer-promise-reject-errors -- passed on as it is
        reject(error)
      }
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })

/** How a shared wait ended for one request. */
export interface Shared {
  readonly waited: Waited<unknown>
  /** Milliseconds since the wait started. */
  readonly spentMs: number
}

/** A wait that several requests share. It ends early if all of their clients disconnect. */
export class SharedWait {
  readonly #clock: Clock
  readonly #started: number
  #requests = 0
  #abandon: () => void = () => undefined
  /** How the wait ends; never rejects. */
  readonly settled: Promise<Waited<unknown>>

  constructor(clock: Clock, timeoutMs: number, start: (signal: AbortSignal) => PromiseLike<unknown>) {
    this.#clock = clock
    this.#started = clock.monotonic()
    const abandoned: OnAbort = (listener) => {
      this.#abandon = listener
      return () => undefined
    }
    this.settled = waitFor({ clock, timeoutMs, onAbort: [abandoned], start })
  }

  /** Joins the wait for one request. If its client disconnects, only its own wait ends. */
  join(onAbort: readonly OnAbort[]): Promise<Shared> {
    this.#requests++
    return new Promise((resolve) => {
      const stops: (() => void)[] = []
      let isWaiting = true
      const end = (waited: Waited<unknown>): void => {
        if (!isWaiting) return
        isWaiting = false
        for (const stop of stops.splice(0)) stop()
        resolve({ waited, spentMs: this.#clock.monotonic() - this.#started })
      }
      const leave = (): void => {
        if (isWaiting && --this.#requests === 0) this.#abandon()
        end({ status: 'gone' })
      }
      for (const listen of onAbort) stops.push(listen(leave))
      // If the client had disconnected before, its wait has ended already.
      if (isWaiting) void this.settled.then(end)
      else for (const stop of stops.splice(0)) stop()
    })
  }
}

/** Counts waiting requests in independent pools. */
export class Pools {
  readonly #limit: number
  readonly #waiting = new Map<string, number>()

  /** @param limit maximum number of requests that wait in each pool at a time */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Takes a place in a pool. Returns `false` if the pool is full. */
  enter(pool: string): boolean {
    const waiting = this.#waiting.get(pool) ?? 0
    if (waiting >= this.#limit) return false
    this.#waiting.set(pool, waiting + 1)
    return true
  }

  /** Frees a place in a pool. */
  leave(pool: string): void {
    const waiting = this.#waiting.get(pool) ?? 0
    if (waiting > 1) this.#waiting.set(pool, waiting - 1)
    else this.#waiting.delete(pool)
  }
}
