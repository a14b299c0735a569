/** Builds authorizers, and runs their evaluations. @module */
import { identityHeadersOfContract } from './call.ts'
import { ResultCache } from '../cache/result-cache.ts'
import { AuthorizedContext, type AuthorizerContext } from '../contract/context.ts'
import type { ContextOf } from '../contract/context-type.ts'
import type { AnyFunction, ContextValues, Contract } from '../contract/contract.ts'
import { identityOf } from '../contract/function-identity.ts'
import type { DenialDetails } from '../contract/denials.ts'
import type { Denied, DenialReason, Outcome } from '../contract/outcome.ts'
import type { Decision } from '../decision/decision.ts'
import { isolated, type Problem } from '../decision/problems.ts'
import { DecisionPublisher } from '../decision/publisher.ts'
import { Reporter } from '../decision/reporter.ts'
import { isFrom } from '../decision/source.ts'
import { native } from '../native/native.ts'
import type { NativeAuthorize } from '../native/answers.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { hasCredential, identityKey } from '../request/identity-source.ts'
import { subprotocolsOf } from '../request/browser-sources.ts'
import { checkOptions, isRecord, optionError } from '../util/check.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import { consoleLogger } from '../util/logger.ts'
import { BodyLimits } from './body-limits.ts'
import { Capacity } from './capacity.ts'
import { copyCors } from './cors.ts'
import type { EvaluateOptions } from './evaluate-options.ts'
import { Evaluation, type Pipeline } from './evaluation.ts'
import { AUTHORIZER_CHECKS, type AuthorizerLimits, type AuthorizerOptions, LIMIT_CHECKS } from './options.ts'
import { Preparations } from './preparation.ts'

/** Which cached results to remove. */
export type InvalidateSelector =
  | { readonly principalId: string }
  /** Values of all identity sources in the configured order, as the client sends them. */
  | { readonly identity: string | readonly string[] }

/** An authorizer: one function, one contract, one cache. It can be mounted in several places. */
export interface Authorizer<TContext = Record<string, unknown>> {
  readonly name: string
  /**
   * Names in `Sec-WebSocket-Protocol` that a credential of this authorizer follows. Guards remove these credentials from requests
   * that pass (SEC-123). Default: none.
   */
  readonly credentialSubprotocols?: readonly string[]
  /** Whether an evaluation may read the request's body. Default: false. */
  readonly readsBody?: boolean
  /** The source of time for `expiresAt` of its results. Default: the system's clock. */
  readonly clock?: Clock
  /**
   * Decides on a request. Synchronous if nothing has to be waited for: a result in the memory store, a missing credential,
   * a native function that returns no promise. Never throws and never rejects.
   */
  evaluate(request: GatewayRequest, options?: EvaluateOptions): Outcome<TContext> | Promise<Outcome<TContext>>
  /**
   * Removes the cached results of one caller. Takes effect in this process before the call returns; calls in progress do
   * not repopulate the cache.
   */
  invalidate(selector: InvalidateSelector): void | Promise<void>
  /** Removes all cached results, like FlushStageAuthorizersCache on AWS. */
  invalidateAll(): void | Promise<void>
  /** Builds a denial with the contract's response, for checks that run after the authorizer. */
  deny(
    request: GatewayRequest,
    reason: DenialReason,
    authorizer?: AuthorizerContext,
    problem?: string,
    details?: DenialDetails,
  ): Denied
  /**
   * Whether the request carries a credential that this authorizer reads, valid or not: a header, query parameter, cookie or
   * subprotocol among its identity sources that is not blank. Only a request without any is anonymous to `optional`.
   */
  hasCredential(request: GatewayRequest): boolean
  /** Logs a problem with a mount of this authorizer. */
  report(kind: Problem['kind'], message: string): void
  /**
   * Whether a message of the diagnostics channels comes from this authorizer or a member of it. Names need not be unique, and
   * a composition has another name than its members. Default: unknown.
   */
  isSourceOf?(message: Decision | Problem): boolean
  /** For types only: the context that handlers receive. Never set. */
  readonly contextType?: TContext
}

/** Default of `limits.pendingBodyBytes`. */
const DEFAULT_BODY_BYTES = 64 * 1024 * 1024

class FunctionAuthorizer implements Authorizer {
  readonly name: string
  readonly credentialSubprotocols: readonly string[]
  readonly readsBody: boolean
  readonly clock: Clock
  readonly #pipeline: Pipeline
  readonly #decisions: DecisionPublisher

  constructor(unchecked: AuthorizerOptions<AnyFunction, AnyFunction, ContextValues>) {
    const options = checkOptions('createAuthorizer', unchecked, AUTHORIZER_CHECKS)
    const { authorize, contract = native(), clock = systemClock, onAuthorizerError } = options
    if (authorize === undefined) throw optionError('createAuthorizer.authorize', authorize, 'a function')
    const limits = checkOptions<AuthorizerLimits>('createAuthorizer.limits', options.limits, LIMIT_CHECKS)
    const { pendingBodies = 1000, bodyTimeoutMs = 30_000, pendingPreparations = 1000 } = limits
    const { pendingBodyBytes = Math.max(DEFAULT_BODY_BYTES, contract.maxBodyBytes ?? 0) } = limits
    this.name = options.name ?? (/^[\x21-\x7e]{1,64}$/.test(authorize.name) ? authorize.name : contract.name)
    this.credentialSubprotocols = subprotocolsOf(contract.identitySources)
    this.readsBody = contract.maxBodyBytes !== undefined
    this.clock = clock
    const source = { authorizer: this.name, contract, clock }
    this.#decisions = new DecisionPublisher(this, source, options.onDecision, () =>
      this.report('HOOK_FAILURE', 'onDecision failed; the decision is unchanged'),
    )
    const reporter = new Reporter(this, options.logger === undefined ? consoleLogger : options.logger, clock)
    const capacity = new Capacity(options.maxInFlight ?? 1000, reporter)
    const timeoutMs = options.timeoutMs ?? contract.timeoutMs
    const onError = (error: unknown): void => {
      if (onAuthorizerError === undefined) return
      isolated(
        () => onAuthorizerError(error),
        () => reporter.report('HOOK_FAILURE', 'onAuthorizerError failed'),
      )
    }
    this.#pipeline = {
      contract,
      call: {
        contract,
        authorize,
        timeoutMs,
        clock,
        reporter,
        onError,
        identityHeaders: identityHeadersOfContract(contract),
      },
      cache: createCache(options, contract, clock, authorize, reporter),
      capacity,
      preparations: new Preparations({
        contract,
        clock,
        timeoutMs,
        bodyTimeoutMs,
        pendingPreparations,
        bodies: new BodyLimits(pendingBodies, pendingBodyBytes),
        capacity,
        reporter,
      }),
      reporter,
      cors: options.denialCors && copyCors(options.denialCors),
    }
    for (const line of contract.warnings ?? []) reporter.report('NOTE', line)
  }

  report(kind: Problem['kind'], message: string): void {
    this.#pipeline.reporter.report(kind, message)
  }

  hasCredential(request: GatewayRequest): boolean {
    return hasCredential(this.#pipeline.contract.identitySources, request)
  }

  evaluate(request: GatewayRequest, options?: EvaluateOptions): Outcome | Promise<Outcome> {
    const evaluation = new Evaluation(this.#pipeline, request, options)
    const onDecision = options?.onDecision
    const started = this.#decisions.start(onDecision)
    let outcome: Outcome | Promise<Outcome>
    try {
      outcome = evaluation.run()
    } catch {
      outcome = evaluation.failClosed()
    }
    if (!(outcome instanceof Promise)) return this.#decisions.publish(evaluation, outcome, started, onDecision)
    const settled = outcome.catch(() => evaluation.failClosed())
    if (started === undefined) return settled
    return settled.then((each) => this.#decisions.publish(evaluation, each, started, onDecision))
  }

  deny(...[request, reason, authorizer, problem, details]: Parameters<Authorizer['deny']>): Denied {
    const evaluation = new Evaluation(this.#pipeline, request, undefined)
    const started = this.#decisions.start(undefined)
    evaluation.result = authorizer && AuthorizedContext.resultOf(authorizer)
    evaluation.problem = problem
    if (problem !== undefined && (reason === 'BAD_MAPPED_VALUE' || reason === 'BAD_RESULT'))
      this.report(reason, problem)
    let denied: Denied
    try {
      denied = evaluation.deny(reason, undefined, details)
    } catch {
      denied = evaluation.failClosed()
    }
    return this.#decisions.publish(evaluation, denied, started)
  }

  invalidate(selector: InvalidateSelector): void | Promise<void> {
    const { cache, contract } = this.#pipeline
    const { principalId, identity }: { principalId?: unknown; identity?: unknown } = isRecord(selector) ? selector : {}
    if (typeof principalId === 'string') return cache?.invalidate({ principalId })
    const values: unknown = typeof identity === 'string' ? [identity] : identity
    const expected = contract.identitySources.length
    if (!Array.isArray(values) || values.length !== expected || !values.every((each) => typeof each === 'string')) {
      throw optionError(
        'invalidate',
        selector,
        `{ principalId: string } or { identity }, with ${expected} value(s), one for each identity source`,
      )
    }
    return cache?.invalidate({ identity: identityKey(values) })
  }

  invalidateAll(): void | Promise<void> {
    return this.#pipeline.cache?.invalidate(undefined)
  }

  isSourceOf(message: Decision | Problem): boolean {
    return isFrom(message, this)
  }
}

const createCache = (
  options: Readonly<Partial<AuthorizerOptions<AnyFunction, AnyFunction, ContextValues>>>,
  contract: Contract,
  clock: Clock,
  authorize: AnyFunction,
  reporter: Reporter,
): ResultCache | undefined => {
  const identity = identityOf('createAuthorizer.authorize', authorize)
  const report = (message: string): void => reporter.report('STORE_FAILURE', message)
  return contract.resultTtlSeconds > 0 ? new ResultCache(options, contract, clock, report, identity) : undefined
}

/** {@link createAuthorizer} without type inference, for mounts that accept any function. */
export const assembleAuthorizer = (options: AuthorizerOptions<AnyFunction, AnyFunction, ContextValues>): Authorizer =>
  new FunctionAuthorizer(options)

/**
 * Builds an authorizer from a function and a contract. All options are checked here, once.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid; names the option, the kind of its value and what is allowed
 * @example
 * const authorizer = createAuthorizer({ authorize: handler, contract: aws.token() })
 */
export const createAuthorizer = <
  TAuthorize extends TContract,
  TContract extends AnyFunction = NativeAuthorize,
  TValues extends ContextValues = 'typed',
>(
  options: AuthorizerOptions<TAuthorize, TContract, TValues>,
): Authorizer<ContextOf<TAuthorize, TValues>> =>
  assembleAuthorizer(options) as Authorizer<ContextOf<TAuthorize, TValues>>
