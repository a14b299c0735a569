/** `assertGuarded` for Node servers: finds unguarded listeners that bypass the middleware (SEC-110). @module */
import type { EventEmitter } from 'node:events'
import type { AssertGuardedOptions } from '../index.ts'
import { check } from '../contract.ts'
import { coverage } from '../adapter.ts'

export type { AssertGuardedOptions } from '../index.ts'

/** Events for which Node does not call the listeners of `request`. */
const EVENTS = ['upgrade', 'connect', 'checkContinue', 'checkExpectation', 'stream'] as const

/** Whether a listener is the one with which Node itself turns HTTP/2 streams into requests. */
const isNodeListener = (event: string, { name }: { readonly name: string }): boolean =>
  event === 'stream' && name === 'bound onServerStream'

/**
 * Checks that a server of `node:http`, `node:https` or `node:http2` has no unguarded listeners that bypass its middleware:
 * `upgrade`, `connect`, `checkContinue`, `checkExpectation`, and `stream` of HTTP/2. A listener is guarded if `guardUpgrade`
 * returned it or if it has an `authorizer`. Listeners of `request` are not inspected: for applications of a framework, use
 * `assertGuarded` of its adapter.
 *
 * Call it once, after all listeners are added. Names in `except` are names of events.
 *
 * @throws {AuthorizerError} `ERR_UNGUARDED` with one line per unguarded listener; `ERR_OPTION` if an argument is invalid
 * @example
 * assertGuarded(server, { except: ['checkContinue'] })
 */
export const assertGuarded = (server: Pick<EventEmitter, 'listeners'>, options?: AssertGuardedOptions): void => {
  if (typeof (server as Partial<typeof server> | undefined)?.listeners !== 'function')
    throw check.optionError('assertGuarded', server, 'a server of node:http, node:https or node:http2')
  const unguarded = EVENTS.flatMap((event) =>
    server
      .listeners(event)
      .filter((listener) => !coverage.isGuard(listener) && !isNodeListener(event, listener))
      .map(() => ({ method: event, path: '', pattern: coverage.UNKNOWN_PATH, line: event })),
  )
  coverage.reportUnguarded(unguarded, options, 'Wrap them with guardUpgrade')
}
