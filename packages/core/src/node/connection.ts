/** The connection of a request: its HTTP/2 stream, whether the client is still connected, and whether Node.js kept all headers. @module */
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

/** Header lines that Node.js keeps unless `server.maxHeadersCount` is set. */
const DEFAULT_HEADER_LINES = 1000

/**
 * Number of lines that Node.js receives from its parser at a time, and drops as a whole. At a multiple of it, a request with as
 * many lines as the limit cannot be told from one whose lines were dropped.
 */
const CHUNK_LINES = 31

/** Requests whose lines were cut off. Lines are removed later, so that they can no longer be counted. */
const cut = new WeakSet<IncomingMessage>()
/** Whether this process has received one. A look-up for each request is not free. */
let hasCut = false

/**
 * Whether Node.js has dropped header lines of a request. It still frames the body by all of them, so that no layer behind
 * the parser knows how the message ends (SEC-134). To be called before lines are removed; the answer is kept.
 *
 * @param rawHeaders those of the request, if they have been read already
 */
export const headersAreCut = (
  incoming: IncomingMessage,
  rawHeaders: readonly string[] = incoming.rawHeaders,
): boolean => {
  const { socket } = incoming as {
    readonly socket?: { readonly server?: { readonly maxHeadersCount?: number | null } }
  }
  const limit = socket?.server?.maxHeadersCount ?? DEFAULT_HEADER_LINES
  const isOver = rawHeaders.length > limit * 2 || (limit % CHUNK_LINES === 0 && rawHeaders.length === limit * 2)
  if (limit > 0 && isOver && http2Stream(incoming) === undefined) {
    hasCut = true
    cut.add(incoming)
  }
  return hasCut && cut.has(incoming)
}
