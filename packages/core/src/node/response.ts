/** Writes a gateway response to Node's `ServerResponse`. @module */
import type { ServerResponse } from 'node:http'
import type { GatewayResponse } from '../index.ts'
import { REPRESENTATION_HEADERS, writableResponse } from '../adapter.ts'

/**
 * Sends a gateway response and ends the exchange; the server drains the request's body. If another response has started, the
 * connection is closed, because the client can no longer get the denial. A gateway response that cannot be written is replaced
 * with a 500.
 */
export const writeGatewayResponse = (response: ServerResponse, gatewayResponse: GatewayResponse): void => {
  const { status, headers, body } = writableResponse(gatewayResponse)
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
  // RFC 9110: a 204 response has no Content-Length, and a 205 response has no content.
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
  // Node omits the body in responses to HEAD (AWS-REST-31).
  response.end(body)
}
