/** The one interface that holds all in which clouds differ. First-party contracts use nothing else. @module */
import type { Clock } from '../util/clock.ts'
import type { AuthorizerResult } from './context.ts'
import type { GatewayResponse, GatewayResponseType } from './gateway-response.ts'
import type { IdentityLimits, IdentitySource } from '../request/identity-source.ts'
import type { DenialReason } from './outcome.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'

// oxlint-disable-next-line no-explicit-any -- the only type that every function is assignable to
export type AnyFunction = (...args: any[]) => unknown

/** How context values reach the handler: `typed` as the function returned them, `text` each as its text, `null` as `null` (AWS-OUT-13, AWS-OUT-15). */
export type ContextValues = 'typed' | 'text'

/** One call of the authorizer function. */
export interface Invocation {
  /** Values of the identity sources in the configured order. */
  readonly identity: readonly string[]
  /**
   * Names of the headers among the identity sources, in lower case; for `noteIdentityHeaders`, which a contract with an
   * `invoke` calls so that remote functions receive these headers (SEC-84). Default: none.
   */
  readonly identityHeaders?: readonly string[]
  /** Aborted at the deadline. Calls may be shared, so a client that goes away does not abort it (SEC-63). */
  readonly signal: AbortSignal
  /** The request's body, for contracts with `maxBodyBytes`. */
  readonly body?: Uint8Array | undefined
  /** What `prepare` has returned, or what its `wait` has resolved with. */
  readonly prepared?: unknown
  /** Milliseconds left until the deadline; never negative. */
  remainingMs(): number
  readonly clock: Clock
  /** Reports something the developer should know; never a credential, policy or context value. */
  warn(message: string): void
  /** The same, but each message once per authorizer. */
  note(message: string): void
}

/** What a contract may use while it prepares a call. */
export interface Preparation {
  readonly clock: Clock
  /** Logs something the developer should know; never a credential, policy or context value. */
  readonly warn: (message: string) => void
}

/** What a call needs: it is there, or the request has to wait for it. */
export type Prepared =
  | { readonly value: unknown }
  | {
      /**
       * Name of the pool in which the request waits. Each pool has `limits.pendingPreparations` places of its own, so
       * requests in one pool never displace those in another. Use a fixed set of names, none of them chosen by clients.
       */
      readonly pool: string
      /**
       * Starts to wait; called only when there is a place, so nothing may be started before. The signal is aborted at the
       * deadline and when the client has left. A rejection counts as a failure of the call.
       */
      wait(signal: AbortSignal): PromiseLike<unknown>
    }

/** How a call ended. */
export type Settled =
  | { readonly status: 'returned'; readonly value: unknown }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'timedOut' }

/** What an ended call means. Only an accepted result may be kept; a refusal is for this request alone. */
export type Parsed<TResult> =
  | {
      readonly accepted: true
      readonly result: TResult
      /** Why the result stands in for an answer that was not to be had. Such a result is reported and never kept. */
      readonly fallbackFor?: string
      /** What the developer should know about the answer; each line is reported once. Names and places, never values. */
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
      /** What to change when the function failed; added to the log line. Never a value. */
      readonly hint?: string
      /** An answer that the function itself asked for. */
      readonly response?: GatewayResponse
    }

/** Whether a result covers a request. */
export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly reason: Extract<DenialReason, 'EXPLICIT_DENY' | 'IMPLICIT_DENY' | 'DENIED'>
      /** What to change where the configuration is the likely cause. Logged once per authorizer. Never a value. */
      readonly hint?: string
      /** An answer that the function itself asked for. */
      readonly response?: GatewayResponse
    }

/** A refusal that a contract has to put into words. */
export interface Denial<TResult extends AuthorizerResult = AuthorizerResult> {
  readonly reason: DenialReason
  readonly type: GatewayResponseType
  readonly request: GatewayRequest
  /** The result that refused, or that had allowed before a later guard refused. */
  readonly result?: TResult | undefined
  readonly clock: Clock
}

/**
 * Why each statement of a policy did or did not apply: positions, operators and key names, never values, except for the ARN
 * of the request and the fields of {@link ResourceDifference}. Meant for a developer; a log line never has any of it.
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
   * The pattern up to its method; of several, the one that comes closest. The path, and every field that does not look like
   * one, is shown as `…`: it may hold names of users.
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

export interface StatementExplanation {
  /** Position in the policy document, from 0. */
  readonly index: number
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  readonly matched: boolean
  /** The first part that did not match; absent when the statement matched. */
  readonly failed?: 'action' | 'resource' | 'condition'
  /** How `Resource` differs from the ARN of the request; absent unless it is what failed, and for `NotResource`. */
  readonly resource?: ResourceDifference
  /** The condition that failed, such as `IpAddress aws:SourceIp`. */
  readonly condition?: string
}

/** The answers to four questions; see the members. */
export interface Contract<
  TAuthorize extends AnyFunction = AnyFunction,
  TValues extends ContextValues = ContextValues,
  TResult extends AuthorizerResult = AuthorizerResult,
> {
  /** Name for logs and keys, such as `aws.token`. */
  readonly name: string
  /**
   * Everything in the contract's configuration that changes results; results are never shared across different ones
   * (SEC-53). It must be the same in every process with the same configuration, and hold no secret: what the function
   * depends on, secrets included, is contributed through `FUNCTION_IDENTITY`.
   */
  readonly fingerprint: string
  readonly identitySources: readonly IdentitySource[]
  /** How long their values may be. Default: 8192 characters each, 16384 together (SEC-95). */
  readonly identityLimits?: IdentityLimits
  /** Lifetime of a result in seconds, 0 to 3600; 0 keeps nothing. */
  readonly resultTtlSeconds: number
  /** Whether results depend on no caller, so that one serves all requests; without identity sources only (HW-CACHE-06). */
  readonly sharedByAllCallers?: true
  /** Default deadline of a call in milliseconds. */
  readonly timeoutMs: number
  /** Most bytes of the body that the function is given; larger ones get 413. Default: the body is not read. */
  readonly maxBodyBytes?: number
  /** What the options relax, one line each; said once, when an authorizer is built (SEC-109). */
  readonly warnings?: readonly string[]
  /** For types only: how context values reach the handler. */
  readonly contextValues: TValues

  /** What else belongs to the cache key, for contracts whose result is a verdict on one request (SEC-52). */
  extraKeyParts?(request: GatewayRequest): readonly string[]
  /** Refuses a request before anything else is looked at. */
  precheck?(request: GatewayRequest): DenialReason | undefined
  /** Refuses identity values; asked before the function is called. */
  validateIdentity?(identity: readonly string[]): DenialReason | undefined
  /** Positions of the identity sources that {@link validateIdentity} rejects. For explanations; default: all of them. */
  mismatchedSources?(identity: readonly string[]): readonly number[]

  /**
   * Gets ready what the call needs before it can run, such as the issuer's keys; `Invocation.prepared` is the result. A
   * request that waits here has no place among `maxInFlight`, which is for running calls, but one in a pool of its own
   * (`limits.pendingPreparations`). It waits at most for the deadline of the call, which has the rest of that time. Requests
   * that need not wait return `value` and are never held up by those that do. Default: the call can run at once.
   */
  prepare?(identity: readonly string[], preparation: Preparation): Prepared

  /** What does the function receive? */
  toEvent(request: GatewayRequest, invocation: Invocation): unknown
  /** How is it called? Default: `authorize(event, { signal })`, settled by its return value. */
  invoke?(authorize: TAuthorize, event: unknown, invocation: Invocation): unknown
  /** What does its answer, or its throw, mean? */
  parseResult(settled: Settled): Parsed<TResult>
  /**
   * What is a result worth that comes from a store which other processes write to? It is checked like an answer, and
   * `undefined` counts as a miss (SEC-65). Without this member only a `MemoryStore` can be used.
   */
  reviveResult?(stored: unknown): TResult | undefined
  /** Does this result cover this request? Pure; runs on cached results too. */
  decide(result: TResult, request: GatewayRequest, clock: Clock): Verdict
  /** How does this cloud say no? */
  respond(denial: Denial<TResult>): GatewayResponse

  /** `requestContext.authorizer` as an integration behind this gateway would see it. */
  requestContext(result: TResult, latencyMs: number): Record<string, unknown>
  /** Why `decide` said what it said. Off the hot path. */
  explain?(result: TResult, request: GatewayRequest, clock: Clock): PolicyExplanation
}
