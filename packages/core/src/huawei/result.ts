/** Validates the results of functions (HW-RSP-01 to HW-RSP-18, SEC-40). @module */
import { AuthorizerError, type AuthorizerResult, type Json } from '../index.ts'
import {
  isLongerThan,
  check,
  JsonProblem,
  omitJsonNumbers,
  type Parsed,
  parseExactJson,
  parseJson,
  type Settled,
  toJson,
} from '../contract.ts'

/** A checked result. */
export interface FunctionResult extends AuthorizerResult {
  readonly status: 'allow' | 'deny'
  readonly context: Readonly<Record<string, string | number | boolean>>
}

/** How results are validated. */
export interface ResultRules {
  /** Whether numbers and booleans may be context values (HW-RSP-07). */
  readonly numbersAndBooleans: boolean
  /** What to do with an illegal context entry: reject the result, or drop the entry (HW-RSP-17). */
  readonly illegalContext: 'reject' | 'drop'
  /** Whether requests pass with an empty context while the function fails (HW-RSP-14). */
  readonly relaxed: boolean
}

/** 1 MiB (HW-RSP-01). */
const MAX_RESULT_BYTES = 1_048_576
const KEY = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/

/**
 * A context value as text: numbers and booleans as JavaScript prints them (HW-RSP-18); `undefined` for other types.
 */
export const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

const bad = (problem: string): Parsed<never> => ({ accepted: false, reason: 'BAD_RESULT', problem })

const isMembers = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const own = (members: { readonly [key: string]: Json }, key: string): Json | undefined =>
  Object.hasOwn(members, key) ? members[key] : undefined

/** Describes why a context entry is illegal (HW-RSP-07, HW-RSP-08). */
const entryProblem = (key: string, value: Json, { numbersAndBooleans }: ResultRules): string | undefined => {
  if (!KEY.test(key)) {
    return 'context has an invalid key; allowed: 1 to 32 letters, digits, "_" and "-", starting with a letter'
  }
  if (typeof value === 'string') return undefined
  if (typeof value === 'number' || typeof value === 'boolean') {
    return numbersAndBooleans
      ? undefined
      : `context.${key} is a ${typeof value}; set authorizer_context_support_num_bool: true, or return a string`
  }
  return `context.${key} is ${value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object'}; allowed: strings`
}

const contextOf = (value: Json | undefined, rules: ResultRules): FunctionResult['context'] | JsonProblem => {
  if (value === undefined) return Object.freeze({})
  if (!isMembers(value)) return new JsonProblem('context is not an object')
  const context: Record<string, string | number | boolean> = {}
  for (const [key, each] of Object.entries(value)) {
    const problem = entryProblem(key, each, rules)
    if (problem === undefined) context[key] = each as string | number | boolean
    else if (rules.illegalContext === 'reject') return new JsonProblem(problem)
  }
  return Object.freeze(context)
}

const READ_MEMBERS: ReadonlySet<string> = new Set(['status', 'context'])
const NONE: ReadonlySet<string> = new Set()

/**
 * Removes numbers that JavaScript cannot represent from ignored parts of the body: from unknown members (HW-RSP-05), and from
 * context entries if illegal entries are dropped (HW-RSP-17).
 */
const withoutIgnored = (body: unknown, { illegalContext }: ResultRules): unknown => {
  if (!check.isRecord(body)) return body
  const read = omitJsonNumbers(body, READ_MEMBERS)
  const { context } = read
  if (illegalContext === 'reject' || !check.isRecord(context)) return read
  return { ...read, context: omitJsonNumbers(context, NONE) }
}

const parseBody = (given: unknown, rules: ResultRules): Parsed<FunctionResult> => {
  const value = toJson(given, 'body', (body) => withoutIgnored(body, rules))
  if (value instanceof JsonProblem) return bad(value.problem)
  if (!isMembers(value)) return bad('body is not a JSON object')
  const status = own(value, 'status')
  if (status !== 'allow' && status !== 'deny') return bad('status is neither "allow" nor "deny"')
  const context = contextOf(own(value, 'context'), rules)
  if (context instanceof JsonProblem) return bad(context.problem)
  return { accepted: true, result: Object.freeze({ principalId: '', status, context }) }
}

/** The result for requests that pass although the function failed (HW-RSP-14). */
const DOWNGRADED: FunctionResult = Object.freeze({ principalId: '', status: 'allow', context: Object.freeze({}) })

const pass = (why: string): Parsed<FunctionResult> => ({
  accepted: true,
  result: DOWNGRADED,
  fallbackFor: `${why}; authDowngradeEnabled lets the request pass with an empty context`,
})

export const isDowngraded = (result: FunctionResult): boolean => result === DOWNGRADED

/** Decodes Base64 as UTF-8; `undefined` if it is malformed. */
const fromBase64 = (text: string): string | undefined => {
  try {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const toJsonText = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** The result as JSON data. A string is parsed as JSON; FunctionGraph serializes any other value (HW-FG-03). */
const jsonOf = (value: unknown): Json | JsonProblem => {
  if (typeof value !== 'string') {
    const text = toJsonText(value)
    if (text === undefined) return new JsonProblem('the result cannot be serialized as JSON')
    if (isLongerThan(text, MAX_RESULT_BYTES)) {
      return new JsonProblem('the result is larger than 1 MiB')
    }
    return toJson(JSON.parse(text), 'result')
  }
  if (isLongerThan(value, MAX_RESULT_BYTES)) {
    return new JsonProblem('the result is larger than 1 MiB')
  }
  return parseJson(value, 'result')
}

const HINTS: Readonly<Record<string, string>> = {
  policyDocument: '; it is an IAM policy: use a contract of @custom-authorizer/core/aws',
  isAuthorized: '; it is a result for the native contract: omit the option contract',
  status: '; put status into body, as JSON text',
}

const parseResult = (value: unknown, rules: ResultRules): Parsed<FunctionResult> => {
  const result = jsonOf(value)
  if (result instanceof JsonProblem) return bad(result.problem)
  if (!isMembers(result)) return bad('the result is not an object with statusCode and body')
  const statusCode = own(result, 'statusCode')
  if (rules.relaxed && (statusCode === 500 || statusCode === 503))
    return pass(`the function returned statusCode ${statusCode}`)
  if (statusCode !== 200) {
    const hint = Object.keys(HINTS).find((member) => Object.hasOwn(result, member))
    return bad(`statusCode is not 200; return 200 for both allow and deny${hint === undefined ? '' : HINTS[hint]}`)
  }
  const body = own(result, 'body')
  if (typeof body !== 'string') return bad('body is not a string of JSON')
  const text = own(result, 'isBase64Encoded') === true ? fromBase64(body) : body
  if (text === undefined) return bad('body is not Base64, although isBase64Encoded is true')
  const json = parseExactJson(text, 'body')
  return json instanceof JsonProblem ? bad(json.problem) : parseBody(json, rules)
}

const isRemoteResponseError = (error: unknown): boolean => {
  try {
    return error instanceof AuthorizerError && error.code === 'ERR_REMOTE_RESPONSE'
  } catch {
    return false
  }
}

/** Reads how a call ended. Relaxed mode applies to failures of the function, not to malformed results (HW-RSP-14, HW-RSP-15). */
export const parseFunctionResult = (settled: Settled, rules: ResultRules): Parsed<FunctionResult> => {
  if (settled.status === 'returned') return parseResult(settled.value, rules)
  if (settled.status === 'timedOut') {
    return rules.relaxed
      ? pass('the function did not complete in time')
      : { accepted: false, reason: 'AUTHORIZER_TIMEOUT' }
  }
  return rules.relaxed && !isRemoteResponseError(settled.error)
    ? pass('the function failed')
    : { accepted: false, reason: 'AUTHORIZER_ERROR' }
}

/** Validates a result from a store as if the function had just returned it (SEC-65). */
export const reviveFunctionResult = (stored: unknown, rules: ResultRules): FunctionResult | undefined => {
  const json = toJson(stored, 'stored')
  if (json instanceof JsonProblem) return undefined
  const parsed = parseBody(json, { ...rules, illegalContext: 'reject' })
  return parsed.accepted ? parsed.result : undefined
}
