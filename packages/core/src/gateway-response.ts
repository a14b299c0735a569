/** Gateway responses: the answers that the gateway gives by itself. One table owns their statuses. @module */

/** A ready answer. Header names in the spelling to be sent; the body is complete, its length is known. */
export interface GatewayResponse {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** Names of API Gateway's response types (AWS-GWR-01), and four for responses of a gateway's front end. */
export type GatewayResponseType =
  | 'UNAUTHORIZED'
  | 'ACCESS_DENIED'
  | 'AUTHORIZER_CONFIGURATION_ERROR'
  | 'AUTHORIZER_FAILURE'
  | 'INVALID_API_KEY'
  | 'THROTTLED'
  | 'QUOTA_EXCEEDED'
  | 'BAD_REQUEST'
  | 'URI_TOO_LONG'
  | 'REQUEST_TOO_LARGE'
  | 'REQUEST_TIMEOUT'
  | 'OVERLOADED'

/** Default status and message of each type. */
export const GATEWAY_RESPONSES: Readonly<
  Record<GatewayResponseType, { readonly status: number; readonly message: string }>
> = {
  UNAUTHORIZED: { status: 401, message: 'Unauthorized' },
  ACCESS_DENIED: { status: 403, message: 'Forbidden' },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, message: 'Internal Server Error' },
  AUTHORIZER_FAILURE: { status: 500, message: 'Internal Server Error' },
  INVALID_API_KEY: { status: 403, message: 'Forbidden' },
  THROTTLED: { status: 429, message: 'Too Many Requests' },
  QUOTA_EXCEEDED: { status: 429, message: 'Limit Exceeded' },
  BAD_REQUEST: { status: 400, message: 'Bad Request' },
  URI_TOO_LONG: { status: 414, message: 'Request URI too long' },
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long' },
  REQUEST_TIMEOUT: { status: 408, message: 'Request Timeout' },
  OVERLOADED: { status: 503, message: 'Service Unavailable' },
}

/** Headers of the answer that a denial takes the place of; lower case. */
export const STALE_HEADERS: readonly string[] = [
  'accept-ranges',
  'content-encoding',
  'content-range',
  'etag',
  'last-modified',
  'transfer-encoding',
]

/** A JSON answer that no shared cache may keep (SEC-103). */
export const jsonResponse = (
  status: number,
  body: string,
  headers: readonly (readonly [string, string])[] = [],
): GatewayResponse => ({
  status,
  headers: [['Content-Type', 'application/json'], ['Cache-Control', 'no-store'], ...headers],
  body,
})
