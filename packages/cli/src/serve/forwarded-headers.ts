/** What a proxy changes in messages besides its own headers. @module */
import type { IncomingMessage } from 'node:http'

/**
 * Headers of requests that are not forwarded: what concerns this connection, and statements about earlier ones, which a client
 * of a development server can only invent.
 */
const NOT_FORWARDED = [
  'forwarded',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
] as const

/** Prepares a request for the service. */
export const prepareRequest = ({ headers }: IncomingMessage): void => {
  for (const name of NOT_FORWARDED) delete headers[name]
  // Without a coding, the body is framed by its length.
  if (headers['transfer-encoding'] === '') delete headers['transfer-encoding']
}

/** Prepares a response of the service: what Node.js rejects to write would end the process. */
export const prepareResponse = (response: IncomingMessage): void => {
  delete response.headers.trailer
  const { statusCode = 0 } = response
  if (statusCode < 200 || statusCode > 999) response.statusCode = 502
  response.statusMessage = ''
}
