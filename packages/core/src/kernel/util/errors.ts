/**
 * The error class of this library. Invalid options throw when an authorizer is built. A problem with a request is a denial,
 * never an exception.
 * @module
 */

/** Every code that an {@link AuthorizerError} can carry. */
export type AuthorizerErrorCode =
  /** An option is unknown, of the wrong type, out of range, or contradicts another one. Thrown at construction. */
  | 'ERR_OPTION'
  /** `getAuthorizer` was called for a request that no authorizer has allowed, or that has changed since. */
  | 'ERR_NOT_AUTHORIZED'
  /** `getExpressRequest`, `getKoaContext` or `getHonoContext` was called for a request of another adapter. */
  | 'ERR_FRAMEWORK'
  /** A policy document does not follow the policy grammar (AWS-OUT-20 to AWS-OUT-34). */
  | 'ERR_POLICY'
  /** A remote function was not called: its circuit breaker is open, or too many calls are in progress (SEC-86). */
  | 'ERR_REMOTE_OVERLOADED'
  /** A remote function could not be reached: no connection or a lost one, no response in time, status 500 or 503. */
  | 'ERR_REMOTE_UNREACHABLE'
  /** The response of a remote function has a wrong status, type, size or syntax (SEC-81, SEC-88). */
  | 'ERR_REMOTE_RESPONSE'
  /** A store has not confirmed an invalidation, cannot be read, or may not be used as it is set up. */
  | 'ERR_STORE'
  /** `assertGuarded` found routes or listeners that can be reached without an authorizer (SEC-107, SEC-110). */
  | 'ERR_UNGUARDED'
  /** `guardApi` was called for a definition with findings that have to be answered, or routes without a guard (DEF-STOP-04). */
  | 'ERR_DEFINITION'

/** Optional members of an {@link AuthorizerError}. */
export interface AuthorizerErrorOptions {
  /** Default: false. */
  readonly isOutage?: boolean
  /** Default: none. */
  readonly option?: string
  /** Default: none. */
  readonly allowed?: string
  /** Default: none. */
  readonly places?: readonly string[]
}

/** The error class for misuse and failures. Denials are reported as `DeniedError`, if at all. Compare `code`, not the message. */
export class AuthorizerError extends Error {
  override readonly name = 'AuthorizerError'
  readonly code: AuthorizerErrorCode
  /**
   * Whether the authorizer could not be reached, independent of the request. With `failureMode: 'allow'`, only such errors let
   * requests pass. A handler that depends on another service may throw one with `ERR_REMOTE_UNREACHABLE`.
   */
  readonly isOutage: boolean
  /** The path of the invalid option, such as `'aws.token.api.stage'`. With `ERR_OPTION` only. */
  readonly option: string | undefined
  /** What the option allows, as text. With `ERR_OPTION` only. The value that was found is never part of an error. */
  readonly allowed: string | undefined
  /** The routes or listeners that are not guarded, such as `'GET /admin'`. With `ERR_UNGUARDED` only. */
  readonly places: readonly string[] | undefined

  constructor(code: AuthorizerErrorCode, message: string, options: AuthorizerErrorOptions = {}) {
    super(message)
    this.code = code
    this.isOutage = options.isOutage ?? false
    this.option = options.option
    this.allowed = options.allowed
    this.places = options.places && Object.freeze([...options.places])
  }
}
