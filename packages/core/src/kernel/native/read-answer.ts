/** Checks the results of native authorizers. @module */
import type { AuthorizerResult } from '../contract/context.ts'
import type { Parsed } from '../contract/contract.ts'
import { type GatewayResponse, isGatewayResponse } from '../contract/gateway-response.ts'
import { isRecord } from '../util/check.ts'
import { ownText } from '../runtime/own-text.ts'
import { type Json, JsonProblem, memberPath, toJson } from '../util/json.ts'
import {
  type HeaderLines,
  isDenialStatus,
  readDenialResponse,
  readRedirect,
  readResponseHeaders,
  setsCookie,
} from './chosen-response.ts'

/** A checked result. */
export interface NativeResult extends AuthorizerResult {
  readonly isAuthorized: boolean
  readonly response?: GatewayResponse
}

/** Rejects a result. `problem` names members and kinds, never values. */
export const bad = (problem: string): Parsed<NativeResult> => ({ accepted: false, reason: 'BAD_RESULT', problem })

/** Members that show for which contract a result was written. */
const FOREIGN: readonly (readonly [member: string, hint: string])[] = Object.entries({
  policyDocument: 'it is an IAM policy: set contract: aws.token() or aws.request() of @custom-authorizer/core/aws',
  statusCode: 'it is a proxy or FunctionGraph response: return allow(), deny() or unauthorized() instead',
})

/** The members of a result. The last five belong to one kind of result each. */
const MEMBERS: ReadonlySet<string> = new Set([
  'isAuthorized',
  'principalId',
  'context',
  'expiresAt',
  'responseHeaders',
  'response',
  'redirect',
  'unauthorized',
  'unavailable',
])

const describeKind = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

/** What is wrong with the members of a result, if they do not belong together. */
const shapeProblem = (value: Readonly<Record<string, unknown>>): string | undefined => {
  for (const [member, hint] of FOREIGN)
    if (Object.hasOwn(value, member)) return `the authorizer returned an object with the member ${member}; ${hint}`
  const unknown = Object.keys(value).find((key) => !MEMBERS.has(key))
  if (unknown !== undefined)
    return `unknown member ${memberPath('result', unknown)}; allowed: ${[...MEMBERS].join(', ')}`
  const { isAuthorized, unauthorized, unavailable, response, redirect, responseHeaders } = value
  if (typeof isAuthorized !== 'boolean') return `isAuthorized is ${describeKind(isAuthorized)}; allowed: true or false`
  if (unavailable !== undefined && (unavailable !== true || isAuthorized))
    return 'unavailable is not true, or is combined with isAuthorized: true'
  if (unauthorized !== undefined && unauthorized !== true) return 'unauthorized is not true'
  if (isAuthorized && (response !== undefined || redirect !== undefined || unauthorized === true))
    return 'response, redirect and unauthorized can only be combined with isAuthorized: false'
  if (redirect !== undefined && response !== undefined)
    return 'redirect and response cannot be combined; set redirect.headers instead'
  if (!isAuthorized && responseHeaders !== undefined)
    return 'responseHeaders can only be combined with isAuthorized: true; set response.headers instead'
  return undefined
}

/** A copy that is kept: a function may return a part of a header or path. */
const toOwnJson = (value: unknown, where: string): Json | JsonProblem => toJson(value, where, undefined, ownText)

const accept = (result: NativeResult): Parsed<NativeResult> => {
  // Frozen, because a cached result is used for several requests.
  const frozen = toOwnJson(result, 'result')
  if (frozen instanceof JsonProblem) return bad(frozen.problem)
  const checked = frozen as unknown as NativeResult
  // A cookie belongs to the response of one call: a cached one would bring back an older session (SEC-127).
  return setsCookie(result.responseHeaders ?? result.response?.headers ?? [])
    ? { accepted: true, result: checked, uncached: true }
    : { accepted: true, result: checked }
}

const reject = (response: GatewayResponse | undefined): Parsed<NativeResult> => ({
  accepted: false,
  reason: 'UNAUTHORIZED',
  ...(response && { response }),
  ...(setsCookie(response?.headers ?? []) && { uncached: true }),
})

/** Checks what the function returned. `redirectOrigins`: the origins to which it may redirect. */
export const readAnswer = (value: unknown, redirectOrigins: readonly string[]): Parsed<NativeResult> => {
  if (typeof value === 'boolean') return accept({ isAuthorized: value, principalId: '', context: {} })
  if (!isRecord(value))
    return bad(
      `the authorizer returned ${describeKind(value)}; allowed: true, false, { isAuthorized, principalId, context }, allow(), deny(), unauthorized()`,
    )
  if (!isPlain(value)) return bad('the authorizer returned a non-plain object')
  // Copied, because a getter may return another value the second time.
  const members: Readonly<Record<string, unknown>> = { ...value }
  const problem = shapeProblem(members)
  if (problem !== undefined) return bad(problem)
  const isAuthorized = members['isAuthorized'] === true
  const isUnauthorized = members['unauthorized'] === true
  const { principalId = '', context, expiresAt, response, redirect, responseHeaders } = members
  if (members['unavailable'] === true)
    return { accepted: false, reason: 'AUTHORIZER_UNAVAILABLE', problem: 'the authorizer returned unavailable()' }
  if (typeof principalId !== 'string' || principalId.length > 1024)
    return bad('principalId is not a string of at most 1024 characters')
  if (expiresAt !== undefined && (typeof expiresAt !== 'number' || !Number.isFinite(expiresAt)))
    return bad('expiresAt is not a number of milliseconds')
  if (redirect !== undefined) {
    const target = readRedirect(redirect, redirectOrigins)
    return typeof target === 'string' ? bad(target) : reject(target)
  }
  const custom = response === undefined ? undefined : readDenialResponse(response, isUnauthorized ? 401 : 403)
  if (typeof custom === 'string') return bad(custom)
  if (isUnauthorized) return reject(custom)
  const lines = responseHeaders === undefined ? undefined : readResponseHeaders(responseHeaders)
  if (typeof lines === 'string') return bad(lines)
  const copy = toOwnJson(context ?? {}, 'context')
  if (copy instanceof JsonProblem) return bad(copy.problem)
  if (!isRecord(copy)) return bad('context is not an object')
  return accept({
    isAuthorized,
    principalId,
    context: copy,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(custom && { response: custom }),
    ...(lines && lines.length > 0 && { responseHeaders: lines }),
  })
}

const isStoredLine = (line: unknown): boolean =>
  Array.isArray(line) &&
  line.length === 2 &&
  typeof line[0] === 'string' &&
  typeof readResponseHeaders({ [line[0]]: line[1] as unknown }) !== 'string' &&
  !setsCookie([line as unknown as HeaderLines[number]])

/** Checks a result that was read from a shared store; `undefined` if it is not valid. */
export const reviveAnswer = (stored: unknown): NativeResult | undefined => {
  const json = toOwnJson(stored, 'stored')
  if (!isRecord(json)) return undefined
  const { isAuthorized, principalId, context, expiresAt, response, responseHeaders } = json
  if (typeof isAuthorized !== 'boolean' || typeof principalId !== 'string' || !isRecord(context)) return undefined
  if (expiresAt !== undefined && typeof expiresAt !== 'number') return undefined
  if (response !== undefined && (isAuthorized || !isGatewayResponse(response) || !isDenialStatus(response.status)))
    return undefined
  if (
    responseHeaders !== undefined &&
    !(isAuthorized && Array.isArray(responseHeaders) && responseHeaders.every(isStoredLine))
  )
    return undefined
  return json as unknown as NativeResult
}
