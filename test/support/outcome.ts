/** Narrows outcomes, so that a test reads as one sentence. @module */
import type { AuthorizerContext, Denied, Outcome } from '@custom-authorizer/core'

/** The outcome of an evaluation that has to be synchronous. */
export const syncOutcome = <T>(outcome: Outcome<T> | Promise<Outcome<T>>): Outcome<T> => {
  if (outcome instanceof Promise) throw new Error('the decision was not made at once')
  return outcome
}

/** What the authorizer said, of an outcome that has to be an allowance. */
export const allowed = <T>(outcome: Outcome<T>): AuthorizerContext<T> => {
  if (!outcome.allowed) throw new Error(`the request was refused: ${outcome.reason}`)
  return outcome.authorizer
}

/** The refusal, of an outcome that has to be one. */
export const denied = (outcome: Outcome<unknown>): Denied => {
  if (outcome.allowed) throw new Error('the request was allowed')
  return outcome
}

/** The reason of a refusal, or `ALLOWED`. */
export const reasonOf = (outcome: Outcome<unknown>): 'ALLOWED' | Denied['reason'] =>
  outcome.allowed ? 'ALLOWED' : outcome.reason

/** A header of a refusal; `name` in lower case. */
export const responseHeader = ({ response }: Denied, name: string): string | undefined =>
  response.headers.find(([each]) => each.toLowerCase() === name)?.[1]

/** An outcome that may be there already, as a promise. */
export const later = async <T>(outcome: T | Promise<T>): Promise<T> => outcome
