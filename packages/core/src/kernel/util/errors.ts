/**
 * Errors are API: one class, a closed set of codes. A wrong option is a mistake of the developer and throws when the
 * authorizer is built; everything that goes wrong with a request is an {@link Outcome}, never an exception.
 * @module
 */

/** Every code that an {@link AuthorizerError} can carry. */
export type AuthorizerErrorCode =
  /** An option is unknown, of the wrong type, out of range, or contradicts another one. Thrown at construction. */
  | 'ERR_OPTION'
  /** `getAuthorizer` was asked about a request that no authorizer has allowed. */
  | 'ERR_NOT_AUTHORIZED'
  /** A policy document does not follow the policy grammar (AWS-OUT-20 to AWS-OUT-34). */
  | 'ERR_POLICY'
  /** A function elsewhere was not asked: its circuit is open, or too many calls are outstanding (SEC-86). */
  | 'ERR_REMOTE_OVERLOADED'
  /** A function elsewhere could not be asked, or broke off: no connection, no answer in time, status 500 or 503. */
  | 'ERR_REMOTE_UNREACHABLE'
  /** What a function elsewhere answered is no function's answer: another status, type, size or syntax (SEC-81, SEC-88). */
  | 'ERR_REMOTE_RESPONSE'
  /** `assertGuarded` has found routes or listeners that can be reached without an authorizer (SEC-107, SEC-110). */
  | 'ERR_UNGUARDED'

/** What else an {@link AuthorizerError} can say. */
export interface AuthorizerErrorOptions {
  /** Default `false`. */
  readonly isOutage?: boolean
}

/** The only error class that this library throws. Compare `code`, not the message. */
export class AuthorizerError extends Error {
  override readonly name = 'AuthorizerError'
  readonly code: AuthorizerErrorCode
  /**
   * Whether the authorizer could not be called, whatever the request was: an error that no caller brings about with a
   * credential. With `failureMode: 'allow'` only such errors let requests pass. A handler that depends on another service
   * may throw one with `ERR_REMOTE_UNREACHABLE`.
   */
  readonly isOutage: boolean

  constructor(code: AuthorizerErrorCode, message: string, { isOutage = false }: AuthorizerErrorOptions = {}) {
    super(message)
    this.code = code
    this.isOutage = isOutage
  }
}
