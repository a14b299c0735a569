/** Order of timers and replies in an event loop that was blocked. @module */

interface Host {
  readonly setImmediate?: (callback: () => void) => unknown
}

/**
 * Runs a callback after the replies that have already arrived were read. A timer that is late because the event loop was
 * blocked fires before them (FLEET-49).
 */
export const afterPendingIo = (callback: () => void): void => {
  const { setImmediate: immediate } = globalThis as Host
  if (immediate === undefined) setTimeout(callback, 0)
  else immediate(callback)
}
