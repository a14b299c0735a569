/** Time comes in through one door, so that a test can hold it. @module */

/** What the kernel asks about time. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch: policy conditions, event times, `expiresAt`. */
  now(): number
  /** Milliseconds from an arbitrary start that never run backwards: lifetimes of results, durations, deadlines. */
  monotonic(): number
  /** Calls `callback` once after `ms` milliseconds; the function returned cancels it. Must not keep a process alive. */
  setTimeout(callback: () => void, ms: number): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, ms) => {
    const timer: unknown = setTimeout(callback, ms)
    // Node's timer keeps the process alive unless told otherwise; elsewhere the handle is a number.
    if (typeof timer === 'object' && timer !== null && 'unref' in timer) (timer as { unref(): void }).unref()
    return () => clearTimeout(timer as number)
  },
}
