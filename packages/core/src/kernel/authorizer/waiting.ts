/** Requests that wait before their call can run: each under a deadline, and none for a client that has left. @module */
import type { Clock } from '../util/clock.ts'

/** How a wait ended. */
export type Waited<T> =
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'timedOut' }
  | { readonly status: 'gone' }

/** Calls a listener once when the client has left. Returns a function that removes the listener. */
export type OnAbort = (listener: () => void) => () => void

export interface Wait<T> {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly onAbort: readonly OnAbort[]
  /** Starts what is waited for. The signal is aborted at the deadline, and when the client has left. */
  readonly start: (signal: AbortSignal) => PromiseLike<T>
}

/** Waits for a value. The first of value, failure, deadline and abort decides; never rejects. */
export const waitFor = <T>({ clock, timeoutMs, onAbort, start }: Wait<T>): Promise<Waited<T>> =>
  new Promise((resolve) => {
    const controller = new AbortController()
    const stops: (() => void)[] = []
    // Cleared at the end: what is waited for may keep its callbacks, and must not keep the request with them.
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
      // The client had left before; nothing is started. Some listeners have been added since.
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

/** The promise's value, or `onAbort()` if the signal is aborted first. The promise itself goes on. */
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

/** How a shared wait ended for one request, and how long it has taken. */
export interface Shared {
  readonly waited: Waited<unknown>
  readonly spentMs: number
}

/** One wait of several requests. It ends early when all of them have left. */
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

  /** Waits along; a client that leaves ends only its own wait. */
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
      // A client that had left before is told so at once.
      if (isWaiting) void this.settled.then(end)
      else for (const stop of stops.splice(0)) stop()
    })
  }
}

/** Counts who waits, in pools that do not affect each other. */
export class Pools {
  readonly #most: number
  readonly #waiting = new Map<string, number>()

  /** @param most how many may wait in each pool at a time */
  constructor(most: number) {
    this.#most = most
  }

  /** Takes a place in a pool; `false` when it is full. */
  enter(pool: string): boolean {
    const waiting = this.#waiting.get(pool) ?? 0
    if (waiting >= this.#most) return false
    this.#waiting.set(pool, waiting + 1)
    return true
  }

  leave(pool: string): void {
    const waiting = this.#waiting.get(pool) ?? 0
    if (waiting > 1) this.#waiting.set(pool, waiting - 1)
    else this.#waiting.delete(pool)
  }
}
