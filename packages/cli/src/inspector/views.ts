/** What the page shows of decisions, problems and outcomes. Never the value of an identity source. @module */
import type { Decision, Explanation, GatewayResponse, Outcome, Usage } from '@custom-authorizer/core'
import { DENIALS } from '@custom-authorizer/core/contract'
import type { DecisionEntry, Entry, ProblemEntry } from './recorder.ts'

/** A row of the list. */
export interface DecisionRow extends Omit<Decision, 'explain'> {
  readonly id: number
  readonly at: number
  readonly source: number
  readonly isTest: boolean
}

/** A problem in the list. */
export interface ProblemRow {
  readonly id: number
  readonly at: number
  readonly authorizer: string
  readonly kind: string
  readonly message: string
}

/** A decision with its explanation. */
export interface DecisionDetail extends DecisionRow {
  /** `null` if the contract failed to explain itself. */
  readonly explanation: Explanation | null
  /** The usual cause of the denial, and what to change. */
  readonly advice?: { readonly cause: string; readonly fix: string }
}

/** A member of a context; its value only if `showContext` is set. */
interface ContextMember {
  readonly name: string
  readonly type: string
  readonly value?: unknown
}

/** An outcome of a test request. */
export interface OutcomeView {
  readonly allowed: boolean
  readonly reason?: string
  readonly context?: readonly ContextMember[]
  readonly response?: {
    readonly status: number
    /** Values that may repeat what the function returned are `null` unless `showContext` is set. */
    readonly headers: readonly (readonly [name: string, value: string | null])[]
    readonly body: string | null
    readonly bodyCharacters: number
  }
  readonly usage?: Usage
}

/** The row of a recorded message. The members are chosen one by one: nothing else of a message reaches the page. */
export const rowOf = (entry: Entry): DecisionRow | ProblemRow =>
  'decision' in entry ? decisionRow(entry) : problemRow(entry)

const decisionRow = ({ id, at, source, isTest, decision }: DecisionEntry): DecisionRow => {
  const { authorizer, contract, method, path, verdict, reason, status, responseType } = decision
  const { principalId, requestId, cache, durationMs } = decision
  const always = { id, at, source, isTest, authorizer, contract, method, path, verdict, reason, cache, durationMs }
  return {
    ...always,
    ...(status !== undefined && { status }),
    ...(responseType !== undefined && { responseType }),
    ...(principalId !== undefined && { principalId }),
    ...(requestId !== undefined && { requestId }),
  }
}

const problemRow = ({ id, at, problem }: ProblemEntry): ProblemRow => {
  const { authorizer, kind, message } = problem
  return { id, at, authorizer, kind, message }
}

const explanationOf = (decision: Decision): Explanation | null => {
  try {
    return decision.explain()
  } catch {
    return null
  }
}

/** Explains a decision, now that it is opened. */
export const detailOf = (entry: DecisionEntry): DecisionDetail => {
  const { reason } = entry.decision
  const { cause, fix } = reason === 'ALLOWED' ? {} : DENIALS[reason]
  return {
    ...decisionRow(entry),
    explanation: explanationOf(entry.decision),
    ...(cause !== undefined && fix !== undefined && { advice: { cause, fix } }),
  }
}

/** Headers of a denial that the contract sets itself. Others, such as `Set-Cookie`, may repeat what a function returned. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'cache-control',
  'content-length',
  'content-type',
  'retry-after',
  'x-amzn-errortype',
  'x-amzn-requestid',
  'x-amz-apigw-id',
  'apigw-requestid',
  'x-request-id',
])

const responseOf = ({ status, headers, body }: GatewayResponse, showContext: boolean): OutcomeView['response'] => ({
  status,
  headers: headers.map(([name, value]) => [name, showContext || OWN_HEADERS.has(name.toLowerCase()) ? value : null]),
  body: showContext ? body : null,
  bodyCharacters: body.length,
})

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** Describes the outcome of a test request. */
export const outcomeView = (outcome: Outcome<unknown>, showContext: boolean): OutcomeView => {
  if (!outcome.allowed) {
    const response = responseOf(outcome.response, showContext)
    return { allowed: false, reason: outcome.reason, ...(response && { response }) }
  }
  const { context, usage } = outcome.authorizer
  const member = (name: string, value: unknown): ContextMember =>
    showContext ? { name, type: kindOf(value), value } : { name, type: kindOf(value) }
  return {
    allowed: true,
    context: Object.entries(context ?? {}).map(([name, value]) => member(name, value)),
    ...(usage && { usage }),
  }
}
