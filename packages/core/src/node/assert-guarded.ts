/** Finds listeners of a server that no middleware sees and no authorizer guards (SEC-110). @module */
import type { EventEmitter } from 'node:events'
import type { AssertGuardedOptions } from '../index.ts'
import { check } from '../contract.ts'
import { coverage } from '../adapter.ts'

export type { AssertGuardedOptions } from '../index.ts'

/** Events with which Node hands a request to somebody else than the listeners of `request`. */
const EVENTS = ['upgrade', 'connect', 'checkContinue', 'checkExpectation', 'stream'] as const

/** With HTTP/2 every request is a stream; this is how Node itself makes requests of them. */
const isOwn = (event: string, { name }: { readonly name: string }): boolean =>
  event === 'stream' && name === 'bound onServerStream'

/**
 * Checks that a server of `node:http`, `node:https` or `node:http2` has no listeners through which requests pass by its
 * middleware: `upgrade`, `connect`, `checkContinue`, `checkExpectation`, and `stream` of HTTP/2. Listeners that
 * `guardUpgrade` made are fine, as is any that carries an `authorizer`. What the listeners of `request` do cannot be seen:
 * the adapters' own `assertGuarded` look into applications.
 *
 * To be called once, when everything is attached. Names in `except` are names of events.
 *
 * @throws {AuthorizerError} `ERR_UNGUARDED` with a line for each listener; `ERR_OPTION`
 * @example
 * assertGuarded(server, { except: ['checkContinue'] })
 */
export const assertGuarded = (server: Pick<EventEmitter, 'listeners'>, options?: AssertGuardedOptions): void => {
  if (typeof (server as Partial<typeof server> | undefined)?.listeners !== 'function')
    throw check.optionError('assertGuarded', server, 'a server of node:http, node:https or node:http2')
  const found = EVENTS.flatMap((event) =>
    server
      .listeners(event)
      .filter((listener) => !coverage.isGuard(listener) && !isOwn(event, listener))
      .map(() => ({ method: event, path: '', pattern: coverage.UNKNOWN_PATH, line: event })),
  )
  coverage.reportUnguarded(found, options, 'Make them with guardUpgrade')
}
