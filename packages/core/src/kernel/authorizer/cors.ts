/** CORS headers of denials, so that pages of the configured origins can read them. @module */
import { asciiLower } from '../util/ascii.ts'
import type { GatewayResponse } from '../contract/gateway-response.ts'
import type { DenialCors } from './options.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'

const EXPOSED = 'WWW-Authenticate'

/** Lets pages read the challenge of a denial, next to the headers that the response exposes already. */
const withExposedChallenge = (headers: GatewayResponse['headers']): GatewayResponse['headers'] => {
  const valuesOf = (wanted: string): readonly string[] =>
    headers.filter(([name]) => asciiLower(name) === wanted).map(([, value]) => value)
  if (valuesOf('www-authenticate').length === 0) return headers
  const exposed = valuesOf('access-control-expose-headers')
  return [
    ...headers.filter(([name]) => asciiLower(name) !== 'access-control-expose-headers'),
    ['Access-Control-Expose-Headers', [...exposed, EXPOSED].join(', ')],
  ]
}

const GRANTING = /^access-control-allow-(?:origin|credentials)$/i

/** Lets the configured origins read a denial and its challenge (AWS-GOT-21). */
export const withCors = (
  response: GatewayResponse,
  { allowOrigins, allowCredentials }: DenialCors,
  request: GatewayRequest,
): GatewayResponse => {
  const headers = response.headers.filter(([name]) => !GRANTING.test(name))
  if (allowOrigins === '*')
    return { ...response, headers: [...withExposedChallenge(headers), ['Access-Control-Allow-Origin', '*']] }
  const origin = request.header('origin')
  if (origin === undefined || !allowOrigins.includes(origin)) {
    return { ...response, headers: [...headers, ['Vary', 'Origin']] }
  }
  const granted: [string, string][] = [
    ['Access-Control-Allow-Origin', origin],
    ['Vary', 'Origin'],
  ]
  if (allowCredentials === true) granted.push(['Access-Control-Allow-Credentials', 'true'])
  return { ...response, headers: [...withExposedChallenge(headers), ...granted] }
}

/** Copies the option `denialCors`. */
export const copyCors = (cors: DenialCors): DenialCors => {
  const { allowOrigins } = cors
  // Own members only: a polluted prototype must not grant anything (SEC-108).
  const allowCredentials = Object.hasOwn(cors, 'allowCredentials') && cors.allowCredentials === true
  return Object.freeze({ allowOrigins: allowOrigins === '*' ? allowOrigins : [...allowOrigins], allowCredentials })
}
