/** What kind of connection a request came on, and whether its client is still there. @module */
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

/** The stream of a request over HTTP/2. What the request line of HTTP/1 says of its version is the client's own text. */
export const http2Stream = (incoming: IncomingMessage): Http2Stream | undefined =>
  (incoming as { stream?: Http2Stream }).stream

/** Whether nobody waits for the answer any more. */
export const isGone = (incoming: IncomingMessage): boolean => {
  const { socket } = incoming as { readonly socket?: { readonly destroyed: boolean } }
  // The request itself may be destroyed because all of it has been read.
  return (http2Stream(incoming) ?? socket)?.destroyed === true
}

/** Who waits for a connection to close. It has one listener of ours, however many requests were pipelined on it. */
const waiting = new WeakMap<Connection, Set<() => void>>()

const listenersOf = (connection: Connection): Set<() => void> => {
  let listeners = waiting.get(connection)
  if (listeners === undefined) {
    const added = new Set<() => void>()
    listeners = added
    waiting.set(connection, added)
    connection.once('close', () => added.forEach((listener) => listener()))
  }
  return listeners
}

/** Calls `listener` once when the client has disconnected. Returns a function that removes it. */
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

const NO_ERROR = 0

/** Ends a stream of HTTP/2 once its response is sent, whether or not the client sends the rest of its body. */
export const closeAfterResponse = (stream: Http2Stream): void => {
  stream.once('finish', () => stream.close(NO_ERROR))
}
