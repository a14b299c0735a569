/** The native contract: a function that is handed the request and answers yes, no, or who is calling. @module */
import { checkOptions, type Checks, integer, isRecord, listOf, oneOf, optionError, text } from '../util/check.ts'
import type { AuthorizerResult } from '../contract/context.ts'
import { unsafeOption, type UnsafeOptions, unsafeOptionsIn } from '../util/unsafe-options.ts'
import type { Contract, Parsed, Settled, Verdict } from '../contract/contract.ts'
import {
  isGatewayResponse,
  GATEWAY_RESPONSES,
  type GatewayResponse,
  isResponseHeaderName,
  isResponseHeaderValue,
  jsonResponse,
} from '../contract/gateway-response.ts'
import { MAX_SOURCES, parseIdentitySource } from '../request/identity-source.ts'
import { type Json, JsonProblem, memberPath, toJson } from '../util/json.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'

/** An answer of the function's own choice, in place of the usual one. */
export interface DenialResponse {
  /** 400 to 599. Default: 401 of `unauthorized`, 403 of `deny`. */
  status?: number
  /** Sent as text when a string, as JSON otherwise. */
  body?: Json
  headers?: Readonly<Record<string, string>>
}

/** Yes. */
export interface Allow<TContext> {
  isAuthorized: true
  principalId?: string | undefined
  context?: TContext
  /** Milliseconds since the epoch after which the answer must not be used again. */
  expiresAt?: number | undefined
}

/** No: the caller may not do this. */
export interface Deny {
  isAuthorized: false
  response?: DenialResponse | undefined
}

/** No: the caller is not known. Never cached. */
export interface Unauthorized extends Deny {
  unauthorized: true
}

/** Neither: something that the answer depends on is down. 503, never cached. */
export interface Unavailable {
  isAuthorized: false
  unavailable: true
}

/** What a native authorizer may answer. */
export type NativeAnswer =
  | Unavailable
  | boolean
  | Allow<object>
  | Deny
  | Unauthorized
  | { isAuthorized: boolean; principalId?: string | undefined; context?: object }

/** A native authorizer. `signal` is aborted at the deadline. */
export type NativeAuthorize = (
  request: GatewayRequest,
  call: { readonly signal: AbortSignal },
) => NativeAnswer | Promise<NativeAnswer>

/** The request may go on. `context` is for the code behind: scalars, arrays and plain objects. */
export const allow = <const TContext extends object = Record<never, never>>(
  answer: { principalId?: string | undefined; context?: TContext; expiresAt?: number | undefined } = {},
): Allow<TContext> => ({ isAuthorized: true, ...answer })

/** The caller may not do this: 403, or the response given. */
export const deny = (response?: DenialResponse): Deny => ({ isAuthorized: false, response })

/** The caller is not known: 401, or the response given (a `WWW-Authenticate` header, say). Never cached. */
export const unauthorized = (response?: DenialResponse): Unauthorized => ({
  isAuthorized: false,
  unauthorized: true,
  response,
})

/** Nobody can tell now, because something the answer depends on is down: 503 with `Retry-After`. Never cached. */
export const unavailable = (): Unavailable => ({ isAuthorized: false, unavailable: true })

export interface NativeOptions {
  /** `$request.header.NAME`, `$request.querystring.NAME`: required for caching; a request without one gets 401. */
  identitySources?: readonly string[]
  /** How long an answer is kept, in seconds: 0 to 3600. Default 0, nothing is kept. */
  resultTtlSeconds?: number
  /**
   * What an answer is good for. `'request'`: the same caller, method and path. `'identity'`: everything the same caller
   * does until the lifetime ends, so the function must not look at method or path. Default `'request'` (SEC-52).
   */
  cachePer?: 'request' | 'identity'
}

const CHECKS: Checks<NativeOptions> = {
  identitySources: listOf(text(), MAX_SOURCES),
  resultTtlSeconds: integer(0, 3600, 'seconds'),
  cachePer: oneOf('request', 'identity'),
}

export const NATIVE_UNSAFE_OPTIONS: UnsafeOptions = {
  cachePer: unsafeOption('identity', ['SEC-52'], 'an answer for one method and path holds for all'),
}

interface SimpleResult extends AuthorizerResult {
  readonly isAuthorized: boolean
  readonly response?: GatewayResponse
}

const bad = (problem: string): Parsed<SimpleResult> => ({ accepted: false, reason: 'BAD_RESULT', problem })

/** Members that give away which contract an answer was written for. */
const FOREIGN: Readonly<Record<string, string>> = {
  policyDocument: 'it is an IAM policy: set contract: aws.token() or aws.request() of @custom-authorizer/core/aws',
  statusCode: 'it is a proxy or FunctionGraph response: answer allow(), deny() or unauthorized() instead',
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
// The validation of all responses allows Latin-1; two clients may read it as different text, so that a function may not.
const NOT_ASCII = /[^\t\x20-\x7e]/
const isDenialStatus = (status: unknown): boolean =>
  Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599

const parseResponse = (value: unknown, status: number): GatewayResponse | string => {
  if (!isRecord(value)) return 'response is not an object'
  const unknown = Object.keys(value).find((key) => !['status', 'body', 'headers'].includes(key))
  if (unknown !== undefined) return `${memberPath('response', unknown)} is not known`
  const chosen = value['status'] ?? status
  if (!isDenialStatus(chosen)) return 'response.status is not 400 to 599'
  const body = value['body'] === undefined ? undefined : toJson(value['body'], 'response.body')
  if (body instanceof JsonProblem) return body.problem
  const headers = value['headers'] ?? {}
  if (!isRecord(headers)) return 'response.headers is not an object'
  const lines: [string, string][] = []
  for (const [name, line] of Object.entries(headers)) {
    if (!isResponseHeaderName(name)) return `${memberPath('response.headers', name)} is not a header that may be set`
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

const parseAnswer = (value: unknown): Parsed<SimpleResult> => {
  if (typeof value === 'boolean') return accept({ isAuthorized: value, principalId: '', context: {} })
  if (!isRecord(value))
    return bad(
      `the authorizer answered with ${describeKind(value)}; allowed: true, false, { isAuthorized, principalId, context }, allow(), deny(), unauthorized()`,
    )
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    return bad('the authorizer answered with an object that is not a plain one')
  }
  for (const [member, hint] of Object.entries(FOREIGN)) {
    if (Object.hasOwn(value, member)) return bad(`the authorizer answered with a member named ${member}; ${hint}`)
  }
  const unknown = Object.keys(value).find((key) => !MEMBERS.has(key))
  if (unknown !== undefined)
    return bad(`${memberPath('answer', unknown)} is not known; allowed: ${[...MEMBERS].join(', ')}`)
  const { isAuthorized, principalId = '', context, expiresAt, response } = value
  if (typeof isAuthorized !== 'boolean')
    return bad(`isAuthorized is ${describeKind(isAuthorized)}; allowed: true or false`)
  if (value['unavailable'] !== undefined) {
    if (value['unavailable'] !== true || isAuthorized)
      return bad('unavailable is not true, or goes with isAuthorized: true')
    return { accepted: false, reason: 'AUTHORIZER_UNAVAILABLE', problem: 'the authorizer says that it is unavailable' }
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
    return bad('response and unauthorized go with isAuthorized: false only')
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

/** A kept answer, checked like a new one. */
const reviveAnswer = (stored: unknown): SimpleResult | undefined => {
  const json = toJson(stored, 'stored')
  if (!isRecord(json)) return undefined
  const { isAuthorized, principalId, context, expiresAt, response } = json
  if (typeof isAuthorized !== 'boolean' || typeof principalId !== 'string' || !isRecord(context)) return undefined
  if (expiresAt !== undefined && typeof expiresAt !== 'number') return undefined
  if (response !== undefined && (isAuthorized || !isGatewayResponse(response) || !isDenialStatus(response.status)))
    return undefined
  return json as unknown as SimpleResult
}

const describeKind = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
const accept = (result: SimpleResult): Parsed<SimpleResult> => {
  // A kept answer is handed out more than once.
  const frozen = toJson(result, 'result')
  return frozen instanceof JsonProblem
    ? bad(frozen.problem)
    : { accepted: true, result: frozen as unknown as SimpleResult }
}

const ALLOWED: Verdict = { allowed: true }

/**
 * The native contract, used when no other is named: the function receives the {@link GatewayRequest} and answers
 * `true`, `false`, `{ isAuthorized, principalId, context }`, or what `allow`, `deny` and `unauthorized` make.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const native = (options: NativeOptions = {}): Contract<NativeAuthorize, 'typed'> => {
  const checked = checkOptions('native', options, CHECKS)
  const { identitySources = [], resultTtlSeconds = 0, cachePer = 'request' } = checked
  const sources = identitySources.map((each, index) => parseIdentitySource(`native.identitySources[${index}]`, each))
  if (resultTtlSeconds > 0 && sources.length === 0) {
    throw optionError('native.resultTtlSeconds', resultTtlSeconds, '0 unless identitySources says whose answer is kept')
  }
  const contract: Contract<NativeAuthorize, 'typed', SimpleResult> = {
    name: 'native',
    fingerprint: JSON.stringify([identitySources, cachePer]),
    warnings: unsafeOptionsIn('native', checked, NATIVE_UNSAFE_OPTIONS),
    identitySources: sources,
    resultTtlSeconds,
    timeoutMs: 10_000,
    contextValues: 'typed',
    ...(cachePer === 'request' && {
      extraKeyParts: (request: GatewayRequest) => [
        request.authority ?? '',
        request.method,
        request.path,
        request.queryString,
        // A function may also decide on what the client sent before it was rewritten.
        ...(request.received === undefined ? [] : [request.received.path, request.received.queryString]),
      ],
    }),
    // Nothing may be added to what later steps read (SEC-01).
    toEvent: (request) => Object.freeze(request),
    parseResult: (settled: Settled) => {
      if (settled.status === 'timedOut') return { accepted: false, reason: 'AUTHORIZER_TIMEOUT' }
      if (settled.status === 'failed') return { accepted: false, reason: 'AUTHORIZER_ERROR' }
      try {
        return parseAnswer(settled.value)
      } catch {
        return bad('the answer threw while it was read')
      }
    },
    reviveResult: reviveAnswer,
    decide: (result) =>
      result.isAuthorized
        ? ALLOWED
        : { allowed: false, reason: 'DENIED', ...(result.response && { response: result.response }) },
    respond: ({ type }) => {
      const { status, message } = GATEWAY_RESPONSES[type]
      return jsonResponse(status, JSON.stringify({ message }), type === 'OVERLOADED' ? [['Retry-After', '1']] : [])
    },
    requestContext: (result) => ({ principalId: result.principalId, ...result.context }),
  }
  return contract
}
