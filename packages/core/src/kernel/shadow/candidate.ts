/** The two kinds of candidates, as the comparison calls them. @module */
import type { Authorizer } from '../authorizer/authorizer.ts'
import { checkAuthorizers, isAuthorizer } from '../authorizer/composite.ts'
import type { EvaluateOptions } from '../authorizer/evaluate-options.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { optionError, optionProblem } from '../util/check.ts'
import { type Observation, observationOf, observedBy } from './observation.ts'
import { isObserver } from './observer.ts'

/** A candidate. */
export interface Candidate {
  readonly name: string
  /** Calls the candidate. May throw, reject, hang and return anything. */
  call(request: GatewayRequest, options: EvaluateOptions & { readonly signal: AbortSignal }): unknown
  /** Reads what the call returned; `undefined` if the request cannot be compared. Never throws. */
  read(value: unknown): Observation | undefined
  /** Removes cached results. Default: there are none. */
  readonly cached?: Pick<Authorizer, 'invalidate' | 'invalidateAll'>
}

const candidateOf = (authorizer: Authorizer, where: string): Candidate => {
  if (authorizer.readsBody === true) {
    const allowed = 'an authorizer that does not read it: the body belongs to the handler, which may be reading it'
    throw optionProblem(where, 'an authorizer that reads the request body', allowed)
  }
  return {
    name: authorizer.name,
    call: (request, options) => authorizer.evaluate(request, options),
    read: observationOf,
    cached: authorizer,
  }
}

/**
 * Checks the option `candidate`.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const checkCandidate = (kind: string, value: unknown): Candidate => {
  const where = `${kind}.candidate`
  if (isAuthorizer(value)) return candidateOf((checkAuthorizers(kind, [value]) as [Authorizer])[0], where)
  if (!isObserver(value))
    throw optionError(where, value, 'an authorizer, as createAuthorizer returns it, or a DecisionObserver')
  const observer = value
  return {
    name: observer.name,
    call: (request, { signal }) => observer.observe(request, { signal }),
    read: observedBy,
  }
}
