/** Writes a gateway response to Node's `ServerResponse`. @module */
import type { ServerResponse } from 'node:http'
import type { GatewayResponse } from '../index.ts'
import { REPRESENTATION_HEADERS, writableResponse } from '../adapter.ts'

/**
 * Sends a gateway response and ends the exchange. The server drains the request's body. A response that has already begun
 * is cut off, because it cannot be turned into a denial. A gateway response that cannot be written is replaced by a 500.
 */
export const writeGatewayResponse = (response: ServerResponse, given: GatewayResponse): void => {
  const { status, headers, body } = writableResponse(given)
  if (response.headersSent) {
    response.destroy()
    return
  }
  for (const name of REPRESENTATION_HEADERS) response.removeHeader(name)
  response.statusCode = status
  for (const [name, value] of headers) {
    const earlier = name.toLowerCase() === 'vary' ? response.getHeader(name) : undefined
    response.setHeader(name, earlier === undefined ? value : `${String(earlier)}, ${value}`)
  }
  // RFC 9110: an answer with status 204 has no length, one with 205 no content.
  if (status === 204 || status === 304) {
    response.end()
    return
  }
  if (status === 205) {
    response.setHeader('Content-Length', 0)
    response.end()
    return
  }
  response.setHeader('Content-Length', Buffer.byteLength(body))
  // Node leaves the body of an answer to HEAD out by itself (AWS-REST-31).
  response.end(body)
}
