/** CORS headers of denials, so that pages of the configured origins can read them. @module */
import type { GatewayResponse } from '../contract/gateway-response.ts'
import type { DenialCors } from './options.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'

const GRANTING = /^access-control-allow-(?:origin|credentials)$/i

/** Lets the configured origins read a denial (AWS-GOT-21). */
export const withCors = (
  response: GatewayResponse,
  { allowOrigins, allowCredentials }: DenialCors,
  request: GatewayRequest,
): GatewayResponse => {
  const headers = response.headers.filter(([name]) => !GRANTING.test(name))
  if (allowOrigins === '*') return { ...response, headers: [...headers, ['Access-Control-Allow-Origin', '*']] }
  const origin = request.header('origin')
  if (origin === undefined || !allowOrigins.includes(origin)) {
    return { ...response, headers: [...headers, ['Vary', 'Origin']] }
  }
  const granted: [string, string][] = [
    ['Access-Control-Allow-Origin', origin],
    ['Vary', 'Origin'],
  ]
  if (allowCredentials === true) granted.push(['Access-Control-Allow-Credentials', 'true'])
  return { ...response, headers: [...headers, ...granted] }
}
