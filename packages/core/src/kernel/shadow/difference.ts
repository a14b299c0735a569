/** Differences, as `onDifference` and reports receive them. They never hold a credential, a policy or a context value (SEC-131). @module */
import type { GatewayResponseType } from '../contract/gateway-response.ts'
import type { DenialReason } from '../contract/outcome.ts'
import type { Decision } from '../decision/decision.ts'
import type { Explanation } from '../decision/explanation.ts'
import { loggable } from '../decision/loggable.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import type { DifferenceKind, Discrepancy } from './compare.ts'
import type { Observation } from './observation.ts'

/** One of two decisions that differ. */
export interface ComparedDecision {
  /** Name of the authorizer or observer. */
  readonly authorizer: string
  /** `none`: the candidate failed or timed out. */
  readonly verdict: 'allow' | 'deny' | 'none'
  /** Absent if there is no decision, or if it was observed from outside. */
  readonly reason?: 'ALLOWED' | DenialReason
  /** Status of the response, if the request was denied. */
  readonly status?: number
  /** Gateway response type, if the request was denied and the type is known. */
  readonly responseType?: GatewayResponseType
}

/** What a difference consists of, with decisions of type `T`. */
interface DifferenceOf<T> {
  readonly kind: DifferenceKind
  readonly method: string
  /** Template of the route, such as `/pets/{id}`, if the framework has matched one; else the canonical path without the query. */
  readonly path: string
  /** `'principalId'`, `'scopes'` and `'context.KEY'`, if both allow the request. Names only, at most 100. */
  readonly differs: readonly string[]
  /** The decision that counted. */
  readonly enforce: T
  readonly candidate: T
}

/** One difference in a report. */
export type DifferenceSample = DifferenceOf<
  ComparedDecision & {
    /** One sentence for each decision that was made: several for a composition, none for an observer. */
    readonly summaries: readonly string[]
  }
>

/**
 * One difference. Plain data, except for `explain`. Keep reports instead of differences: `explain` holds on to the request and
 * its credential.
 */
export type Difference = DifferenceOf<
  ComparedDecision & {
    /** Computes why the decision was made: several explanations for a composition, none for an observer. For developers only. */
    explain(): readonly Explanation[]
  }
>

/** A decision with what is needed to explain it. */
export interface Side {
  /** In a form that cannot forge a log line. */
  readonly name: string
  readonly observation: Observation
  readonly decisions: readonly Decision[]
}

const comparedOf = ({ name: authorizer, observation }: Side): ComparedDecision => {
  if (observation.verdict === 'none') return { authorizer, verdict: 'none' }
  if (observation.verdict === 'allow')
    return { authorizer, verdict: 'allow', ...(observation.result && { reason: 'ALLOWED' }) }
  const { status, reason, responseType } = observation
  return {
    authorizer,
    verdict: 'deny',
    ...(reason !== undefined && { reason }),
    status,
    ...(responseType !== undefined && { responseType }),
  }
}

/** A contract that fails to explain itself leaves the rest of the sample intact. */
const summariesOf = ({ decisions }: Side): readonly string[] =>
  decisions.map((decision) => {
    try {
      return decision.explain().summary
    } catch {
      return 'no explanation: the contract failed'
    }
  })

const sampled = (side: Side): DifferenceSample['enforce'] =>
  Object.freeze({ ...comparedOf(side), summaries: Object.freeze(summariesOf(side)) })

const explainable = (side: Side): Difference['enforce'] => ({
  ...comparedOf(side),
  explain: () => side.decisions.map((decision) => decision.explain()),
})

/** A difference with the means to build a hook's argument and a sample from it. */
export class FoundDifference {
  readonly kind: DifferenceKind
  readonly #base: Omit<DifferenceOf<never>, 'enforce' | 'candidate'>
  readonly #enforce: Side
  readonly #candidate: Side

  constructor({ kind, differs }: Discrepancy, request: GatewayRequest, enforce: Side, candidate: Side) {
    this.kind = kind
    const path = loggable(request.route?.template ?? request.path)
    this.#base = { kind, method: loggable(request.method), path, differs: Object.freeze([...differs]) }
    this.#enforce = enforce
    this.#candidate = candidate
  }

  /** Differences with the same text are alike. */
  get likeness(): string {
    return JSON.stringify([this.#base, comparedOf(this.#enforce), comparedOf(this.#candidate)])
  }

  /** Frozen, because reports share it. */
  toSample(): DifferenceSample {
    return Object.freeze({ ...this.#base, enforce: sampled(this.#enforce), candidate: sampled(this.#candidate) })
  }

  toDifference(): Difference {
    return { ...this.#base, enforce: explainable(this.#enforce), candidate: explainable(this.#candidate) }
  }
}
