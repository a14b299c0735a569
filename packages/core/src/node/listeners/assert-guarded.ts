/** `assertGuarded` for Node servers: finds unguarded listeners that bypass the middleware (SEC-110). @module */
import type { AssertGuardedOptions, Logger } from '../../index.ts'
import { check } from '../../contract.ts'
import { coverage } from '../../adapter.ts'
import { refuseLaterListeners } from './later-listeners.ts'
import { EVENTS, isUnguarded, type ListenedServer, toUnguarded, WRAP } from './listeners.ts'

/** Options of `assertGuarded` for a server. */
export interface AssertServerOptions {
  /**
   * Listeners that may be open, also ones that are added later: an event (`'upgrade'`, every listener), or an event with the
   * name of a function (`'upgrade (handleUpgrade)'`). Default: none.
   */
  readonly except?: AssertGuardedOptions['except']
  /** Receives a line for each listener that is added later and does not run; `null`: none. Default: the console. */
  readonly logger?: Logger | null
}

const EXCEPTION = /^(?:upgrade|connect|checkContinue|checkExpectation|stream|request)(?: \([A-Za-z_$][\w$]{0,63}\))?$/
const EXCEPTIONS = `one of ${EVENTS.join(', ')}, request, alone or with the name of a function: "upgrade (handleUpgrade)"`
const isLogger = check.instance('a Logger with warn() and error(), or null', 'warn', 'error')

const METHODS = ['listeners', 'listenerCount', 'on', 'addListener', 'prependListener', 'once'] as const

const isServer = (value: unknown): value is ListenedServer =>
  METHODS.every((name) => typeof (value as Partial<ListenedServer> | null | undefined)?.[name] === 'function')

/**
 * Checks that a server of `node:http`, `node:https` or `node:http2` has no unguarded listeners that bypass its middleware:
 * `upgrade`, `connect`, `checkContinue`, `checkExpectation`, and `stream` of HTTP/2. A listener is guarded if `guardUpgrade`
 * returned it or if it has an `authorizer`. Listeners of `request` are not inspected: for applications of a framework, use
 * `assertGuarded` of its adapter.
 *
 * Call it once, after all listeners are added. Unguarded listeners of these events and of `request` that are added later, such
 * as that of a proxy with `ws: true`, never run: before the server is started, adding one throws `ERR_UNGUARDED`; afterwards it
 * is ignored and reported once per function, to the logger and `PROBLEM_CHANNEL`, as `UNGUARDED_LISTENER`.
 *
 * @throws {AuthorizerError} `ERR_UNGUARDED` with one line per unguarded listener; `ERR_OPTION` if an argument is invalid
 * @example
 * assertGuarded(server, { except: ['checkContinue', 'request (countRequests)'] })
 */
export const assertGuarded = (server: ListenedServer, options?: AssertServerOptions): void => {
  if (!isServer(server))
    throw check.optionError('assertGuarded', server, 'a server of node:http, node:https or node:http2')
  const { except = [], logger } = check.checkOptions<AssertServerOptions>('assertGuarded', options, {
    except: check.listOf(check.text(EXCEPTION, EXCEPTIONS)),
    logger: (value) => (value === null ? undefined : isLogger(value)),
  })
  const open = EVENTS.flatMap((event) =>
    server
      .listeners(event)
      .filter((listener) => isUnguarded(event, listener, except))
      .map((listener) => toUnguarded(event, listener)),
  )
  if (open.length > 0) throw coverage.unguardedError(open, WRAP)
  refuseLaterListeners(server, { except, logger })
}
