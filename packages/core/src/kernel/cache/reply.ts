/** Waits for replies of a store. @module */
import { afterPendingIo } from '../runtime/pending-io.ts'
import type { Clock } from '../util/clock.ts'

/** How a wait for a reply ended. */
export type Reply<T> =
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'timedOut' }

/**
 * Waits for a reply until a deadline; never rejects. A reply that has arrived before the deadline counts, also if the event
 * loop was too busy to read it. A later one is ignored.
 *
 * @param timeoutMs deadline in milliseconds
 */
export const replyWithin = <T>(clock: Clock, timeoutMs: number, reply: PromiseLike<T>): Promise<Reply<T>> =>
  new Promise((resolve) => {
    const cancel = clock.setTimeout(() => afterPendingIo(() => resolve({ status: 'timedOut' })), timeoutMs)
    const end = (ended: Reply<T>): void => {
      cancel()
      resolve(ended)
    }
    Promise.resolve(reply).then(
      (value) => end({ status: 'ready', value }),
      (error: unknown) => end({ status: 'failed', error }),
    )
  })
