/** Reads how a call of a Lambda handler ended. @module */
import type { Parsed, Settled } from '../../contract.ts'

/** A call without a usable result. */
export type FailedCall = Extract<Parsed<never>, { accepted: false }>

/**
 * The `errorMessage` of a failed invocation, the only part of an error that the gateway reads (AWS-RUN-12 to AWS-RUN-15).
 * It is never logged. `undefined` if reading it throws.
 */
export const errorMessageOf = (error: unknown): string | undefined => {
  try {
    if (error === null || error === undefined) return 'handled'
    const { name, message, stack } = error as { name?: unknown; message?: unknown; stack?: unknown }
    const errorLike = [name, message, stack].every((part) => typeof part === 'string' && part !== '')
    const native = Object.prototype.toString.call(error) === '[object Error]'
    const text = native || errorLike ? message : (error as { toString(): unknown }).toString()
    return typeof text === 'string' ? text.replaceAll('\u007f', '%7F') : undefined
  } catch {
    return undefined
  }
}

const NEAR_UNAUTHORIZED = /^[\s"'[(]*(?:(?:401|error)\W{0,4})?unauthori[sz]ed/i
const UNAUTHORIZED_HINT =
  'only the exact text "Unauthorized" gives 401, and the text of this error is similar but not equal: throw new Error("Unauthorized")'

/** A failed call where the exact text `Unauthorized` gives 401 (AWS-REST-07, AWS-REST-26). */
export const failedCall = (error: unknown): FailedCall => {
  const message = errorMessageOf(error)
  if (message === 'Unauthorized') return { accepted: false, reason: 'UNAUTHORIZED' }
  const near = message !== undefined && NEAR_UNAUTHORIZED.test(message.slice(0, 64))
  return { accepted: false, reason: 'AUTHORIZER_ERROR', ...(near && { hint: UNAUTHORIZED_HINT }) }
}

/** A result that the gateway rejects. */
export const badResult = (problem: string): FailedCall => ({ accepted: false, reason: 'BAD_RESULT', problem })

/** Reads how a call ended; `parse` reads a returned value, `fail` an error. */
export const parseSettled = <TResult>(
  settled: Settled,
  parse: (value: unknown) => Parsed<TResult>,
  fail: (error: unknown) => FailedCall = failedCall,
): Parsed<TResult> => {
  if (settled.status === 'timedOut') return { accepted: false, reason: 'AUTHORIZER_TIMEOUT' }
  return settled.status === 'failed' ? fail(settled.error) : parse(settled.value)
}
