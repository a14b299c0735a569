/** Responses of an HTTP API with a JWT authorizer (AWS-JWT-20 to AWS-JWT-27). @module */
import type { GatewayResponse, GatewayResponseType } from '@custom-authorizer/core'
import { type Denial, GATEWAY_RESPONSES } from '@custom-authorizer/core/contract'
import type { TokenProblem } from './problem.ts'

/**
 * `error_description` of the challenge. The texts for SEGMENTS, AUDIENCE and EXPIRED are those of the service (AWS-JWT-21 to
 * AWS-JWT-23). The others are ours, in the same style: the texts of the service are not known (AWS-JWT-24).
 */
const DESCRIPTIONS: Readonly<Record<TokenProblem, string>> = {
  SCHEME: 'token contains an invalid number of segments',
  SIZE: 'the token is too long',
  SEGMENTS: 'token contains an invalid number of segments',
  ENCODING: 'the token is malformed',
  JSON: 'the token is malformed',
  HEADER: 'the token has a header that is not supported',
  NESTED: 'the token has a header that is not supported',
  TYPE: 'the token has a header that is not supported',
  ALGORITHM: 'the token has a signing algorithm that is not supported',
  ISSUER: 'the token does not have a valid issuer',
  AUDIENCE: 'the token does not have a valid audience',
  DATE: 'the token does not have valid dates',
  EXPIRED: 'the token has expired',
  NOT_YET: 'the token is not valid yet',
  TOO_OLD: 'the token is too old',
  CLAIM: 'the token does not have a required claim',
  KEY: 'the token does not have a valid key',
  DUPLICATE_KEY: 'the token does not have a valid key',
  SIGNATURE: 'the token does not have a valid signature',
}

/** Fifteen characters of base64 and an equals sign, as the service sends them (AWS-HTTP-01). */
const requestId = (): string => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(11))))

const respond = (type: GatewayResponseType, challenge: string | undefined): GatewayResponse => {
  const { status, message } = GATEWAY_RESPONSES[type]
  const headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['apigw-requestid', requestId()],
    ['cache-control', 'no-store'],
  ]
  if (challenge !== undefined) headers.push(['www-authenticate', challenge])
  if (type === 'OVERLOADED') headers.push(['retry-after', '1'])
  return { status, headers, body: JSON.stringify({ message }) }
}

/** The responses for a route with these scopes. Spaces separate the attributes of a challenge (AWS-JWT-27). */
export class HttpApiResponses {
  readonly #scope: string

  constructor(scopes: readonly string[]) {
    this.#scope = `Bearer scope="${scopes.join(' ')}"`
  }

  badToken(problem: TokenProblem): GatewayResponse {
    return respond('UNAUTHORIZED', `${this.#scope} error="invalid_token" error_description="${DESCRIPTIONS[problem]}"`)
  }

  insufficientScope(): GatewayResponse {
    return respond('ACCESS_DENIED', `${this.#scope} error="insufficient_scope"`)
  }

  /** The response to every other denial, including those of the kernel and of `requireScopes`. */
  denial({ reason, type }: Pick<Denial, 'reason' | 'type'>): GatewayResponse {
    if (reason === 'INSUFFICIENT_SCOPE') return this.insufficientScope()
    return respond(type, type === 'UNAUTHORIZED' ? 'Bearer' : undefined)
  }
}
