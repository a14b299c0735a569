/** The HTTP/2 stream of a request, and whether its client is still connected. @module */
import type { IncomingMessage } from 'node:http'

interface Connection {
  readonly destroyed: boolean
  once(event: 'close' | 'finish', listener: () => void): unknown
  off(event: 'close' | 'finish', listener: () => void): unknown
}

interface Http2Stream extends Connection {
  readonly readableEnded: boolean
  close(code: number): void
}

/** The stream of an HTTP/2 request; `undefined` for HTTP/1. The version in an HTTP/1 request line is not reliable. */
export const http2Stream = (incoming: IncomingMessage): Http2Stream | undefined =>
  (incoming as { stream?: Http2Stream }).stream

/** Whether the client has disconnected. */
export const isGone = (incoming: IncomingMessage): boolean => {
  const { socket } = incoming as { readonly socket?: { readonly destroyed: boolean } }
  // `incoming.destroyed` is not used: it is also true after the whole request has been read.
  return (http2Stream(incoming) ?? socket)?.destroyed === true
}

/** Listeners per connection. A connection gets one `close` listener for all requests that are pipelined on it. */
const abortListeners = new WeakMap<Connection, Set<() => void>>()

const listenersOf = (connection: Connection): Set<() => void> => {
  let listeners = abortListeners.get(connection)
  if (listeners === undefined) {
    const added = new Set<() => void>()
    listeners = added
    abortListeners.set(connection, added)
    connection.once('close', () => added.forEach((listener) => listener()))
  }
  return listeners
}

/** Calls `listener` once when the client disconnects. Returns a function that removes it. */
export const onAbort = (incoming: IncomingMessage, listener: () => void): (() => void) => {
  const connection: Connection | undefined = http2Stream(incoming) ?? incoming.socket
  if (connection === undefined) return () => undefined
  if (connection.destroyed) {
    listener()
    return () => undefined
  }
  const listeners = listenersOf(connection)
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** HTTP/2 error code for a graceful close. */
const NO_ERROR = 0

/** Closes an HTTP/2 stream after its response is sent, even if the client has not sent its whole body. */
export const closeAfterResponse = (stream: Http2Stream): void => {
  stream.once('finish', () => stream.close(NO_ERROR))
}
