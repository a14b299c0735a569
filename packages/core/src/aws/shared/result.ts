/** Validates the results of authorizer functions with policies before anything in them is used (AWS-OUT-01 to AWS-OUT-34). @module */
import type { AuthorizerResult, Json } from '../../index.ts'
import {
  byteLength,
  check,
  isLongerThan,
  Itself,
  JsonProblem,
  memberPath,
  omitJsonNumbers,
  spellNumbers,
  toJson,
} from '../../contract.ts'
import type { CompiledPolicy } from '../policy/compiled-policy.ts'
import type { PolicyDocument } from '../policy/document.ts'
import { InternedPolicies, type PolicyRules } from '../policy/interned-policies.ts'

/** Result of an authorizer function that returns a policy. */
export interface AuthorizerResponse {
  /** Required (AWS-OUT-04). Numbers and booleans are converted to text. */
  principalId: string | number | boolean
  policyDocument: PolicyDocument
  /** Scalar values; handlers receive them as text, and `null` as `null` (AWS-OUT-12, AWS-OUT-13, AWS-OUT-15). */
  context?: Readonly<Record<string, string | number | boolean | null | undefined>> | null | undefined
  /** The value of an API key (AWS-UP-03). */
  usageIdentifierKey?: string | null | undefined
}

/** A context of JSON values. */
export type JsonContext = Readonly<Record<string, unknown>> | null | undefined

/** A checked result. */
export interface PolicyResult extends AuthorizerResult {
  readonly policyDocument: Json
}

/** How a kind of API validates results. */
export interface ResultRules extends PolicyRules {
  readonly missingPrincipalId: 'reject' | 'accept'
  /** Maximum size of keys and values of a context, in bytes. */
  readonly contextBytes: number
  /** `'text'`: scalars, converted to text, and `null` (REST, WebSocket). `'json'`: any JSON values (HTTP APIs). */
  readonly contextValues: 'text' | 'json'
  /** Whether unknown members make the result invalid (AWS-OUT-08). */
  readonly unknownMembers: 'reject' | 'ignore'
}

const MEMBERS: ReadonlySet<string> = new Set(['principalId', 'policyDocument', 'context', 'usageIdentifierKey'])
const MAX_PRINCIPAL_BYTES = 1024
const MAX_CONTEXT_KEYS = 100

/** Members of results for other contracts, with a hint. */
const FOREIGN_MEMBERS: readonly (readonly [member: string, hint: string])[] = [
  [
    'isAuthorized',
    'it is not a policy: return principalId and policyDocument, or omit the option contract to use the native contract',
  ],
  [
    'statusCode',
    'a proxy or FunctionGraph response is not a policy: return principalId and policyDocument, or throw new Error("Unauthorized")',
  ],
  ['status', 'a FunctionGraph result is not a policy: return principalId and policyDocument'],
  ['errorMessage', 'throw the error instead of returning it'],
]

export type Members = Readonly<Record<string, Json>>
export const isMembers = (value: Json | JsonProblem | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonProblem)

/** A result with its compiled policy, which lives as long as the result. */
class Compiled extends Itself {
  readonly #policy: CompiledPolicy

  constructor(result: object, policy: CompiledPolicy) {
    super(result)
    this.#policy = policy
  }

  static policyOf(result: object): CompiledPolicy | undefined {
    return #policy in result ? result.#policy : undefined
  }
}

/** Each contract has rules of its own, and policies are shared by results of one contract only. */
const internedPolicies = new WeakMap<ResultRules, InternedPolicies>()

const policiesUnder = (rules: ResultRules): InternedPolicies => {
  const known = internedPolicies.get(rules)
  if (known !== undefined) return known
  const fresh = new InternedPolicies(rules)
  internedPolicies.set(rules, fresh)
  return fresh
}

/** The compiled policy of a checked result. */
export const policyOf = (result: PolicyResult, rules: ResultRules): CompiledPolicy => {
  const known = Compiled.policyOf(result)
  if (known !== undefined) return known
  // A result from a shared store has not been compiled in this process yet.
  const interned = policiesUnder(rules).compile(result.policyDocument)
  if (typeof interned === 'string') throw new Error('a stored policy is malformed')
  void new Compiled(result, interned.compiled)
  return interned.compiled
}

const principalOf = (value: Json | undefined, { missingPrincipalId }: ResultRules): string | JsonProblem => {
  if ((value === undefined || value === null) && missingPrincipalId === 'accept') return ''
  if (value === undefined || value === null)
    return new JsonProblem(
      'principalId is missing; return it, or set compatibility: { missingPrincipalId: "accept" } for an empty principal',
    )
  if (typeof value === 'object') return new JsonProblem('principalId is not a string')
  const text = String(value)
  return isLongerThan(text, MAX_PRINCIPAL_BYTES)
    ? new JsonProblem(`principalId is longer than ${MAX_PRINCIPAL_BYTES} bytes`)
    : text
}

/** Checks and copies a context. The problem contains keys, never values. */
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
        `${memberPath('context', key)} is not a string, number or boolean; serialize it to a string`,
      )
    } else context[key] = String(each)
    bytes += byteLength(key) + byteLength(typeof each === 'object' ? JSON.stringify(each) : String(each))
  }
  if (bytes <= contextBytes) return Object.freeze(context)
  return new JsonProblem(`context is larger than ${contextBytes} bytes; limits.contextBytes raises the limit`)
}

/**
 * Replaces numbers by the text that the function wrote where the gateway delivers text: in `principalId` (AWS-OUT-06) and, on
 * REST and WebSocket APIs, in the context (AWS-OUT-15). Numbers in ignored members are removed.
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

/** Checks a result that was serialized as JSON. The problem names members and types, never values. */
export const checkResult = (value: unknown, rules: ResultRules): PolicyResult | JsonProblem => {
  if (value === null)
    return new JsonProblem('the function returned nothing; an async function has to return the policy')
  const json = toJson(value, 'result', (given) => withNumberTexts(given, rules))
  if (json instanceof JsonProblem) return json
  if (!isMembers(json))
    return new JsonProblem(
      `the function returned ${Array.isArray(json) ? 'an array' : `a ${typeof json}`} instead of an object`,
    )
  for (const [member, hint] of rules.unknownMembers === 'ignore' ? [] : FOREIGN_MEMBERS)
    if (Object.hasOwn(json, member)) return new JsonProblem(`the result has a member ${member}; ${hint}`)
  const unknown = rules.unknownMembers === 'ignore' ? undefined : Object.keys(json).find((key) => !MEMBERS.has(key))
  if (unknown !== undefined)
    return new JsonProblem(`${memberPath('result', unknown)} is unknown; allowed: ${[...MEMBERS].join(', ')}`)
  const principalId = principalOf(json['principalId'], rules)
  if (principalId instanceof JsonProblem) return principalId
  const context = contextOf(json['context'], rules)
  if (context instanceof JsonProblem) return context
  const usageIdentifierKey = rules.unknownMembers === 'ignore' ? undefined : (json['usageIdentifierKey'] ?? undefined)
  if (usageIdentifierKey !== undefined && typeof usageIdentifierKey !== 'string')
    return new JsonProblem('usageIdentifierKey is not a string')
  const policyDocument = json['policyDocument']
  if (policyDocument === undefined || policyDocument === null) return new JsonProblem('policyDocument is missing')
  const interned = policiesUnder(rules).compile(policyDocument)
  if (typeof interned === 'string') return new JsonProblem(interned)
  const result: PolicyResult = Object.freeze({
    principalId,
    context,
    ...(usageIdentifierKey !== undefined && { usageIdentifierKey }),
    policyDocument: interned.document,
  })
  void new Compiled(result, interned.compiled)
  return result
}
