/** The `Clock` interface and the system clock. Tests pass a clock of their own. @module */

/** A source of time. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch: policy conditions, event times, `expiresAt`. */
  now(): number
  /** Milliseconds since an arbitrary start, never decreasing: lifetimes of results, durations, deadlines. */
  monotonic(): number
  /** Calls `callback` once after `ms` milliseconds. Returns a function that cancels it. Must not keep the process alive. */
  setTimeout(callback: () => void, ms: number): () => void
}

/** The clock of the runtime. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, ms) => {
    const timer: unknown = setTimeout(callback, ms)
    // A Node.js timer keeps the process alive unless it is unreferenced; in other runtimes the handle is a number.
    if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref()
    return () => clearTimeout(timer as number)
  },
}
