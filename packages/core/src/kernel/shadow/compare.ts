/** Compares two decisions on one request. Values are compared, and only the names of what differs are returned. @module */
import { sameJson } from '../authorizer/merge-results.ts'
import type { AuthorizerResult } from '../contract/context.ts'
import type { DenialReason } from '../contract/outcome.ts'
import { scopesOf } from '../contract/result-scopes.ts'
import { loggable } from '../decision/loggable.ts'
import { ownMember } from '../util/check.ts'
import { type DecidedObservation, FAILED, type Observation } from './observation.ts'

/** How a decision of the candidate differs, the most dangerous kind first. */
export type DifferenceKind =
  /** The candidate allows a request that is denied now. */
  | 'ALLOWED_INSTEAD_OF_DENIED'
  /** The candidate denies a request that is allowed now. */
  | 'DENIED_INSTEAD_OF_ALLOWED'
  /** Both allow the request, for different principals. */
  | 'OTHER_PRINCIPAL'
  /** Both allow the request, for the same principal, with different scopes. */
  | 'OTHER_SCOPES'
  /** Both allow the request, with the same principal and scopes, and different context values. */
  | 'OTHER_CONTEXT'
  /** Both deny the request, with different statuses or gateway response types. */
  | 'OTHER_DENIAL'
  /** The candidate made no decision: its function failed, or what it returned is invalid. */
  | 'CANDIDATE_FAILED'
  /** The candidate did not decide in time. */
  | 'CANDIDATE_TIMED_OUT'

/** What differs between two decisions. */
export interface Discrepancy {
  readonly kind: DifferenceKind
  /** `'principalId'`, `'scopes'`, and `'context.KEY'` for each context key; empty unless both allow the request. */
  readonly differs: readonly string[]
}

/** Denials that say nothing about the caller: no decision was made, or not by the authorizer function. */
const UNDECIDED: ReadonlySet<DenialReason> = new Set([
  'MALFORMED_REQUEST',
  'BODY_TOO_LARGE',
  'BODY_TIMEOUT',
  'BODY_UNAVAILABLE',
  'AUTHORIZER_TIMEOUT',
  'AUTHORIZER_UNREACHABLE',
  'AUTHORIZER_UNAVAILABLE',
  'INTERNAL_ERROR',
  'OVERLOADED',
  'ABORTED',
])

/** Denials after an error of the function. They are decisions if the other function fails for the same request, too. */
const ERRORS: ReadonlySet<DenialReason> = new Set(['AUTHORIZER_ERROR', 'BAD_RESULT'])

/** Whether an observation is a decision about the caller, so that it can be compared. */
export const isDecided = (observation: Observation): observation is DecidedObservation =>
  observation.verdict === 'allow' ||
  (observation.verdict === 'deny' && !(observation.reason !== undefined && UNDECIDED.has(observation.reason)))

const MAX_KEYS = 100
const MAX_KEY_LENGTH = 128

const differentKeys = (first: object, second: object): readonly string[] =>
  [...new Set([...Object.keys(first), ...Object.keys(second)])].filter(
    (key) => !sameJson(ownMember(first, key), ownMember(second, key)),
  )

const scopeSet = (result: AuthorizerResult): ReadonlySet<string> =>
  new Set(scopesOf(result).filter((scope) => scope !== ''))

const sameScopes = (first: AuthorizerResult, second: AuthorizerResult): boolean => {
  const [held, other] = [scopeSet(first), scopeSet(second)]
  return held.size === other.size && [...held].every((scope) => other.has(scope))
}

/** Names of what differs between two results, without those in `ignored`. */
const differencesOf = (
  first: AuthorizerResult,
  second: AuthorizerResult,
  ignored: ReadonlySet<string>,
): readonly string[] => {
  const differs: string[] = []
  if (first.principalId !== second.principalId) differs.push('principalId')
  if (!sameScopes(first, second)) differs.push('scopes')
  if (!ignored.has('context'))
    for (const key of differentKeys(first.context, second.context))
      if (!ignored.has(`context.${key}`)) differs.push(`context.${loggable(key.slice(0, MAX_KEY_LENGTH))}`)
  return differs.filter((name) => !ignored.has(name)).slice(0, MAX_KEYS)
}

const kindOf = (differs: readonly string[]): DifferenceKind => {
  if (differs.includes('principalId')) return 'OTHER_PRINCIPAL'
  return differs.includes('scopes') ? 'OTHER_SCOPES' : 'OTHER_CONTEXT'
}

const only = (kind: DifferenceKind): Discrepancy => ({ kind, differs: [] })

const failure = (candidate: Observation): Discrepancy =>
  only(
    (candidate.verdict === 'none' && candidate.cause === 'timedOut') ||
      (candidate.verdict === 'deny' && candidate.reason === 'AUTHORIZER_TIMEOUT')
      ? 'CANDIDATE_TIMED_OUT'
      : 'CANDIDATE_FAILED',
  )

type Deny = Extract<DecidedObservation, { readonly verdict: 'deny' }>

const sameDenial = (first: Deny, second: Deny): boolean =>
  first.status === second.status &&
  (first.responseType === undefined || second.responseType === undefined || first.responseType === second.responseType)

const compareDecisions = (
  enforced: DecidedObservation,
  candidate: DecidedObservation,
  ignored: ReadonlySet<string>,
): Discrepancy | undefined => {
  if (enforced.verdict === 'allow' && candidate.verdict === 'allow') {
    if (enforced.result === undefined || candidate.result === undefined) return undefined
    const differs = differencesOf(enforced.result, candidate.result, ignored)
    return differs.length === 0 ? undefined : { kind: kindOf(differs), differs }
  }
  if (candidate.verdict === 'allow') return only('ALLOWED_INSTEAD_OF_DENIED')
  if (enforced.verdict === 'deny' && sameDenial(enforced, candidate)) return undefined
  if (candidate.reason !== undefined && ERRORS.has(candidate.reason)) return failure(candidate)
  return only(enforced.verdict === 'deny' ? 'OTHER_DENIAL' : 'DENIED_INSTEAD_OF_ALLOWED')
}

/** Compares two decisions; `undefined` if they agree. Never throws. */
export const compare = (
  enforced: DecidedObservation,
  candidate: Observation,
  ignored: ReadonlySet<string>,
): Discrepancy | undefined => {
  try {
    return isDecided(candidate) ? compareDecisions(enforced, candidate, ignored) : failure(candidate)
  } catch {
    return failure(FAILED)
  }
}
