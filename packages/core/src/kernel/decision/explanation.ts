/** Explains a decision. Computed only when `decision.explain()` is called. @module */
import type { Contract, PolicyExplanation } from '../contract/contract.ts'
import { DENIALS } from '../contract/denials.ts'
import type { CacheState, DenialReason } from '../contract/outcome.ts'
import { type IdentitySourceState, identityStates } from '../request/identity-source.ts'
import type { Clock } from '../util/clock.ts'
import { loggable, loggablePolicy } from './loggable.ts'
import type { EvaluationRecord } from './record.ts'

/** Where the result of a decision came from. */
export interface CacheReport {
  readonly state: CacheState
  /** Milliseconds since the result was obtained. On a hit only. */
  readonly ageMs?: number
  /** The request that the result was obtained for. On a hit only. */
  readonly issuedFor?: { readonly method: string; readonly path: string }
}

/** Why a request was allowed or denied. */
export interface Explanation {
  /** One sentence for a person. It contains no value, so it can be logged. */
  readonly summary: string
  /** The state of each identity source of the contract, and of a repeated credential that is not one; never a value. */
  readonly identitySources: readonly IdentitySourceState[]
  readonly cache: CacheReport
  /** Each statement of the policy, if the contract has policies. */
  readonly policy?: PolicyExplanation
  /** What was wrong with the authorizer's result or with the request. */
  readonly problem?: string
  /** What to change, if the cause is a common misconfiguration. */
  readonly hint?: string
}

type Reason = 'ALLOWED' | DenialReason

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`

/** The most common misconfiguration: a policy for one route is cached and then evaluated for another (AWS-CACHE-13). */
export const cacheHint = ({ request, hit }: EvaluationRecord, reason: Reason): string | undefined => {
  if (reason !== 'IMPLICIT_DENY' || hit === undefined) return undefined
  const { method, path } = hit.stored.issuedFor
  if (method === request.method && path === request.path) return undefined
  return (
    `the cached policy was issued for ${loggable(method)} ${loggable(path)} and does not cover ` +
    `${loggable(request.method)} ${loggable(request.path)}: return a policy that covers every route the caller may use, ` +
    'or turn the cache off, or add the path to the identity sources (if the caller may not use this route, change nothing)'
  )
}

const STATE_TEXTS: Readonly<Record<IdentitySourceState['state'], string>> = {
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
  reason: Reason,
  clock: Clock,
): readonly IdentitySourceState[] => {
  const sources = contract.identitySources
  const mismatched =
    reason === 'IDENTITY_VALIDATION_FAILED' ? (contract.mismatchedSources?.(identity) ?? [...sources.keys()]) : []
  const states = identityStates(sources, request, { mismatched, clock, limits: contract.identityLimits })
  // A repeated Authorization header is rejected even if it is not an identity source (SEC-24).
  return reason === 'IDENTITY_SOURCE_REPEATED' && !states.some(({ state }) => state === 'repeated')
    ? [...states, { location: 'header', name: 'Authorization', state: 'repeated' }]
    : states
}

/** The cache report of an evaluation. */
export const cacheReport = ({ state, hit }: EvaluationRecord): CacheReport => {
  if (hit === undefined) return { state }
  const { method, path } = hit.stored.issuedFor
  return { state, ageMs: hit.ageMs, issuedFor: { method: loggable(method), path: loggable(path) } }
}

/** Computes the explanation of a decision from the record of its evaluation. */
export const explain = (contract: Contract, clock: Clock, record: EvaluationRecord, reason: Reason): Explanation => {
  const { request, result } = record
  const explained = result && contract.explain?.(result, request, clock)
  const policy = explained && loggablePolicy(explained)
  const problem = record.problem ?? request.problem
  const cache = cacheReport(record)
  const hint = record.hint ?? cacheHint(record, reason)
  const decisive = policy?.statements.find(
    (each) => each.matched && (each.effect === 'Deny') === (reason === 'EXPLICIT_DENY'),
  )
  const parts: string[] = [reason === 'ALLOWED' ? 'the authorizer allows this request' : DENIALS[reason].summary]
  // Without the `Sid`, which is a value of the policy: summaries are written to logs (SEC-101).
  if (decisive && (reason === 'ALLOWED' || reason === 'EXPLICIT_DENY'))
    parts.push(`statement ${decisive.index} decides`)
  const identitySources = identitySourcesOf(contract, record, reason, clock)
  if (reason.startsWith('IDENTITY_'))
    for (const { location, name, state } of identitySources)
      if (state !== 'present') parts.push(`${location} ${loggable(name)} ${STATE_TEXTS[state]}`)
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
