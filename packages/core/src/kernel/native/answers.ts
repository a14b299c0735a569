/** Results of native authorizers, and the functions that build them. @module */
import type { GatewayRequest } from '../request/gateway-request.ts'
import type { Json } from '../util/json.ts'

/** Response headers by name. An array is sent as several lines, such as several cookies. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>

/** A response that replaces the usual one of a denial. */
export interface DenialResponse {
  /** 400 to 599. Default: 401 for `unauthorized`, 403 for `deny`. */
  status?: number
  /** A string is sent as text, anything else as JSON. Default: `{"message":…}`. */
  body?: Json
  /** Additional headers. A result with `Set-Cookie` is not cached. Default: none. */
  headers?: ResponseHeaders
}

/** What {@link redirect} adds to a redirect. */
export interface RedirectOptions {
  /**
   * `302` and `303`: the client requests the target with `GET`. `307`: it sends the same method and body again. Default 302.
   */
  status?: 302 | 303 | 307
  /** Additional headers, such as a `Set-Cookie` with the page to return to. Default: none. */
  headers?: ResponseHeaders
}

/** The argument of {@link allow}. */
export interface AllowOptions<TContext> {
  principalId?: string | undefined
  context?: TContext
  /** Milliseconds since the epoch after which the result must not be used. Default: `resultTtlSeconds` alone counts. */
  expiresAt?: number | undefined
  /**
   * Headers of the handler's response, such as the `Set-Cookie` of a session that is renewed. The handler may replace them. A
   * result with `Set-Cookie` is not cached; other headers are cached with the result. Default: none.
   */
  responseHeaders?: ResponseHeaders | undefined
}

/** The request is allowed. */
export interface Allow<TContext> extends AllowOptions<TContext> {
  isAuthorized: true
}

/** The request is denied. */
export interface Deny {
  isAuthorized: false
  response?: DenialResponse | undefined
}

/** The caller is not authenticated. Never cached. */
export interface Unauthorized extends Deny {
  unauthorized: true
}

/** The caller is not authenticated, and is sent to another page. Never cached. */
export interface Redirect {
  isAuthorized: false
  redirect: { location: string } & RedirectOptions
}

/** The authorizer cannot decide, because a service that it depends on is unavailable: 503, never cached. */
export interface Unavailable {
  isAuthorized: false
  unavailable: true
}

/** The result of a native authorizer. */
export type NativeAnswer =
  | Unavailable
  | Redirect
  | boolean
  | Allow<object>
  | Deny
  | Unauthorized
  | { isAuthorized: boolean; principalId?: string | undefined; context?: object }

/** What a native authorizer function receives with the request. */
export interface NativeCall {
  /** Aborted at the deadline. */
  readonly signal: AbortSignal
  /** The bytes of the request's body, if the contract has `maxBodyBytes`; empty if the request has none. */
  readonly body?: Uint8Array | undefined
}

/** A native authorizer function. */
export type NativeAuthorize = (request: GatewayRequest, call: NativeCall) => NativeAnswer | Promise<NativeAnswer>

/** Allows the request. Handlers receive `context`: scalars, arrays and plain objects. */
export const allow = <const TContext extends object = Record<never, never>>(
  result: AllowOptions<TContext> = {},
): Allow<TContext> => ({ isAuthorized: true, ...result })

/** Denies the request with 403, or with the given response. */
export const deny = (response?: DenialResponse): Deny => ({ isAuthorized: false, response })

/** Rejects the credential with 401, or with the given response, such as one with `WWW-Authenticate`. Never cached. */
export const unauthorized = (response?: DenialResponse): Unauthorized => ({
  isAuthorized: false,
  unauthorized: true,
  response,
})

/**
 * Redirects a caller without a valid credential, for example to a login page. Never cached.
 *
 * @param location a path that starts with one `/`, or a URL of an origin that the option `redirectOrigins` of `native` lists.
 *   Any other location is an error (500), so that a value of the client cannot redirect to a foreign site (SEC-126)
 */
export const redirect = (location: string, options: RedirectOptions = {}): Redirect => ({
  isAuthorized: false,
  redirect: { location, ...options },
})

/** Denies the request with 503 and `Retry-After`, because a service that the decision needs is unavailable. Never cached. */
export const unavailable = (): Unavailable => ({ isAuthorized: false, unavailable: true })
