/** What `onDecision` and the diagnostics channel are told: enough to explain a decision, never a credential. @module */
import type { Contract, PolicyExplanation } from '../contract/contract.ts'
import type { GatewayResponseType } from '../contract/gateway-response.ts'
import { type IdentitySourceState, identityStates } from '../request/identity-source.ts'
import type { Logger } from '../util/logger.ts'
import type { CacheState, DenialReason, Outcome } from '../contract/outcome.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import type { Clock } from '../util/clock.ts'
import type { AuthorizerResult } from '../contract/context.ts'
import type { StoredResult } from '../cache/store.ts'
import { isThenable } from '../util/thenable.ts'

/** Where the result of a decision came from. */
export interface CacheReport {
  readonly state: CacheState
  /** Milliseconds since the result was obtained; on a hit only. */
  readonly ageMs?: number
  /** The request that the result was obtained for; on a hit only. */
  readonly issuedFor?: { readonly method: string; readonly path: string }
}

/** Why a decision came out as it did. */
export interface Explanation {
  /** One sentence for a person. */
  readonly summary: string
  /** Each identity source that the contract names, and a repeated credential that it does not name; never a value. */
  readonly identitySources: readonly IdentitySourceState[]
  readonly cache: CacheReport
  /** Each statement of the policy, where the contract has policies. */
  readonly policy?: PolicyExplanation
  /** What was wrong with the authorizer's answer, or with the request. */
  readonly problem?: string
  /** What to change, where the cause is a known trap. */
  readonly hint?: string
}

/** One decision. Plain data but for `explain`, which computes only when called. */
export interface Decision {
  /** Name of the authorizer. */
  readonly authorizer: string
  /** Name of its contract. */
  readonly contract: string
  readonly method: string
  /** Canonical path without the query. */
  readonly path: string
  readonly verdict: 'allow' | 'deny'
  readonly reason: 'ALLOWED' | DenialReason
  /** Status of the answer when denied. */
  readonly status?: number
  /** Gateway response type of the answer when denied. */
  readonly responseType?: GatewayResponseType
  /**
   * Principal of the result, if there is one. Spaces, backslashes and characters outside of visible ASCII are escaped as
   * `\uXXXX` and the text is cut after 2048 characters, so that it cannot forge a log line (SEC-101).
   */
  readonly principalId?: string
  readonly cache: CacheReport
  /** From the start of `evaluate` to the outcome, in milliseconds with fractions. */
  readonly durationMs: number
  explain(): Explanation
}

/** One request on its way through an authorizer, and what is noted down about it. */
export interface EvaluationRecord {
  readonly request: GatewayRequest
  readonly signal: AbortSignal | undefined
  /** Values of the identity sources. */
  identity: readonly string[]
  /** Key of the result; `undefined` when nothing is kept. */
  key: string | undefined
  state: CacheState
  stored: StoredResult | undefined
  ageMs: number | undefined
  result: AuthorizerResult | undefined
  problem: string | undefined
  /** What the contract advises to change. */
  hint: string | undefined
}

export const startRecord = (request: GatewayRequest, signal?: AbortSignal): EvaluationRecord => ({
  request,
  signal,
  identity: [],
  key: undefined,
  state: 'unused',
  stored: undefined,
  ageMs: undefined,
  result: undefined,
  problem: undefined,
  hint: undefined,
})

const SENTENCES: Readonly<Record<'ALLOWED' | DenialReason, string>> = {
  ALLOWED: 'the authorizer allows this request',
  MALFORMED_REQUEST: 'the request can be read in more than one way and was refused before the authorizer was asked',
  RESOURCE_TOO_LONG: 'the method ARN is longer than 1600 bytes',
  BODY_TOO_LARGE: 'the body is larger than the authorizer may be given',
  BODY_TIMEOUT: 'the body did not arrive within limits.bodyTimeoutMs, so the authorizer was not called',
  BODY_UNAVAILABLE:
    'the authorizer is to be given the body, which other code has read before the guard, or which broke off',
  OUTSIDE_BASE_PATH: 'the path is not below the base path of the API',
  IDENTITY_SOURCE_MISSING: 'an identity source is missing or empty, so the authorizer was not called',
  IDENTITY_SOURCE_REPEATED: 'a credential was sent more than once, so the authorizer was not called',
  IDENTITY_SOURCE_INVALID: 'an identity source is too long or not text, so the authorizer was not called',
  IDENTITY_VALIDATION_FAILED:
    'an identity source does not match its validation expression, so the authorizer was not called',
  UNAUTHORIZED: 'the authorizer does not know the caller',
  DENIED: 'the authorizer says no',
  EXPLICIT_DENY: 'a Deny statement of the policy covers this request',
  IMPLICIT_DENY: 'no Allow statement of the policy covers this request',
  FOREIGN_ORIGIN: 'the origin is not in the list of those that may connect',
  CONTEXT_MISMATCH: 'the authorizer context does not have the value that the route asks for',
  INSUFFICIENT_SCOPE: 'the caller does not hold the scopes that the route asks for',
  AUTHORIZER_ERROR: 'the authorizer function failed',
  AUTHORIZER_TIMEOUT: 'the authorizer function gave no answer in time',
  AUTHORIZER_UNREACHABLE: 'the remote authorizer function could not be reached',
  AUTHORIZER_UNAVAILABLE: 'the authorizer cannot tell, because something it depends on is down',
  BAD_RESULT: 'the answer of the authorizer function does not have the form that the contract asks for',
  BAD_MAPPED_VALUE: 'a value cannot be put into the header, query or path that it is mapped to',
  NOT_GUARDED: 'no authorizer has allowed this request before the guard was reached',
  INTERNAL_ERROR: 'the library failed',
  OVERLOADED: 'too many calls of the authorizer are outstanding',
  ABORTED: 'the caller went away while the authorizer was at work',
}

const escaped = (text: string, unprintable: RegExp): string =>
  text.slice(0, 2048).replace(unprintable, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/**
 * A word that clients or functions wrote, as a field of a log line: visible ASCII, at most 2048 characters of it. Any other
 * character, and the backslash, is written as `\uXXXX`, so that different texts stay different (SEC-101).
 */
const loggable = (text: string): string => escaped(text, /[^\x21-\x5b\x5d-\x7e]/g)

/** The same with spaces, for text that is not a field of its own. */
const loggableText = (text: string): string => escaped(text, /[^\x20-\x5b\x5d-\x7e]/g)

/** Statements with ids and conditions as a log line may hold them. */
const loggablePolicy = (policy: PolicyExplanation): PolicyExplanation => ({
  ...policy,
  statements: policy.statements.map((each) => ({
    ...each,
    ...(each.sid !== undefined && { sid: loggableText(each.sid) }),
    ...(each.condition !== undefined && { condition: loggableText(each.condition) }),
  })),
})

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`

// The most reported trap of all: a policy made for one route, kept, and met by another (AWS-CACHE-13).
const trapOf = ({ request, state, stored }: EvaluationRecord, reason: 'ALLOWED' | DenialReason): string | undefined => {
  if (reason !== 'IMPLICIT_DENY' || state !== 'hit' || stored === undefined) return undefined
  const { method, path } = stored.issuedFor
  if (method === request.method && path === request.path) return undefined
  return (
    `the cached policy was issued for ${loggable(method)} ${loggable(path)} and does not cover ` +
    `${loggable(request.method)} ${loggable(request.path)}: return a ` +
    'policy that covers every route the caller may use, or keep no results, or add the path to the identity sources'
  )
}

const STATE_WORDS: Readonly<Record<IdentitySourceState['state'], string>> = {
  present: 'is present',
  missing: 'is missing or empty',
  repeated: 'was sent more than once',
  tooLong: 'is too long',
  notText: 'is not text',
  mismatched: 'does not match its validation expression',
}

const identitySourcesOf = (
  contract: Contract,
  { request, identity }: EvaluationRecord,
  reason: 'ALLOWED' | DenialReason,
  clock: Clock,
): readonly IdentitySourceState[] => {
  const sources = contract.identitySources
  const mismatched =
    reason === 'IDENTITY_VALIDATION_FAILED' ? (contract.mismatchedSources?.(identity) ?? [...sources.keys()]) : []
  const states = identityStates(sources, request, { mismatched, clock, limits: contract.identityLimits })
  // A credential that is sent twice is rejected even where it is no identity source (SEC-24).
  return reason === 'IDENTITY_SOURCE_REPEATED' && !states.some(({ state }) => state === 'repeated')
    ? [...states, { location: 'header', name: 'Authorization', state: 'repeated' }]
    : states
}

/** Computes an explanation from what was noted down. */
const explain = (
  contract: Contract,
  clock: Clock,
  record: EvaluationRecord,
  reason: 'ALLOWED' | DenialReason,
): Explanation => {
  const { request, result } = record
  const explained = result && contract.explain?.(result, request, clock)
  const policy = explained && loggablePolicy(explained)
  const problem = record.problem ?? request.problem
  const cache = cacheReport(record)
  const hint = record.hint ?? trapOf(record, reason)
  const decisive = policy?.statements.find(
    (each) => each.matched && (each.effect === 'Deny') === (reason === 'EXPLICIT_DENY'),
  )
  const parts = [SENTENCES[reason]]
  if (decisive && (reason === 'ALLOWED' || reason === 'EXPLICIT_DENY')) {
    const sid = decisive.sid === undefined ? '' : ` (${JSON.stringify(decisive.sid)})`
    parts.push(`statement ${decisive.index}${sid} decides`)
  }
  const identitySources = identitySourcesOf(contract, record, reason, clock)
  if (reason.startsWith('IDENTITY_'))
    for (const { location, name, state } of identitySources)
      if (state !== 'present') parts.push(`${location} ${loggable(name)} ${STATE_WORDS[state]}`)
  if (cache.state === 'hit') parts.push(`from the cache, ${seconds(cache.ageMs ?? 0)} old`)
  return {
    summary: parts.join('; '),
    identitySources,
    cache,
    ...(policy && { policy }),
    ...(problem !== undefined && { problem }),
    ...(hint !== undefined && { hint }),
  }
}

/** Everything a decision is made of. */
export interface DecisionSource {
  readonly authorizer: string
  readonly contract: Contract
  readonly clock: Clock
}

/** Puts an outcome into the form that hooks and channels are given. */
export const decisionOf = (
  { authorizer, contract, clock }: DecisionSource,
  record: EvaluationRecord,
  outcome: Outcome,
  started: number,
): Decision => {
  const { request, result } = record
  const reason = outcome.allowed ? 'ALLOWED' : outcome.reason
  return {
    authorizer,
    contract: contract.name,
    method: loggable(request.method),
    // A request that is rejected for the target that the client sent is reported with that target.
    path: loggable((request.received?.problem === undefined ? request : request.received).path),
    verdict: outcome.allowed ? 'allow' : 'deny',
    reason,
    ...(!outcome.allowed && { status: outcome.response.status, responseType: outcome.type }),
    ...(result && { principalId: loggable(result.principalId) }),
    cache: cacheReport(record),
    durationMs: clock.monotonic() - started,
    explain: () => explain(contract, clock, record, reason),
  }
}

const cacheReport = ({ state, ageMs, stored }: EvaluationRecord): CacheReport => ({
  state,
  ...(state === 'hit' && ageMs !== undefined && { ageMs }),
  ...(state === 'hit' &&
    stored !== undefined && {
      issuedFor: { method: loggable(stored.issuedFor.method), path: loggable(stored.issuedFor.path) },
    }),
})

/** Names of the diagnostics channels. */
export const DECISION_CHANNEL = 'custom-authorizer.decision'
export const PROBLEM_CHANNEL = 'custom-authorizer.problem'

interface Channel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}
const SILENT: Channel = { hasSubscribers: false, publish: () => undefined }

// The kernel runs on any runtime; only some have diagnostics channels, and those say so here.
const openChannel = (name: string): Channel => {
  const host = (globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }).process
  const found = host?.getBuiltinModule?.('node:diagnostics_channel') as
    | { channel?: (name: string) => Channel }
    | undefined
  return found?.channel?.(name) ?? SILENT
}

export const decisionChannel: Channel = openChannel(DECISION_CHANNEL)
const problemChannel: Channel = openChannel(PROBLEM_CHANNEL)

/** Something that a developer should know, apart from the decision on a request. */
export interface Problem {
  readonly authorizer: string
  readonly kind:
    | 'AUTHORIZER_ERROR'
    | 'AUTHORIZER_TIMEOUT'
    | 'AUTHORIZER_UNREACHABLE'
    | 'AUTHORIZER_UNAVAILABLE'
    | 'BAD_RESULT'
    | 'BAD_MAPPED_VALUE'
    | 'INTERNAL_ERROR'
    | 'LATE_RESULT'
    | 'STORE_FAILURE'
    | 'HOOK_FAILURE'
    | 'OVERLOADED'
    | 'FAILED_OPEN'
    | 'NOTE'
  /** One line for a person: names, kinds and places, never values. */
  readonly message: string
}

/** Calls a hook so that neither its throw nor its rejection has any effect (SEC-104). */
export const isolated = (hook: () => unknown, onFailure: () => void): void => {
  try {
    const pending = hook()
    if (isThenable(pending)) Promise.resolve(pending).then(undefined, onFailure)
  } catch {
    onFailure()
  }
}

const WARNINGS: ReadonlySet<Problem['kind']> = new Set(['NOTE', 'LATE_RESULT', 'FAILED_OPEN'])

export const reportProblem = (logger: Logger | null, problem: Problem): void => {
  if (problemChannel.hasSubscribers)
    isolated(
      () => problemChannel.publish(problem),
      () => undefined,
    )
  if (logger === null) return
  const line = `custom-authorizer: "${problem.authorizer}": ${problem.message}`
  isolated(
    () => (WARNINGS.has(problem.kind) ? logger.warn(line) : logger.error(line)),
    () => undefined,
  )
}
