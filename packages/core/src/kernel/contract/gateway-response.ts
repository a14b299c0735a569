/** Gateway responses: the responses that a gateway sends by itself, with a table of their statuses. @module */
import { asciiLower } from '../util/ascii.ts'
import { isRecord } from '../util/check.ts'
import { FIELD_NAME, FIELD_VALUE, headersFor } from '../util/http-headers.ts'

/** A complete response. Header names have the spelling to be sent. */
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
  | 'MISSING_AUTHENTICATION_TOKEN'
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
  // The name of the response to a request that no method of a REST API matches.
  MISSING_AUTHENTICATION_TOKEN: { status: 404, message: 'Not Found' },
  BAD_REQUEST: { status: 400, message: 'Bad Request' },
  URI_TOO_LONG: { status: 414, message: 'Request URI too long' },
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long' },
  REQUEST_TIMEOUT: { status: 408, message: 'Request Timeout' },
  OVERLOADED: { status: 503, message: 'Service Unavailable' },
}

/** Headers that describe a body; removed when a denial replaces a response. In lower case. */
export const REPRESENTATION_HEADERS: readonly string[] = [...headersFor('representation')]

/** Response headers that are added to those that other middleware has set; others replace them. In lower case. */
export const CUMULATIVE_HEADERS: ReadonlySet<string> = headersFor('cumulative')

/** Builds a JSON response that HTTP caches do not store (SEC-103). */
export const jsonResponse = (
  status: number,
  body: string,
  headers: readonly (readonly [string, string])[] = [],
): GatewayResponse => ({
  status,
  headers: [['Content-Type', 'application/json'], ['Cache-Control', 'no-store'], ...headers],
  body,
})

/** Headers that frame a message. Only the code that writes a response may set them. */
const FRAMING = headersFor('framing')

/** Whether a response header may have this name. */
export const isResponseHeaderName = (name: unknown): name is string =>
  typeof name === 'string' && FIELD_NAME.test(name) && !FRAMING.has(asciiLower(name))

/** Whether a response header may have this value. */
export const isResponseHeaderValue = (value: unknown): value is string =>
  typeof value === 'string' && FIELD_VALUE.test(value)

/** Responses that {@link readGatewayResponse} has returned. They are frozen and need no second validation. */
const validated = new WeakSet<object>()

/**
 * Validates a response that comes from a contract, a function or a store, and returns a frozen copy of it. The status is an
 * integer from 200 to 599, header names are tokens that frame no message, header values are one line of Latin-1 text, the
 * body is a string. Returns `undefined` for anything else. Never throws.
 */
export const readGatewayResponse = (value: unknown): GatewayResponse | undefined => {
  if (!isRecord(value)) return undefined
  if (validated.has(value)) return value as unknown as GatewayResponse
  try {
    const { status, headers, body } = value
    if (!Number.isInteger(status) || (status as number) < 200 || (status as number) > 599) return undefined
    if (typeof body !== 'string' || !Array.isArray(headers)) return undefined
    const lines: (readonly [string, string])[] = []
    // By index, because `every` and `map` pass over the holes of a sparse array.
    for (let index = 0; index < headers.length; index++) {
      const line: unknown = headers[index]
      if (!Array.isArray(line) || line.length !== 2) return undefined
      const [name, text] = line as readonly unknown[]
      if (!isResponseHeaderName(name) || !isResponseHeaderValue(text)) return undefined
      lines.push(Object.freeze([name, text] as const))
    }
    const copy: GatewayResponse = Object.freeze({ status: status as number, headers: Object.freeze(lines), body })
    validated.add(copy)
    return copy
  } catch {
    return undefined
  }
}

/** Whether a value from a contract, a function or a store can be written as a response. */
export const isGatewayResponse = (value: unknown): value is GatewayResponse => readGatewayResponse(value) !== undefined

/** The response that is sent if no other one can be written. */
export const FALLBACK_RESPONSE: GatewayResponse = readGatewayResponse(
  jsonResponse(500, '{"message":"Internal Server Error"}'),
) as GatewayResponse

/** The response itself if it can be written, otherwise a 500 without details. Adapters call it before they write. */
export const writableResponse = (response: unknown): GatewayResponse =>
  readGatewayResponse(response) ?? FALLBACK_RESPONSE
