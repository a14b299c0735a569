/** What a function's answer means (section 4.2 of the specification, SEC-40). @module */
import { AuthorizerError, type AuthorizerResult, type Json } from '../index.ts'
import {
  check,
  JsonProblem,
  omitJsonNumbers,
  type Parsed,
  parseExactJson,
  parseJson,
  type Settled,
  toJson,
} from '../contract.ts'

/** What is kept of an answer. */
export interface FunctionResult extends AuthorizerResult {
  readonly status: 'allow' | 'deny'
  readonly context: Readonly<Record<string, string | number | boolean>>
}

/** How an answer is read. */
export interface ResultRules {
  /** Whether numbers and booleans may be context values (HW-RSP-07). */
  readonly numbersAndBooleans: boolean
  /** What becomes of an answer with an illegal context entry (HW-RSP-17). */
  readonly illegalContext: 'reject' | 'drop'
  /** Whether an unreachable function lets requests pass, with an empty context (HW-RSP-14). */
  readonly relaxed: boolean
}

/** 1 MB (HW-RSP-01). */
const MAX_RESPONSE = 1_048_576
const KEY = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/

const bad = (problem: string): Parsed<never> => ({ accepted: false, reason: 'BAD_RESULT', problem })

const isMembers = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const own = (members: { readonly [key: string]: Json }, key: string): Json | undefined =>
  Object.hasOwn(members, key) ? members[key] : undefined

const byteLength = (text: string): number => new TextEncoder().encode(text).length

/** Why a context entry is illegal. */
const entryProblem = (key: string, value: Json, { numbersAndBooleans }: ResultRules): string | undefined => {
  if (!KEY.test(key)) {
    return 'context has a key that is not 1 to 32 letters, digits, "_" and "-", a letter first (HW-RSP-08)'
  }
  if (typeof value === 'string') return undefined
  if (typeof value === 'number' || typeof value === 'boolean') {
    return numbersAndBooleans
      ? undefined
      : `context.${key} is a ${typeof value}; set authorizer_context_support_num_bool, or send text (HW-RSP-07)`
  }
  return `context.${key} is ${value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object'} (HW-RSP-07)`
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

const READ: ReadonlySet<string> = new Set(['status', 'context'])
const NONE: ReadonlySet<string> = new Set()

/**
 * The body without numbers that JavaScript cannot hold, where they are ignored: in members that are not read (HW-RSP-05), and in
 * context entries that are dropped when they are illegal (HW-RSP-17).
 */
const withoutIgnored = (body: unknown, { illegalContext }: ResultRules): unknown => {
  if (!check.isRecord(body)) return body
  const read = omitJsonNumbers(body, READ)
  const { context } = read
  if (illegalContext === 'reject' || !check.isRecord(context)) return read
  return { ...read, context: omitJsonNumbers(context, NONE) }
}

const decision = (given: unknown, rules: ResultRules): Parsed<FunctionResult> => {
  const value = toJson(given, 'body', (body) => withoutIgnored(body, rules))
  if (value instanceof JsonProblem) return bad(value.problem)
  if (!isMembers(value)) return bad('body is not a JSON object')
  const status = own(value, 'status')
  if (status !== 'allow' && status !== 'deny') return bad('status is neither "allow" nor "deny" (HW-RSP-06)')
  const context = contextOf(own(value, 'context'), rules)
  if (context instanceof JsonProblem) return bad(context.problem)
  return { accepted: true, result: Object.freeze({ principalId: '', status, context }) }
}

/** The result that lets a request pass unasked: nothing is known about the caller (HW-RSP-14). */
const DOWNGRADED: FunctionResult = Object.freeze({ principalId: '', status: 'allow', context: Object.freeze({}) })

const pass = (why: string): Parsed<FunctionResult> => ({
  accepted: true,
  result: DOWNGRADED,
  fallbackFor: `${why}; authDowngradeEnabled let the request pass with an empty context`,
})

export const isDowngraded = (result: FunctionResult): boolean => result === DOWNGRADED

/** Base64 as text; `undefined` when it is none. */
const fromBase64 = (text: string): string | undefined => {
  try {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const textOfAnswer = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** An answer as data: text is JSON, and anything else has been through JSON on its way (HW-FG-03). */
const answerOf = (value: unknown): Json | JsonProblem => {
  if (typeof value !== 'string') {
    const text = textOfAnswer(value)
    if (text === undefined) return new JsonProblem('the answer has no JSON')
    if (text.length > MAX_RESPONSE || byteLength(text) > MAX_RESPONSE) {
      return new JsonProblem('the answer is larger than 1 MB')
    }
    return toJson(JSON.parse(text), 'answer')
  }
  if (value.length > MAX_RESPONSE || byteLength(value) > MAX_RESPONSE) {
    return new JsonProblem('the answer is larger than 1 MB')
  }
  return parseJson(value, 'answer')
}

const HINTS: Readonly<Record<string, string>> = {
  policyDocument: '; it is an IAM policy: use a contract of @custom-authorizer/core/aws',
  isAuthorized: '; it is an answer of the native contract: leave contract out',
  status: '; status belongs into body, which is JSON text',
}

const readAnswer = (value: unknown, rules: ResultRules): Parsed<FunctionResult> => {
  const answer = answerOf(value)
  if (answer instanceof JsonProblem) return bad(answer.problem)
  if (!isMembers(answer)) return bad('the answer is not an object with statusCode and body')
  const statusCode = own(answer, 'statusCode')
  if (rules.relaxed && (statusCode === 500 || statusCode === 503)) return pass(`the function answered ${statusCode}`)
  if (statusCode !== 200) {
    const hint = Object.keys(HINTS).find((member) => Object.hasOwn(answer, member))
    return bad(
      `statusCode is not 200, which it has to be for allow and deny alike (HW-RSP-03)${hint === undefined ? '' : HINTS[hint]}`,
    )
  }
  const body = own(answer, 'body')
  if (typeof body !== 'string') return bad('body is not a string that holds JSON (HW-RSP-04)')
  const text = own(answer, 'isBase64Encoded') === true ? fromBase64(body) : body
  if (text === undefined) return bad('body is not Base64, although isBase64Encoded says so')
  const json = parseExactJson(text, 'body')
  return json instanceof JsonProblem ? bad(json.problem) : decision(json, rules)
}

const isRemote = (error: unknown): boolean => {
  try {
    return error instanceof AuthorizerError && error.code === 'ERR_REMOTE_RESPONSE'
  } catch {
    return false
  }
}

/** Reads how a call ended. Only failures of the service itself are forgiven, never an answer (HW-RSP-14, HW-RSP-15). */
export const parseFunctionResult = (settled: Settled, rules: ResultRules): Parsed<FunctionResult> => {
  if (settled.status === 'returned') return readAnswer(settled.value, rules)
  if (settled.status === 'timedOut') {
    return rules.relaxed
      ? pass('the function gave no answer in time')
      : { accepted: false, reason: 'AUTHORIZER_TIMEOUT' }
  }
  return rules.relaxed && !isRemote(settled.error)
    ? pass('the function failed')
    : { accepted: false, reason: 'AUTHORIZER_ERROR' }
}

/** A kept result, checked like a new one (SEC-65). */
export const reviveFunctionResult = (stored: unknown, rules: ResultRules): FunctionResult | undefined => {
  const json = toJson(stored, 'stored')
  if (json instanceof JsonProblem) return undefined
  const parsed = decision(json, { ...rules, illegalContext: 'reject' })
  return parsed.accepted ? parsed.result : undefined
}
