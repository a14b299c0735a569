/** What became of one call of a function elsewhere. @module */
import type { AuthorizerErrorCode } from '../index.ts'

/** Why there is no answer. */
export class Fault {
  readonly code: Extract<AuthorizerErrorCode, `ERR_REMOTE_${string}`>
  /** The end of a sentence; never a value that was sent or received. */
  readonly problem: string
  /** Whether it tells something about the other side as such, and not about this one call: what a circuit counts. */
  readonly isOutage: boolean
  /**
   * Whether no request can have brought it about, so that `failureMode` counts it too. The status 502 is none: it is what
   * the URL of a Lambda function answers when the function crashes.
   */
  readonly isUnreachable: boolean

  constructor(code: Fault['code'], problem: string, isOutage: boolean = false, isUnreachable: boolean = isOutage) {
    this.code = code
    this.problem = problem
    this.isOutage = isOutage
    this.isUnreachable = isUnreachable
  }
}

/** The function says that it does not know the caller. */
export const UNAUTHORIZED: unique symbol = Symbol('Unauthorized')

interface Answer {
  readonly answer: unknown
}

export type Outcome = Answer | typeof UNAUTHORIZED | Fault

/** `ECONNREFUSED` and the like, or the class of the error; its message may hold anything. */
const nameOf = (error: unknown): string => {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  if (typeof code === 'string' && /^[A-Z\d_]{1,64}$/.test(code)) return code
  return error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : 'an error'
}

/** What has thrown could not be asked, or broke off. */
export const unreachable = (what: string, error: unknown, isUnreachable: boolean = true): Fault =>
  new Fault('ERR_REMOTE_UNREACHABLE', `${what} (${nameOf(error)})`, true, isUnreachable)
