/** Results of native authorizers: the functions that build them, and their checks. @module */
import type { AuthorizerResult } from '../contract/context.ts'
import type { Parsed } from '../contract/contract.ts'
import {
  GATEWAY_RESPONSES,
  type GatewayResponse,
  isGatewayResponse,
  isResponseHeaderName,
  isResponseHeaderValue,
} from '../contract/gateway-response.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { isRecord } from '../util/check.ts'
import { type Json, JsonProblem, memberPath, toJson } from '../util/json.ts'

/** A response that replaces the usual one of a denial. */
export interface DenialResponse {
  /** 400 to 599. Default: 401 for `unauthorized`, 403 for `deny`. */
  status?: number
  /** A string is sent as text, anything else as JSON. Default: `{"message":…}`. */
  body?: Json
  /** Additional headers. Default: none. */
  headers?: Readonly<Record<string, string>>
}

/** The request is allowed. */
export interface Allow<TContext> {
  isAuthorized: true
  principalId?: string | undefined
  context?: TContext
  /** Milliseconds since the epoch after which the result must not be used. Default: `resultTtlSeconds` alone counts. */
  expiresAt?: number | undefined
}

/** The request is denied. */
export interface Deny {
  isAuthorized: false
  response?: DenialResponse | undefined
}

/** The caller is not authenticated. Never cached. */
export interface Unauthorized extends Deny {
  unauthorized: true
}

/** The authorizer cannot decide, because a service that it depends on is unavailable: 503, never cached. */
export interface Unavailable {
  isAuthorized: false
  unavailable: true
}

/** The result of a native authorizer. */
export type NativeAnswer =
  | Unavailable
  | boolean
  | Allow<object>
  | Deny
  | Unauthorized
  | { isAuthorized: boolean; principalId?: string | undefined; context?: object }

/** A native authorizer function. `signal` is aborted at the deadline. */
export type NativeAuthorize = (
  request: GatewayRequest,
  call: { readonly signal: AbortSignal },
) => NativeAnswer | Promise<NativeAnswer>

/** Allows the request. Handlers receive `context`: scalars, arrays and plain objects. */
export const allow = <const TContext extends object = Record<never, never>>(
  result: { principalId?: string | undefined; context?: TContext; expiresAt?: number | undefined } = {},
): Allow<TContext> => ({ isAuthorized: true, ...result })

/** Denies the request with 403, or with the given response. */
export const deny = (response?: DenialResponse): Deny => ({ isAuthorized: false, response })

/** Rejects the credential with 401, or with the given response, such as one with `WWW-Authenticate`. Never cached. */
export const unauthorized = (response?: DenialResponse): Unauthorized => ({
  isAuthorized: false,
  unauthorized: true,
  response,
})

/** Denies the request with 503 and `Retry-After`, because a service that the decision needs is unavailable. Never cached. */
export const unavailable = (): Unavailable => ({ isAuthorized: false, unavailable: true })

/** A checked result. */
export interface NativeResult extends AuthorizerResult {
  readonly isAuthorized: boolean
  readonly response?: GatewayResponse
}

/** Rejects a result. `problem` names members and kinds, never values. */
export const bad = (problem: string): Parsed<NativeResult> => ({ accepted: false, reason: 'BAD_RESULT', problem })

/** Members that show for which contract a result was written. */
const FOREIGN: Readonly<Record<string, string>> = {
  policyDocument: 'it is an IAM policy: set contract: aws.token() or aws.request() of @custom-authorizer/core/aws',
  statusCode: 'it is a proxy or FunctionGraph response: return allow(), deny() or unauthorized() instead',
}

const MEMBERS: ReadonlySet<string> = new Set([
  'isAuthorized',
  'principalId',
  'context',
  'expiresAt',
  'response',
  'unauthorized',
  'unavailable',
])
// Gateway responses may have Latin-1 header values. Clients read these as different texts, so functions may not set them.
const NOT_ASCII = /[^\t\x20-\x7e]/
const isDenialStatus = (status: unknown): boolean =>
  Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599

const parseResponse = (value: unknown, status: number): GatewayResponse | string => {
  if (!isRecord(value)) return 'response is not an object'
  const unknown = Object.keys(value).find((key) => !['status', 'body', 'headers'].includes(key))
  if (unknown !== undefined) return `${memberPath('response', unknown)} is an unknown member`
  const chosen = value['status'] ?? status
  if (!isDenialStatus(chosen)) return 'response.status is not a whole number from 400 to 599'
  const body = value['body'] === undefined ? undefined : toJson(value['body'], 'response.body')
  if (body instanceof JsonProblem) return body.problem
  const headers = value['headers'] ?? {}
  if (!isRecord(headers)) return 'response.headers is not an object'
  const lines: [string, string][] = []
  for (const [name, line] of Object.entries(headers)) {
    if (!isResponseHeaderName(name)) return `${memberPath('response.headers', name)} is not a header that can be set`
    if (!isResponseHeaderValue(line) || NOT_ASCII.test(line))
      return `${memberPath('response.headers', name)} is not printable text`
    lines.push([name, line])
  }
  const named = (name: string): boolean => lines.some(([each]) => each.toLowerCase() === name)
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json'
  if (!named('content-type')) lines.unshift(['Content-Type', type])
  if (!named('cache-control')) lines.push(['Cache-Control', 'no-store'])
  const message = status === 401 ? GATEWAY_RESPONSES.UNAUTHORIZED.message : GATEWAY_RESPONSES.ACCESS_DENIED.message
  return {
    status: chosen as number,
    headers: lines,
    body: typeof body === 'string' ? body : JSON.stringify(body ?? { message }),
  }
}

/** Checks what the function returned. */
export const parseAnswer = (value: unknown): Parsed<NativeResult> => {
  if (typeof value === 'boolean') return accept({ isAuthorized: value, principalId: '', context: {} })
  if (!isRecord(value))
    return bad(
      `the authorizer returned ${describeKind(value)}; allowed: true, false, { isAuthorized, principalId, context }, allow(), deny(), unauthorized()`,
    )
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    return bad('the authorizer returned a non-plain object')
  }
  for (const [member, hint] of Object.entries(FOREIGN)) {
    if (Object.hasOwn(value, member)) return bad(`the authorizer returned an object with the member ${member}; ${hint}`)
  }
  const unknown = Object.keys(value).find((key) => !MEMBERS.has(key))
  if (unknown !== undefined)
    return bad(`unknown member ${memberPath('result', unknown)}; allowed: ${[...MEMBERS].join(', ')}`)
  const { isAuthorized, principalId = '', context, expiresAt, response } = value
  if (typeof isAuthorized !== 'boolean')
    return bad(`isAuthorized is ${describeKind(isAuthorized)}; allowed: true or false`)
  if (value['unavailable'] !== undefined) {
    if (value['unavailable'] !== true || isAuthorized)
      return bad('unavailable is not true, or is combined with isAuthorized: true')
    return { accepted: false, reason: 'AUTHORIZER_UNAVAILABLE', problem: 'the authorizer returned unavailable()' }
  }
  if (value['unauthorized'] !== undefined && value['unauthorized'] !== true) return bad('unauthorized is not true')
  if (typeof principalId !== 'string' || principalId.length > 1024)
    return bad('principalId is not a string of at most 1024 characters')
  if (expiresAt !== undefined && (typeof expiresAt !== 'number' || !Number.isFinite(expiresAt)))
    return bad('expiresAt is not a number of milliseconds')
  const custom =
    response === undefined ? undefined : parseResponse(response, value['unauthorized'] === true ? 401 : 403)
  if (typeof custom === 'string') return bad(custom)
  if (isAuthorized && (custom !== undefined || value['unauthorized'] === true))
    return bad('response and unauthorized can only be combined with isAuthorized: false')
  if (value['unauthorized'] === true)
    return { accepted: false, reason: 'UNAUTHORIZED', ...(custom && { response: custom }) }
  const copy = toJson(context ?? {}, 'context')
  if (copy instanceof JsonProblem) return bad(copy.problem)
  if (!isRecord(copy)) return bad('context is not an object')
  return accept({
    isAuthorized,
    principalId,
    context: copy,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(custom && { response: custom }),
  })
}

/** Checks a result that was read from a shared store; `undefined` if it is not valid. */
export const reviveAnswer = (stored: unknown): NativeResult | undefined => {
  const json = toJson(stored, 'stored')
  if (!isRecord(json)) return undefined
  const { isAuthorized, principalId, context, expiresAt, response } = json
  if (typeof isAuthorized !== 'boolean' || typeof principalId !== 'string' || !isRecord(context)) return undefined
  if (expiresAt !== undefined && typeof expiresAt !== 'number') return undefined
  if (response !== undefined && (isAuthorized || !isGatewayResponse(response) || !isDenialStatus(response.status)))
    return undefined
  return json as unknown as NativeResult
}

const describeKind = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
const accept = (result: NativeResult): Parsed<NativeResult> => {
  // A cached result is used for several requests.
  const frozen = toJson(result, 'result')
  return frozen instanceof JsonProblem
    ? bad(frozen.problem)
    : { accepted: true, result: frozen as unknown as NativeResult }
}
