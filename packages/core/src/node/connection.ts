/** What kind of connection a request came on, and whether its client is still there. @module */
import type { IncomingMessage } from 'node:http'

interface Http2Stream {
  readonly readableEnded: boolean
  readonly destroyed: boolean
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
