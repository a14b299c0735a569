/** Promises of any make. @module */

/** Whether a value has to be waited for; a thenable that is no promise is held to the same rules as one. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  (typeof value === 'object' || typeof value === 'function') &&
  value !== null &&
  typeof (value as { then?: unknown }).then === 'function'
