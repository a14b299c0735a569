/** What a REST authorizer function may answer, checked before anything in it is used (section 4 of the specification). @module */
import type { AuthorizerResult, Json } from '../../index.ts'
import { check, JsonProblem, memberPath, omitJsonNumbers, spellNumbers, toJson } from '../../contract.ts'
import { checkPolicy, type PolicyDocument, type PolicyLimits } from '../policy/document.ts'
import { CompiledPolicy } from '../policy/evaluate.ts'
import type { Reach } from '../policy/resource.ts'

/** Answer of a policy-style authorizer function. */
export interface AuthorizerResponse {
  /** Required (AWS-OUT-04); numbers and booleans become their text. */
  principalId: string | number | boolean
  policyDocument: PolicyDocument
  /** Scalars only. Handlers receive each value as text, and `null` as `null` (AWS-OUT-12, AWS-OUT-13, AWS-OUT-15). */
  context?: Readonly<Record<string, string | number | boolean | null | undefined>> | null | undefined
  /** The value of an API key (AWS-UP-03). */
  usageIdentifierKey?: string | null | undefined
}

/** A checked answer. */
export interface PolicyResult extends AuthorizerResult {
  readonly policyDocument: Json
}

/** How strictly answers are read; the switches of section 0.1 of the specification. */
export interface ResultRules extends PolicyLimits {
  readonly missingPrincipalId: 'reject' | 'accept'
  readonly contextBytes: number
  /** `'text'`: scalars, each as its text, and `null` (REST, WebSocket). `'json'`: any JSON, types kept (HTTP APIs). */
  readonly contextValues: 'text' | 'json'
  /** What a member is that the gateway does not know (AWS-OUT-08). */
  readonly unknownMembers: 'reject' | 'ignore'
  readonly segmentWildcards: Reach
}

const MEMBERS: ReadonlySet<string> = new Set(['principalId', 'policyDocument', 'context', 'usageIdentifierKey'])
const MAX_PRINCIPAL_BYTES = 1024
const MAX_CONTEXT_KEYS = 100

/** Members that give away which contract an answer was written for. */
const FOREIGN: readonly (readonly [member: string, hint: string])[] = [
  [
    'isAuthorized',
    'a yes-or-no answer is not a policy: leave contract out for the native one, or return principalId and policyDocument',
  ],
  [
    'statusCode',
    'a proxy or FunctionGraph response is not a policy: return principalId and policyDocument, or throw new Error("Unauthorized")',
  ],
  ['status', 'a FunctionGraph answer is not a policy: return principalId and policyDocument'],
  ['errorMessage', 'an error has to be thrown, not returned'],
]

export type Members = Readonly<Record<string, Json>>
export const isMembers = (value: Json | JsonProblem | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonProblem)

const byteLength = (text: string): number => new TextEncoder().encode(text).length

/** Policies compiled from results. A result is frozen and lives as long as its cache entry, and so does its policy. */
const compiledPolicies = new WeakMap<object, CompiledPolicy>()

/** The compiled policy of a checked result. */
export const policyOf = (result: PolicyResult, rules: ResultRules): CompiledPolicy => {
  let compiled: CompiledPolicy | string | undefined = compiledPolicies.get(result)
  if (compiled !== undefined) return compiled
  // A result from a store that several processes share has not been compiled here yet.
  const checked = checkPolicy(result.policyDocument, rules)
  compiled = typeof checked === 'string' ? checked : CompiledPolicy.compile(checked, undefined, rules.segmentWildcards)
  if (typeof compiled === 'string') throw new Error('a stored policy is malformed')
  compiledPolicies.set(result, compiled)
  return compiled
}

const principalOf = (value: Json | undefined, { missingPrincipalId }: ResultRules): string | JsonProblem => {
  if ((value === undefined || value === null) && missingPrincipalId === 'accept') return ''
  if (value === undefined || value === null)
    return new JsonProblem(
      'principalId is missing; return it, or set compatibility: { missingPrincipalId: "accept" } for an empty principal',
    )
  if (typeof value === 'object') return new JsonProblem('principalId is not a string')
  const text = String(value)
  return byteLength(text) > MAX_PRINCIPAL_BYTES
    ? new JsonProblem(`principalId is longer than ${MAX_PRINCIPAL_BYTES} bytes`)
    : text
}

/** Checks and copies a context; the problem names keys, never values. */
export const contextOf = (
  value: Json | undefined,
  { contextBytes, contextValues }: Pick<ResultRules, 'contextBytes' | 'contextValues'>,
): Readonly<Record<string, Json>> | JsonProblem => {
  if (value === undefined || value === null) return Object.freeze({})
  if (!isMembers(value)) return new JsonProblem('context is not an object')
  const entries = Object.entries(value)
  if (entries.length > MAX_CONTEXT_KEYS) return new JsonProblem(`context has more than ${MAX_CONTEXT_KEYS} keys`)
  const context: Record<string, Json> = {}
  let bytes = 0
  for (const [key, each] of entries) {
    if (contextValues === 'json' || each === null) context[key] = each
    else if (typeof each === 'object') {
      return new JsonProblem(
        `${memberPath('context', key)} is not a string, number or boolean; serialise it into a string`,
      )
    } else context[key] = String(each)
    bytes += byteLength(key) + byteLength(typeof each === 'object' ? JSON.stringify(each) : String(each))
  }
  if (bytes <= contextBytes) return Object.freeze(context)
  return new JsonProblem(`context is larger than ${contextBytes} bytes; limits.contextBytes raises the limit`)
}

/**
 * The answer with each number as the text that the function wrote, where the gateway keeps text: in `principalId` (AWS-OUT-06)
 * and, on REST and WebSocket APIs, in the context (AWS-OUT-15). Members that are ignored may have any number.
 */
const withNumberTexts = (value: unknown, { contextValues, unknownMembers }: ResultRules): unknown => {
  if (!check.isRecord(value)) return value
  const read = unknownMembers === 'ignore' ? omitJsonNumbers(value, MEMBERS) : value
  const spelled = spellNumbers(read, ['principalId'])
  const { context } = spelled
  if (contextValues === 'json' || !check.isRecord(context)) return spelled
  const texts = spellNumbers(context, Object.keys(context))
  return texts === context ? spelled : { ...spelled, context: texts }
}

/** Checks an answer that has passed through JSON; the problem names places and kinds, never values. */
export const checkResult = (value: unknown, rules: ResultRules): PolicyResult | JsonProblem => {
  if (value === null)
    return new JsonProblem('the handler answered with nothing; an async handler has to return the policy')
  const json = toJson(value, 'answer', (given) => withNumberTexts(given, rules))
  if (json instanceof JsonProblem) return json
  if (!isMembers(json))
    return new JsonProblem(
      `the handler answered with ${Array.isArray(json) ? 'an array' : `a ${typeof json}`}, not with an object`,
    )
  for (const [member, hint] of rules.unknownMembers === 'ignore' ? [] : FOREIGN)
    if (Object.hasOwn(json, member)) return new JsonProblem(`the answer has a member ${member}; ${hint}`)
  const unknown = rules.unknownMembers === 'ignore' ? undefined : Object.keys(json).find((key) => !MEMBERS.has(key))
  if (unknown !== undefined)
    return new JsonProblem(`${memberPath('answer', unknown)} is not known; allowed: ${[...MEMBERS].join(', ')}`)
  const principalId = principalOf(json['principalId'], rules)
  if (principalId instanceof JsonProblem) return principalId
  const context = contextOf(json['context'], rules)
  if (context instanceof JsonProblem) return context
  const usageIdentifierKey = rules.unknownMembers === 'ignore' ? undefined : (json['usageIdentifierKey'] ?? undefined)
  if (usageIdentifierKey !== undefined && typeof usageIdentifierKey !== 'string')
    return new JsonProblem('usageIdentifierKey is not a string')
  const policyDocument = json['policyDocument']
  if (policyDocument === undefined || policyDocument === null) return new JsonProblem('policyDocument is missing')
  const checked = checkPolicy(policyDocument, rules)
  const compiled =
    typeof checked === 'string' ? checked : CompiledPolicy.compile(checked, undefined, rules.segmentWildcards)
  if (typeof compiled === 'string') return new JsonProblem(compiled)
  const result: PolicyResult = Object.freeze({
    principalId,
    context,
    ...(usageIdentifierKey !== undefined && { usageIdentifierKey }),
    policyDocument,
  })
  compiledPolicies.set(result, compiled)
  return result
}
