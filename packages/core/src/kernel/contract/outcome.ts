/** What became of a request, with a reason that a machine can read. @module */
import type { AuthorizerContext } from './context.ts'
import type { GatewayResponse, GatewayResponseType } from './gateway-response.ts'

/** Why a request was refused. */
export type DenialReason =
  /** The request target can be read in more than one way, or the request line is not one. */
  | 'MALFORMED_REQUEST'
  /** The method ARN is longer than 1600 bytes (AWS-ARN-13). */
  | 'RESOURCE_TOO_LONG'
  /** The body is larger than the contract lets the function have. */
  | 'BODY_TOO_LARGE'
  /** The body did not arrive within `limits.bodyTimeoutMs`. */
  | 'BODY_TIMEOUT'
  /** The body was read by other code before the guard, or broke off. */
  | 'BODY_UNAVAILABLE'
  /** The path is not below the base path of the API's custom domain. */
  | 'OUTSIDE_BASE_PATH'
  | 'IDENTITY_SOURCE_MISSING'
  | 'IDENTITY_SOURCE_REPEATED'
  /** An identity value is too long, not text, or holds control characters. */
  | 'IDENTITY_SOURCE_INVALID'
  /** `identityValidationExpression` does not match (AWS-ID-08). */
  | 'IDENTITY_VALIDATION_FAILED'
  /** The authorizer said that the caller is not known. */
  | 'UNAUTHORIZED'
  /** The authorizer said no, without a policy. */
  | 'DENIED'
  /** A statement with `Effect: Deny` covers the request. */
  | 'EXPLICIT_DENY'
  /** No statement allows the request. */
  | 'IMPLICIT_DENY'
  /** A browser connects from an origin that is not in the list of `guardUpgrade`. */
  | 'FOREIGN_ORIGIN'
  /** `requireContext` found another value. */
  | 'CONTEXT_MISMATCH'
  /** `requireScopes` did not find the scopes. */
  | 'INSUFFICIENT_SCOPE'
  /** The authorizer threw or rejected. */
  | 'AUTHORIZER_ERROR'
  /** The authorizer gave no answer in time. */
  | 'AUTHORIZER_TIMEOUT'
  /** The authorizer is a remote function that could not be reached, or that its gateway reports as unavailable. */
  | 'AUTHORIZER_UNREACHABLE'
  /** The authorizer says that it cannot tell: something it depends on is down. Never an answer about the caller. */
  | 'AUTHORIZER_UNAVAILABLE'
  /** The authorizer's answer does not have the form that the contract asks for. */
  | 'BAD_RESULT'
  /** A value cannot be put into the header, query or path that it is mapped to (SEC-21, SEC-22). */
  | 'BAD_MAPPED_VALUE'
  /** A guard such as `requireContext` ran on a request that no authorizer has allowed. */
  | 'NOT_GUARDED'
  /** A fault of this library. */
  | 'INTERNAL_ERROR'
  /**
   * `maxInFlight` calls of the authorizer, or `maxConcurrency` calls of a remote function, are in progress, or one of
   * `limits` is reached.
   */
  | 'OVERLOADED'
  /** The caller's signal was aborted while the authorizer was still at work. */
  | 'ABORTED'

/** The gateway response that each reason gets. */
export const DENIALS: Readonly<Record<DenialReason, GatewayResponseType>> = {
  MALFORMED_REQUEST: 'BAD_REQUEST',
  RESOURCE_TOO_LONG: 'URI_TOO_LONG',
  BODY_TOO_LARGE: 'REQUEST_TOO_LARGE',
  BODY_TIMEOUT: 'REQUEST_TIMEOUT',
  BODY_UNAVAILABLE: 'AUTHORIZER_CONFIGURATION_ERROR',
  OUTSIDE_BASE_PATH: 'ACCESS_DENIED',
  IDENTITY_SOURCE_MISSING: 'UNAUTHORIZED',
  IDENTITY_SOURCE_REPEATED: 'UNAUTHORIZED',
  IDENTITY_SOURCE_INVALID: 'UNAUTHORIZED',
  IDENTITY_VALIDATION_FAILED: 'UNAUTHORIZED',
  UNAUTHORIZED: 'UNAUTHORIZED',
  DENIED: 'ACCESS_DENIED',
  EXPLICIT_DENY: 'ACCESS_DENIED',
  IMPLICIT_DENY: 'ACCESS_DENIED',
  FOREIGN_ORIGIN: 'ACCESS_DENIED',
  CONTEXT_MISMATCH: 'ACCESS_DENIED',
  INSUFFICIENT_SCOPE: 'ACCESS_DENIED',
  AUTHORIZER_ERROR: 'AUTHORIZER_CONFIGURATION_ERROR',
  AUTHORIZER_TIMEOUT: 'AUTHORIZER_CONFIGURATION_ERROR',
  AUTHORIZER_UNREACHABLE: 'AUTHORIZER_CONFIGURATION_ERROR',
  AUTHORIZER_UNAVAILABLE: 'OVERLOADED',
  BAD_RESULT: 'AUTHORIZER_CONFIGURATION_ERROR',
  BAD_MAPPED_VALUE: 'AUTHORIZER_CONFIGURATION_ERROR',
  NOT_GUARDED: 'AUTHORIZER_CONFIGURATION_ERROR',
  INTERNAL_ERROR: 'AUTHORIZER_FAILURE',
  OVERLOADED: 'OVERLOADED',
  ABORTED: 'OVERLOADED',
}

/** Where a result came from. `shared`: from a call that another request had started; `off`: nothing is kept. */
export type CacheState = 'hit' | 'miss' | 'shared' | 'off' | 'unused'

/** The request may go on. */
export interface Allowed<TContext = Record<string, unknown>> {
  readonly allowed: true
  /** What the authorizer said, in a copy that belongs to this request alone. */
  readonly authorizer: AuthorizerContext<TContext>
}

/** The request ends here with `response`. */
export interface Denied {
  readonly allowed: false
  readonly reason: DenialReason
  readonly type: GatewayResponseType
  readonly response: GatewayResponse
}

/** What became of a request. */
export type Outcome<TContext = Record<string, unknown>> = Allowed<TContext> | Denied
