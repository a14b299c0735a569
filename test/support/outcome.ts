/** Narrows outcomes to one of their types, and throws otherwise. @module */
import type { AuthorizerContext, Denied, Outcome } from '@custom-authorizer/core'

/** The outcome of an evaluation that must be synchronous. */
export const syncOutcome = <T>(outcome: Outcome<T> | Promise<Outcome<T>>): Outcome<T> => {
  if (outcome instanceof Promise) throw new Error('the decision is not synchronous')
  return outcome
}

/** The authorizer context of an outcome that must be an allow. */
export const allowed = <T>(outcome: Outcome<T>): AuthorizerContext<T> => {
  if (!outcome.allowed) throw new Error(`the request was denied: ${outcome.reason}`)
  return outcome.authorizer
}

/** The denial of an outcome that must be a denial. */
export const denied = (outcome: Outcome<unknown>): Denied => {
  if (outcome.allowed) throw new Error('the request was allowed')
  return outcome
}

/** The reason of a denial, or `ALLOWED`. */
export const reasonOf = (outcome: Outcome<unknown>): 'ALLOWED' | Denied['reason'] =>
  outcome.allowed ? 'ALLOWED' : outcome.reason

/** A header of a denial's response; `name` in lower case. */
export const responseHeader = ({ response }: Denied, name: string): string | undefined =>
  response.headers.find(([each]) => each.toLowerCase() === name)?.[1]

/** A synchronous or asynchronous outcome as a promise. */
export const toPromise = async <T>(outcome: T | Promise<T>): Promise<T> => outcome
