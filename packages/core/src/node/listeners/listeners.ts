/** Listeners of a Node server that requests reach without its middleware (SEC-110). @module */
import type { EventEmitter } from 'node:events'
import { coverage } from '../../adapter.ts'

/** Events for which Node does not call the listeners of `request`. */
export const EVENTS = ['upgrade', 'connect', 'checkContinue', 'checkExpectation', 'stream'] as const

/** The part of a server that `assertGuarded` uses. */
export interface ListenedServer extends Pick<
  EventEmitter,
  'listeners' | 'listenerCount' | 'on' | 'addListener' | 'prependListener' | 'once'
> {
  readonly listening?: boolean
}

export type Listener = ReturnType<EventEmitter['listeners']>[number]

/** What to do about an unguarded listener, as the beginning of a sentence. */
export const WRAP = 'Wrap them with guardUpgrade'

/** Whether a listener is the one with which Node itself turns HTTP/2 streams into requests. */
const isNodeListener = (event: string, { name }: Listener): boolean =>
  event === 'stream' && name === 'bound onServerStream'

/** A listener in the report: `upgrade (handleUpgrade)`. */
export const toUnguarded = (event: string, { name }: Listener): coverage.UnguardedRoute => ({
  method: event,
  path: '',
  pattern: coverage.UNKNOWN_PATH,
  line: event,
  name,
})

/** Whether a listener has no authorizer and is no exception. */
export const isUnguarded = (event: string, listener: Listener, except: readonly string[]): boolean =>
  !coverage.isGuard(listener) &&
  !isNodeListener(event, listener) &&
  !coverage.isExcepted(toUnguarded(event, listener), except)
