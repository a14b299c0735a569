/** Recognizes promises of every implementation. @module */

/** Whether a value is a promise or another object with a `then` method. Both are treated alike. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  (typeof value === 'object' || typeof value === 'function') &&
  value !== null &&
  typeof (value as { then?: unknown }).then === 'function'

/** Returns the value. If it is a promise, its rejection is handled, so that it does not end the process. */
export const withoutRejection = (value: unknown): unknown => {
  if (isThenable(value)) Promise.resolve(value).then(undefined, () => undefined)
  return value
}
