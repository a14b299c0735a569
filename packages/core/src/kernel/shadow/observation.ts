/** Reads decisions into the form in which they are compared. Nothing that a candidate returns can make it throw. @module */
import { resultOfContext } from '../authorizer/composite.ts'
import type { AuthorizerContext, AuthorizerResult } from '../contract/context.ts'
import { DENIALS } from '../contract/denials.ts'
import { GATEWAY_RESPONSES, type GatewayResponseType, readGatewayResponse } from '../contract/gateway-response.ts'
import type { DenialReason } from '../contract/outcome.ts'
import { isRecord } from '../util/check.ts'

/** A decision on a request. */
export type DecidedObservation =
  | {
      readonly verdict: 'allow'
      /** `undefined` if only the verdict is known. */
      readonly result: AuthorizerResult | undefined
    }
  | {
      readonly verdict: 'deny'
      readonly status: number
      /** `undefined` if the decision was observed from outside. */
      readonly reason: DenialReason | undefined
      /** `undefined` if it is unknown. */
      readonly responseType: GatewayResponseType | undefined
    }

/** A decision, or why there is none. */
export type Observation = DecidedObservation | { readonly verdict: 'none'; readonly cause: 'failed' | 'timedOut' }

export const FAILED: Observation = Object.freeze({ verdict: 'none', cause: 'failed' })
export const TIMED_OUT: Observation = Object.freeze({ verdict: 'none', cause: 'timedOut' })

const isReason = (value: unknown): value is DenialReason => typeof value === 'string' && Object.hasOwn(DENIALS, value)

const isType = (value: unknown): value is GatewayResponseType =>
  typeof value === 'string' && Object.hasOwn(GATEWAY_RESPONSES, value)

const readOutcome = (outcome: unknown): Observation => {
  if (!isRecord(outcome)) return FAILED
  const { allowed, authorizer, reason, type, response } = outcome
  if (allowed === true) {
    const result = isRecord(authorizer)
      ? resultOfContext(authorizer as Partial<AuthorizerContext> as AuthorizerContext)
      : undefined
    return result === undefined ? FAILED : { verdict: 'allow', result }
  }
  const sent = readGatewayResponse(response)
  return allowed === false && isReason(reason) && isType(type) && sent !== undefined
    ? { verdict: 'deny', reason, status: sent.status, responseType: type }
    : FAILED
}

const readObserved = (observed: unknown): Observation => {
  if (!isRecord(observed)) return FAILED
  const { verdict, status, responseType } = observed
  if (verdict === 'allow') return { verdict, result: undefined }
  const isStatus = typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599
  return verdict === 'deny' && isStatus && (responseType === undefined || isType(responseType))
    ? { verdict, status, reason: undefined, responseType }
    : FAILED
}

const safely = (read: () => Observation): Observation => {
  try {
    return read()
  } catch {
    return FAILED
  }
}

/** Reads what `evaluate` of an authorizer returned. The result does not change when a handler changes the context. */
export const observationOf = (outcome: unknown): Observation => safely(() => readOutcome(outcome))

/** Reads what an observer returned; `undefined` if the request cannot be compared. */
export const observedBy = (observed: unknown): Observation | undefined =>
  observed === undefined ? undefined : safely(() => readObserved(observed))

/** Reads what a candidate threw or rejected with. */
export const observationOfError = (error: unknown): Observation =>
  safely(() => (isRecord(error) && error['name'] === 'TimeoutError' ? TIMED_OUT : FAILED))
