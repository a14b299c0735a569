/** The first step of an evaluation: who sent the request, or why it is denied before the cache is read. @module */
import type { Contract } from '../contract/contract.ts'
import type { DenialReason } from '../contract/denials.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { lengthProblem, readIdentity } from '../request/identity-source.ts'
import { crossOriginProblem } from '../request/origin.ts'
import type { Clock } from '../util/clock.ts'

/** Why a request has no identity. */
export interface Unidentified {
  readonly reason: DenialReason
  /** What is wrong, for explanations: names, never values. */
  readonly problem?: string
}

/**
 * Reads the identity sources of a request. A credential that browsers attach by themselves is rejected if another site may have
 * caused the request (SEC-122); this is decided for each request, also if its result is cached.
 */
export const identify = (
  contract: Contract,
  request: GatewayRequest,
  clock: Clock,
): readonly string[] | Unidentified => {
  const rejected = contract.precheck?.(request)
  if (rejected !== undefined) return { reason: rejected }
  if (request.repeatedCredential) return { reason: 'IDENTITY_SOURCE_REPEATED' }
  const { identitySources, identityLimits } = contract
  const identity = readIdentity(identitySources, request, clock, identityLimits)
  if (identity === 'IDENTITY_SOURCE_INVALID')
    return { reason: identity, problem: lengthProblem(identitySources, request, clock, identityLimits) }
  if (typeof identity === 'string') return { reason: identity }
  const problem = crossOriginProblem(contract, request)
  return problem === undefined ? identity : { reason: 'FOREIGN_ORIGIN', problem }
}
