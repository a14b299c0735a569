/** Refuses unguarded listeners that are added to a server after `assertGuarded` (SEC-110). @module */
import type { ServerResponse } from 'node:http'
import type { Logger } from '../../index.ts'
import { coverage, reportProblem, writableResponse } from '../../adapter.ts'
import { EVENTS, isUnguarded, type ListenedServer, type Listener, toUnguarded, WRAP } from './listeners.ts'
import { writeGatewayResponse } from '../response.ts'

/** What `assertGuarded` was called with. */
interface Terms {
  readonly except: readonly string[]
  readonly logger: Logger | null | undefined
}

interface Watch {
  terms: Terms
  /** Whether requests can arrive: from then on, an exception could end the process. */
  started: boolean
  readonly reported: WeakSet<Listener>
}

const WATCH: unique symbol = Symbol('watch')
type WatchedServer = ListenedServer & { [WATCH]?: Watch }

const ADDERS = ['on', 'addListener', 'prependListener'] as const
const WATCHED: ReadonlySet<unknown> = new Set([...EVENTS, 'request'])

const remedyFor = (event: string): string => (event === 'request' ? 'Add them before assertGuarded is called' : WRAP)

const respondWith500 = (_request: unknown, response: ServerResponse): void =>
  writeGatewayResponse(response, writableResponse(undefined))

/** `once` adds a function that has the listener as its member. */
const unwrapped = (listener: Listener): Listener => {
  const { listener: inner } = listener as { listener?: Listener }
  return typeof inner === 'function' ? inner : listener
}

const report = ({ terms, reported }: Watch, event: string, listener: Listener): void => {
  if (reported.has(listener)) return
  reported.add(listener)
  const place = coverage.lineOf(toUnguarded(event, listener))
  const remedy =
    event === 'request'
      ? 'add it before assertGuarded is called'
      : 'wrap it with guardUpgrade (for a proxy: its function `upgrade`, without `ws: true`)'
  const message = `the listener ${place} was added after assertGuarded without an authorizer and never runs; ${remedy}, or add it to the option \`except\``
  reportProblem(terms.logger, { authorizer: 'assertGuarded', kind: 'UNGUARDED_LISTENER', message })
}

/**
 * From now on, an unguarded listener that is added to the server never runs. Before the server is started, adding one throws.
 * Later it is ignored and reported, because an exception would be thrown while a request is handled, and could end the process.
 * A second call replaces the terms.
 */
export const refuseLaterListeners = (server: WatchedServer, terms: Terms): void => {
  const existing = server[WATCH]
  if (existing !== undefined) {
    existing.terms = terms
    return
  }
  const watch: Watch = { terms, started: server.listening === true, reported: new WeakSet() }
  Object.defineProperty(server, WATCH, { value: watch })
  for (const event of ['listening', 'connection']) server.once(event, () => void (watch.started = true))

  for (const name of ADDERS) {
    const add = server[name]
    const addGuarded = function (this: WatchedServer, event: string, listener: Listener): WatchedServer {
      const isOpen =
        WATCHED.has(event) &&
        typeof listener === 'function' &&
        isUnguarded(event, unwrapped(listener), watch.terms.except)
      if (!isOpen) return add.call(this, event, listener as never)
      const refused = unwrapped(listener)
      if (!watch.started) throw coverage.unguardedError([toUnguarded(event, refused)], remedyFor(event))
      report(watch, event, refused)
      // Socket.IO replaces all listeners of `request`. Without one, clients would wait for a response.
      if (event === 'request' && this.listenerCount(event) === 0) add.call(this, event, respondWith500 as never)
      return this
    }
    Object.defineProperty(server, name, { value: addGuarded, writable: true, configurable: true })
  }
}
