/** The error with which a mount reports a denial to the framework's error handling. @module */
import { asciiLower } from '../util/ascii.ts'
import { type GatewayResponse, type GatewayResponseType, GATEWAY_RESPONSES } from '../contract/gateway-response.ts'
import type { Denied, DenialReason } from '../contract/outcome.ts'

/**
 * A denial, as error handlers receive it with `onDenied: 'error'`. `status`, `headers` and `expose` are the members that the
 * default error handlers of Express and Koa read. It contains no credential, policy or context value.
 */
export class DeniedError extends Error {
  override readonly name = 'DeniedError'
  /** Why the request was denied. For logs, not for clients. */
  readonly reason: DenialReason
  /** The gateway response type, such as `ACCESS_DENIED`. */
  readonly type: GatewayResponseType
  /** The response that the client would get by default. */
  readonly response: GatewayResponse
  /** Status of {@link response}. */
  readonly status: number
  /** The same as {@link status}. */
  readonly statusCode: number
  /** Headers of {@link response} except those that describe its body, such as `WWW-Authenticate` and `Retry-After`. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /** Whether the client may see `message`: true below 500. */
  readonly expose: boolean

  constructor({ reason, type, response }: Denied) {
    super(GATEWAY_RESPONSES[type].message)
    this.reason = reason
    this.type = type
    this.response = response
    this.status = response.status
    this.statusCode = response.status
    this.headers = headersOf(response)
    this.expose = response.status < 500
  }
}

const headersOf = ({ headers }: GatewayResponse): Record<string, string | string[]> => {
  const lines = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of headers) {
    if (asciiLower(name).startsWith('content-')) continue
    const earlier = lines[name]
    lines[name] = earlier === undefined ? value : [earlier, value].flat()
  }
  return { ...lines }
}

/** A denial, and how it reaches the client. */
export interface Denying {
  readonly kind: 'denied'
  readonly denied: Denied
  /** What the framework's error handling receives instead of the response. `undefined`: the adapter sends the response. */
  readonly error: DeniedError | undefined
}

/** `throwsDenials`: whether the framework's error handling receives the denial. */
export const denyingOf = (denied: Denied, throwsDenials: boolean): Denying => ({
  kind: 'denied',
  denied,
  // The response to a CORS preflight is no error.
  error: throwsDenials && denied.response.status >= 300 ? new DeniedError(denied) : undefined,
})
