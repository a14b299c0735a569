/** The `Contract` interface: everything in which gateways differ. The contracts of this library use nothing else. @module */
import type { Clock } from '../util/clock.ts'
import type { ApiKeyIdentity, AuthorizerResult } from './context.ts'
import type { GatewayResponse, GatewayResponseType } from './gateway-response.ts'
import type { IdentityLimits, IdentitySource } from '../request/identity-source.ts'
import type { DenialDetails } from './denials.ts'
import type { DenialReason } from './outcome.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'

// oxlint-disable-next-line no-explicit-any -- the only type that every function is assignable to
export type AnyFunction = (...args: any[]) => unknown

/**
 * How context values reach the handler. `typed`: as the function returned them. `text`: as strings, except for `null`
 * (AWS-OUT-13, AWS-OUT-15).
 */
export type ContextValues = 'typed' | 'text'

/** One call of the authorizer function. */
export interface Invocation {
  /** Values of the identity sources in the configured order. */
  readonly identity: readonly string[]
  /**
   * Names of the headers among the identity sources, in lower case. A contract with `invoke` passes them to
   * `noteIdentityHeaders`, so that remote functions receive these headers (SEC-84). Default: none.
   */
  readonly identityHeaders?: readonly string[]
  /** The API key of the request, which a usage plan has found. Default: none. */
  readonly apiKey?: ApiKeyIdentity | undefined
  /** Aborted at the deadline. Calls may be shared, so a client that disconnects does not abort it (SEC-63). */
  readonly signal: AbortSignal
  /** The request's body, for contracts with `maxBodyBytes`. */
  readonly body?: Uint8Array | undefined
  /** The value that `prepare` returned, or that its `wait` resolved to. */
  readonly prepared?: unknown
  /** Milliseconds left until the deadline; never negative. */
  remainingMs(): number
  readonly clock: Clock
  /** Logs a message for the developer. It must not contain a credential, policy or context value. */
  warn(message: string): void
  /** Like `warn`, but logs each message once per authorizer. */
  note(message: string): void
}

/** What a contract may use while it prepares a call. */
export interface Preparation {
  readonly clock: Clock
  /** Logs a message for the developer. It must not contain a credential, policy or context value. */
  readonly warn: (message: string) => void
}

/** What a call needs: a value that is available, or one that the request has to wait for. */
export type Prepared =
  | { readonly value: unknown }
  | {
      /**
       * Name of the pool in which the request waits. Each pool has `limits.pendingPreparations` places of its own, so
       * requests in one pool never displace those in another. Use a fixed set of names, none of them chosen by clients.
       */
      readonly pool: string
      /**
       * Starts the wait. Called only if the pool has a free place, so nothing may be started before. The signal is aborted
       * at the deadline, and when the client disconnects. A rejection counts as a failure of the call.
       */
      wait(signal: AbortSignal): PromiseLike<unknown>
    }

/** How a call ended. */
export type Settled =
  | { readonly status: 'returned'; readonly value: unknown }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'timedOut' }

/** The meaning of an ended call. Only accepted results are cached; a denial applies to this request only. */
export type Parsed<TResult> =
  | {
      readonly accepted: true
      readonly result: TResult
      /** Why this is a fallback result: the function returned no usable result. It is reported and never cached. */
      readonly fallbackFor?: string
      /** The result applies to the request of this call only: it is neither cached nor shared. Default: it is both. */
      readonly uncached?: true
      /** Notes on the result for the developer, each logged once: names and places, never values. */
      readonly notes?: readonly string[]
    }
  | {
      readonly accepted: false
      readonly reason: Extract<
        DenialReason,
        'UNAUTHORIZED' | 'AUTHORIZER_ERROR' | 'AUTHORIZER_TIMEOUT' | 'AUTHORIZER_UNAVAILABLE' | 'BAD_RESULT'
      >
      /** What was wrong, for the log: names and kinds, never values. */
      readonly problem?: string
      /** What to change if the function failed; added to the log line. Never a value. */
      readonly hint?: string
      /** The response that the function chose. Default: that of `respond`. */
      readonly response?: GatewayResponse
      /** The denial applies to the request of this call only. Default: requests that wait for the same call share it. */
      readonly uncached?: true
    }

/** Whether a result allows a request. */
export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly reason: Extract<DenialReason, 'EXPLICIT_DENY' | 'IMPLICIT_DENY' | 'DENIED'>
      /** What to change if the configuration is the likely cause. Logged once per authorizer. Never a value. */
      readonly hint?: string
      /** The response that the function chose. Default: that of `respond`. */
      readonly response?: GatewayResponse
    }

/** A denial for which a contract builds the response. */
export interface Denial<TResult extends AuthorizerResult = AuthorizerResult> extends DenialDetails {
  readonly reason: DenialReason
  readonly type: GatewayResponseType
  readonly request: GatewayRequest
  /** The result that denied the request, or that allowed it before a later check denied it. */
  readonly result?: TResult | undefined
  readonly clock: Clock
}

/**
 * Why each statement of a policy did or did not apply: positions, operators and key names, never values, except for the ARN
 * of the request and the fields of {@link ResourceDifference}. For developers only; never part of a log line.
 */
export interface PolicyExplanation {
  readonly decision: 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied'
  /** The ARN that the resources of the policy were compared with. */
  readonly methodArn?: string
  readonly statements: readonly StatementExplanation[]
}

/** The resource of a statement that does not match, next to the ARN of the request. */
export interface ResourceDifference {
  /**
   * The pattern up to its method; the closest one if there are several. The path, and every malformed field, is shown as
   * `…`, because it may contain names of users.
   */
  readonly pattern: string
  /**
   * The first field that differs: `partition`, `service`, `region`, `accountId`, `apiId`, `stage`, `method` (`route` of a
   * WebSocket API) or `path`; `resource` for ARNs of other services.
   */
  readonly differs: string
  /** Three lines to print: the ARN, the pattern, and a mark under the field that differs, with its name. */
  readonly text: string
}

/** How one statement of a policy was evaluated. */
export interface StatementExplanation {
  /** Position in the policy document, from 0. */
  readonly index: number
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  readonly matched: boolean
  /** The first part that did not match; absent if the statement matched. */
  readonly failed?: 'action' | 'resource' | 'condition'
  /** How `Resource` differs from the ARN of the request. Only if `failed` is `resource`; absent for `NotResource`. */
  readonly resource?: ResourceDifference
  /** The condition that failed, such as `IpAddress aws:SourceIp`. */
  readonly condition?: string
}

/**
 * Connects an authorizer function to the rules of a gateway: what the function receives (`toEvent`, `invoke`), what it
 * returns (`parseResult`), whether a result allows a request (`decide`), and how a denial is sent (`respond`).
 */
export interface Contract<
  TAuthorize extends AnyFunction = AnyFunction,
  TValues extends ContextValues = ContextValues,
  TResult extends AuthorizerResult = AuthorizerResult,
> {
  /** Name for logs and keys, such as `aws.token`. */
  readonly name: string
  /**
   * Everything in the contract's configuration that changes results. Contracts with different fingerprints never share
   * results (SEC-53). It must be the same in every process with the same configuration, and contain no secret: the
   * configuration of the function, secrets included, is contributed through `FUNCTION_IDENTITY`.
   */
  readonly fingerprint: string
  readonly identitySources: readonly IdentitySource[]
  /** Maximum lengths of identity values. Default: 8192 characters each, 16384 together (SEC-95). */
  readonly identityLimits?: IdentityLimits
  /** Whether the function reads cookies itself; a request with a `Cookie` header is then checked like one with a cookie source. */
  readonly readsCookies?: boolean
  /** Origins that may send credentials that browsers attach by themselves, besides that of the request (SEC-122). Default: none. */
  readonly trustedOrigins?: readonly string[]
  /** `'allow'` turns off the check of such requests. Default `'deny'` (SEC-122). */
  readonly crossOrigin?: 'deny' | 'allow'
  /** Lifetime of a cached result in seconds, 0 to 3600; 0 turns the cache off. */
  readonly resultTtlSeconds: number
  /** Set if no result depends on the caller, so that one serves all requests. Only without identity sources (HW-CACHE-06). */
  readonly sharedByAllCallers?: true
  /** Default deadline of a call in milliseconds. */
  readonly timeoutMs: number
  /** Maximum size in bytes of the body that the function receives; larger ones get 413. Default: the body is not read. */
  readonly maxBodyBytes?: number
  /**
   * Name of the response header in which `respond` sends the ID of the request; it becomes `decision.requestId`. The ID must
   * be generated by the contract: a value of the client could be used to forge or confuse log entries. Default: no ID.
   */
  readonly requestIdHeader?: string
  /** Warnings about unsafe options, logged once when an authorizer is built (SEC-109). Default: none. */
  readonly warnings?: readonly string[]
  /** For types only: how context values reach the handler. */
  readonly contextValues: TValues

  /** Additional parts of the cache key, for contracts whose result applies to one request only (SEC-52). */
  extraKeyParts?(request: GatewayRequest): readonly string[]
  /** Rejects a request before anything else is checked. */
  precheck?(request: GatewayRequest): DenialReason | undefined
  /** Rejects identity values before the function is called. */
  validateIdentity?(identity: readonly string[]): DenialReason | undefined
  /** Positions of the identity sources that {@link validateIdentity} rejects. For explanations. Default: all of them. */
  mismatchedSources?(identity: readonly string[]): readonly number[]

  /**
   * Prepares what the call needs before it can run, such as the issuer's keys; `Invocation.prepared` is the result. A request
   * that waits here counts against its pool (`limits.pendingPreparations`), not against `maxInFlight`, which limits running
   * calls. The wait is part of the time that the call has. Return `value` if there is nothing to wait for: such requests are
   * never delayed by waiting ones. Default: the call can run at once.
   */
  prepare?(identity: readonly string[], preparation: Preparation): Prepared

  /** Builds the event that the function receives. */
  toEvent(request: GatewayRequest, invocation: Invocation): unknown
  /** Calls the function. Default: `authorize(event, { signal })`, with `body` if there is one. */
  invoke?(authorize: TAuthorize, event: unknown, invocation: Invocation): unknown
  /** Interprets the return value, the error or the timeout of the function. */
  parseResult(settled: Settled): Parsed<TResult>
  /**
   * Validates a result from a store that other processes can write to; `undefined` counts as a miss (SEC-65). Without this
   * member, only a `MemoryStore` can be used.
   */
  reviveResult?(stored: unknown): TResult | undefined
  /** Decides whether a result allows a request. Pure; also called for cached results. */
  decide(result: TResult, request: GatewayRequest, clock: Clock): Verdict
  /** Builds the response for a denial, in the format of the gateway. */
  respond(denial: Denial<TResult>): GatewayResponse

  /** Builds `requestContext.authorizer` as the gateway passes it to its integrations. */
  requestContext(result: TResult, latencyMs: number): Record<string, unknown>
  /** Explains a verdict of `decide`. Called only by `decision.explain()`. */
  explain?(result: TResult, request: GatewayRequest, clock: Clock): PolicyExplanation
}
