/** The pipeline: the only file that knows the order of the steps. @module */
import { BodyLimits, type Reading } from './body-limits.ts'
import { checkOptions, isRecord, optionError } from '../util/check.ts'
import { systemClock } from '../util/clock.ts'
import { AuthorizedContext, type AuthorizerContext, type AuthorizerResult } from '../contract/context.ts'
import type { AnyFunction, Contract, ContextValues, Prepared } from '../contract/contract.ts'
import {
  type Decision,
  decisionChannel,
  type DecisionSource,
  decisionOf,
  isolated,
  type Problem,
  reportProblem,
  startRecord,
  type EvaluationRecord,
} from '../decision/decision.ts'
import { withCors } from './cors.ts'
import type { CallResult } from '../contract/call-result.ts'
import { callAuthorizer, type CallSettings, land as landWith, type Provisions } from './call.ts'
import { identityOf } from '../contract/function-identity.ts'
import { type GatewayResponse, FALLBACK_RESPONSE, readGatewayResponse } from '../contract/gateway-response.ts'
import { hasCredential, identityKey, isText, lengthProblem, readIdentity } from '../request/identity-source.ts'
import { consoleLogger, type Logger } from '../util/logger.ts'
import {
  AUTHORIZER_CHECKS,
  type AuthorizerLimits,
  type AuthorizerOptions,
  type DenialCors,
  LIMIT_CHECKS,
} from './options.ts'
import { DENIALS, type Denied, type DenialReason, type Outcome } from '../contract/outcome.ts'
import { RepeatedLines } from '../decision/repeated-lines.ts'
import type { BodyProblem, GatewayRequest } from '../request/gateway-request.ts'
import { ResultCache } from '../cache/result-cache.ts'
import { native, type NativeAuthorize } from '../native/native.ts'
import type { StoreHit } from '../cache/store.ts'
import type { ContextOf } from '../contract/context-type.ts'
import { type OnAbort, Pools, type Waited, waitFor, SharedWait } from './waiting.ts'

/** Chooses the results that are to be forgotten. */
export type InvalidateSelector =
  | { readonly principalId: string }
  /** Values of the identity sources in the configured order, as the client sends them. */
  | { readonly identity: string | readonly string[] }

/** An authorizer: one function, one contract, one cache. Mount it as often as you like. */
export interface Authorizer<TContext = Record<string, unknown>> {
  readonly name: string
  /**
   * Decides on a request. Synchronous when nothing has to be waited for: a result in the memory store, a missing
   * credential, a native function that answers at once. Never throws and never rejects.
   */
  evaluate(
    request: GatewayRequest,
    options?: { readonly signal?: AbortSignal },
  ): Outcome<TContext> | Promise<Outcome<TContext>>
  /** Forgets results of one caller. In this process it holds when the call returns; running calls do not refill. */
  invalidate(selector: InvalidateSelector): void | Promise<void>
  /** Forgets all results (AWS: FlushStageAuthorizersCache). */
  invalidateAll(): void | Promise<void>
  /** Refuses a request in the words of this authorizer's contract: for guards that run after it. */
  deny(request: GatewayRequest, reason: DenialReason, authorizer?: AuthorizerContext, problem?: string): Denied
  /**
   * Whether the request carries a credential that this authorizer reads, good or bad: a header or a query parameter among
   * its identity sources that is not blank. Only a request without any is anonymous to `optional`.
   */
  hasCredential(request: GatewayRequest): boolean
  /** Logs a problem with a mount of this authorizer. */
  report(kind: Problem['kind'], message: string): void
  /** For types only: the context that handlers receive. */
  readonly contextType?: TContext
}

/** Maximum number of distinct notes logged per authorizer. */
const MAX_NOTES = 100

const DEFAULT_BODY_BYTES = 64 * 1024 * 1024

type Bound = 'calls' | 'preparations' | 'bodies'

const isReady = (prepared: Prepared): prepared is Extract<Prepared, { readonly value: unknown }> =>
  Object.hasOwn(prepared, 'value')

/** The denial for each reason why there is no body. */
const BODY_DENIALS: Readonly<Record<Exclude<BodyProblem, 'REFUSED'>, DenialReason>> = {
  TOO_LARGE: 'BODY_TOO_LARGE',
  TIMED_OUT: 'BODY_TIMEOUT',
  GONE: 'BODY_UNAVAILABLE',
  BROKEN: 'BODY_UNAVAILABLE',
}

/** How to learn that the client has left: from the request, and from the signal passed to `evaluate`. */
const departures = ({ request, signal }: EvaluationRecord): readonly OnAbort[] => {
  const own: OnAbort = (listener) => request.onAbort(listener)
  if (signal === undefined) return [own]
  const given: OnAbort = (listener) => {
    if (signal.aborted) listener()
    else signal.addEventListener('abort', listener, { once: true })
    return () => signal.removeEventListener('abort', listener)
  }
  return [own, given]
}

class Pipeline implements Authorizer {
  readonly name: string
  readonly #contract: Contract
  readonly #plan: CallSettings
  readonly #maker: DecisionSource
  readonly #cache: ResultCache | undefined
  readonly #cors: DenialCors | undefined
  readonly #onDecision: ((decision: Decision) => unknown) | undefined
  readonly #logger: Logger | null
  readonly #maxInFlight: number
  readonly #bodyTimeoutMs: number
  readonly #bodies: BodyLimits
  readonly #pools: Pools
  /** Waits of requests that have a cache key, by that key. */
  readonly #preparations = new Map<string, SharedWait>()
  readonly #noted = new Set<string>()
  readonly #failures = new RepeatedLines()
  #inFlight = 0
  /** Bounds that have been reached, each until a request is within it again. */
  readonly #reached = new Set<Bound>()
  #hinted = false

  constructor(given: AuthorizerOptions<AnyFunction, AnyFunction, ContextValues>) {
    const options = checkOptions('createAuthorizer', given, AUTHORIZER_CHECKS)
    const { authorize, contract = native(), clock = systemClock } = options
    if (authorize === undefined) throw optionError('createAuthorizer.authorize', authorize, 'a function')
    this.name = options.name ?? (/^[\x21-\x7e]{1,64}$/.test(authorize.name) ? authorize.name : contract.name)
    this.#contract = contract
    this.#logger = options.logger === undefined ? consoleLogger : options.logger
    this.#cors = options.denialCors && copyCors(options.denialCors)
    this.#onDecision = options.onDecision
    this.#maxInFlight = options.maxInFlight ?? 1000
    const limits = checkOptions<AuthorizerLimits>('createAuthorizer.limits', options.limits, LIMIT_CHECKS)
    this.#bodyTimeoutMs = limits.bodyTimeoutMs ?? 30_000
    this.#bodies = new BodyLimits(
      limits.pendingBodies ?? 1000,
      limits.pendingBodyBytes ?? Math.max(DEFAULT_BODY_BYTES, contract.maxBodyBytes ?? 0),
    )
    this.#pools = new Pools(limits.pendingPreparations ?? 1000)
    const { onAuthorizerError } = options
    this.#plan = {
      contract,
      authorize,
      timeoutMs: options.timeoutMs ?? contract.timeoutMs,
      clock,
      report: (kind, message) => this.#reportCall(kind, message),
      note: (message) => this.#note(message),
      onError: (error) => {
        if (onAuthorizerError !== undefined)
          isolated(
            () => onAuthorizerError(error),
            () => this.#report('HOOK_FAILURE', 'onAuthorizerError failed'),
          )
      },
    }
    this.#maker = { authorizer: this.name, contract, clock }
    const identity = identityOf('createAuthorizer.authorize', authorize)
    this.#cache =
      contract.resultTtlSeconds > 0
        ? new ResultCache(options, contract, clock, (message) => this.#report('STORE_FAILURE', message), identity)
        : undefined
    for (const line of contract.warnings ?? []) this.#report('NOTE', line)
  }

  report(kind: Problem['kind'], message: string): void {
    this.#report(kind, message)
  }

  hasCredential(request: GatewayRequest): boolean {
    return hasCredential(this.#contract.identitySources, request)
  }

  evaluate(request: GatewayRequest, options?: { readonly signal?: AbortSignal }): Outcome | Promise<Outcome> {
    const record = startRecord(request, options?.signal)
    const started = this.#start()
    let outcome: Outcome | Promise<Outcome>
    try {
      outcome = this.#steps(record)
    } catch {
      outcome = this.#fault(record)
    }
    if (!(outcome instanceof Promise)) return started === undefined ? outcome : this.#announce(record, outcome, started)
    const settled = outcome.catch(() => this.#fault(record))
    return started === undefined ? settled : settled.then((each) => this.#announce(record, each, started))
  }

  #steps(record: EvaluationRecord): Outcome | Promise<Outcome> {
    const { request } = record
    const contract = this.#contract
    if (request.problem !== undefined) return this.#deny(record, 'MALFORMED_REQUEST')
    const refused = contract.precheck?.(request)
    if (refused !== undefined) return this.#deny(record, refused)
    if (request.repeatedCredential) return this.#deny(record, 'IDENTITY_SOURCE_REPEATED')
    const { clock } = this.#plan
    const identity = readIdentity(contract.identitySources, request, clock, contract.identityLimits)
    if (typeof identity === 'string') {
      if (identity === 'IDENTITY_SOURCE_INVALID') {
        record.problem = lengthProblem(contract.identitySources, request, clock, contract.identityLimits)
        this.#note(record.problem)
      }
      return this.#deny(record, identity)
    }
    record.identity = identity

    const cache = this.#cache
    if (cache === undefined) {
      record.state = 'off'
      return this.#call(record)
    }
    const key = cache.keyOf(identityKey(identity), contract.extraKeyParts?.(request))
    return typeof key === 'string'
      ? this.#look(record, cache, key)
      : key.then((digest) => this.#look(record, cache, digest))
  }

  #look(record: EvaluationRecord, cache: ResultCache, key: string): Outcome | Promise<Outcome> {
    record.key = key
    const found = cache.get(key)
    return found instanceof Promise ? found.then((hit) => this.#proceed(record, hit)) : this.#proceed(record, found)
  }

  #proceed(record: EvaluationRecord, hit: StoreHit | undefined): Outcome | Promise<Outcome> {
    return hit === undefined || this.#isExpired(hit.stored.result) ? this.#call(record) : this.#useStored(record, hit)
  }

  #useStored(record: EvaluationRecord, hit: StoreHit): Outcome {
    record.state = 'hit'
    record.stored = hit.stored
    record.ageMs = hit.ageMs
    return this.#judge(record, hit.stored.result, 0)
  }

  #call(record: EvaluationRecord): Outcome | Promise<Outcome> {
    const { identity, key } = record
    const running = key === undefined ? undefined : this.#cache?.running(key)
    if (running !== undefined) {
      record.state = 'shared'
      return this.#land(record, running)
    }
    const refused = isText(identity) ? this.#contract.validateIdentity?.(identity) : 'IDENTITY_SOURCE_INVALID'
    if (refused !== undefined) return this.#deny(record, refused)
    if (key !== undefined) record.state = 'miss'
    const { maxBodyBytes } = this.#contract
    if (this.#contract.prepare === undefined && maxBodyBytes === undefined) return this.#launch(record, {})
    // The call would be denied in any case as things stand, so nothing is buffered for it.
    if (this.#inFlight >= this.#maxInFlight) return this.#denyCall(record)
    return this.#prepare(record)
  }

  /** What the contract has to get ready; requests that wait for it have no place among the running calls (SEC-64). */
  #prepare(record: EvaluationRecord): Outcome | Promise<Outcome> {
    const { clock, report } = this.#plan
    const { key } = record
    const shared = key === undefined ? undefined : this.#preparations.get(key)
    if (shared !== undefined) return this.#awaitPrepared(record, shared)
    const warn = (message: string): void => report('NOTE', message)
    const prepared: Prepared | undefined = this.#contract.prepare?.(record.identity, { clock, warn })
    if (prepared === undefined) return this.#takeBody(record, {})
    // Own members only: a polluted prototype must not change what is read here (SEC-108).
    if (isReady(prepared)) return this.#takeBody(record, { prepared: prepared.value })
    const { pool } = prepared
    if (!this.#pools.enter(pool))
      return this.#denyOverloaded(record, 'preparations', `too many requests wait for: ${pool}`)
    this.#reached.delete('preparations')
    const waiting = new SharedWait(clock, this.#plan.timeoutMs, (signal) => prepared.wait(signal))
    if (key !== undefined) this.#preparations.set(key, waiting)
    const end = (): void => {
      this.#pools.leave(pool)
      if (key !== undefined && this.#preparations.get(key) === waiting) this.#preparations.delete(key)
    }
    void waiting.settled.then(end)
    return this.#awaitPrepared(record, waiting)
  }

  /** Waits with all other requests that have the same key, which take one place together; each may leave for itself. */
  #awaitPrepared(record: EvaluationRecord, waiting: SharedWait): Promise<Outcome> {
    return waiting.join(departures(record)).then(({ waited, spentMs }) => {
      if (waited.status === 'ready') return this.#takeBody(record, { prepared: waited.value, spentMs })
      if (waited.status === 'gone') return this.#deny(record, 'ABORTED')
      return this.#conclude(record, landWith(this.#plan, waited, spentMs))
    })
  }

  #takeBody(record: EvaluationRecord, provisions: Provisions): Outcome | Promise<Outcome> {
    const { maxBodyBytes } = this.#contract
    if (maxBodyBytes === undefined) return this.#join(record, provisions)
    let reading: Reading | undefined
    return waitFor({
      clock: this.#plan.clock,
      timeoutMs: this.#bodyTimeoutMs,
      // Readers notice by themselves when the client has left.
      onAbort: departures(record).slice(1),
      start: (signal) => {
        reading = this.#bodies.open(signal)
        return record.request.readBody(maxBodyBytes, reading.terms)
      },
    })
      .then((waited) => {
        reading?.arrived()
        return this.#withBody(record, provisions, waited)
      })
      .finally(() => reading?.close())
  }

  #withBody(
    record: EvaluationRecord,
    provisions: Provisions,
    waited: Waited<Uint8Array | BodyProblem>,
  ): Outcome | Promise<Outcome> {
    if (waited.status === 'failed') throw waited.error
    if (waited.status === 'gone') return this.#deny(record, 'ABORTED')
    const body = waited.status === 'timedOut' ? 'TIMED_OUT' : waited.value
    if (typeof body !== 'string') {
      this.#reached.delete('bodies')
      return this.#join(record, { ...provisions, body })
    }
    if (body === 'BROKEN' && record.signal?.aborted === true) return this.#deny(record, 'ABORTED')
    if (body === 'REFUSED')
      return this.#denyOverloaded(record, 'bodies', 'limits.pendingBodies or limits.pendingBodyBytes is reached')
    return this.#deny(record, BODY_DENIALS[body])
  }

  /** Another request of the same caller may have started a call in the meantime, or completed one. */
  #join(record: EvaluationRecord, provisions: Provisions): Outcome | Promise<Outcome> {
    const { key } = record
    const cache = this.#cache
    if (key === undefined || cache === undefined) return this.#launch(record, provisions)
    const found = cache.running(key) === undefined ? cache.get(key) : undefined
    return found instanceof Promise
      ? found.then((hit) => this.#joinOrLaunch(record, provisions, cache.running(key), hit))
      : this.#joinOrLaunch(record, provisions, cache.running(key), found)
  }

  #joinOrLaunch(
    record: EvaluationRecord,
    provisions: Provisions,
    running: Promise<CallResult> | undefined,
    hit: StoreHit | undefined,
  ): Outcome | Promise<Outcome> {
    if (running !== undefined) {
      record.state = 'shared'
      return this.#land(record, running)
    }
    if (hit === undefined || this.#isExpired(hit.stored.result)) return this.#launch(record, provisions)
    return this.#useStored(record, hit)
  }

  /** Denies with 503, and logs one line each time a bound is reached rather than for each request (SEC-99). */
  #denyOverloaded(record: EvaluationRecord, bound: Bound, what: string): Denied {
    if (!this.#reached.has(bound)) this.#report('OVERLOADED', `${what}; further requests get 503`)
    this.#reached.add(bound)
    return this.#deny(record, 'OVERLOADED')
  }

  #denyCall(record: EvaluationRecord): Denied {
    return this.#denyOverloaded(record, 'calls', `${this.#maxInFlight} calls of the authorizer are outstanding`)
  }

  #launch(record: EvaluationRecord, provisions: Provisions): Outcome | Promise<Outcome> {
    const { request, identity, key } = record
    if (this.#inFlight >= this.#maxInFlight) return this.#denyCall(record)
    const ticket = key === undefined ? undefined : this.#cache?.start(key)
    const land = (flight: CallResult | undefined): void => {
      this.#inFlight--
      ticket?.land(flight, request)
    }
    this.#inFlight++
    this.#reached.delete('calls')
    let flight: CallResult | Promise<CallResult>
    try {
      flight = callAuthorizer(this.#plan, request, identity, provisions)
    } catch (fault) {
      land(undefined)
      throw fault
    }
    if (!(flight instanceof Promise)) {
      land(flight)
      return this.#conclude(record, flight)
    }
    const landed = flight.then(
      (landing) => {
        land(landing)
        return landing
      },
      (fault: unknown) => {
        land(undefined)
        throw fault
      },
    )
    ticket?.share(landed)
    return this.#land(record, landed)
  }

  /** Waits for a call that others may share; one caller's abort ends only that caller's wait (SEC-63). */
  #land(record: EvaluationRecord, flight: Promise<CallResult>): Promise<Outcome> {
    const { signal } = record
    const concluded = flight.then((landing) => this.#conclude(record, landing))
    if (signal === undefined) return concluded
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        try {
          resolve(this.#deny(record, 'ABORTED'))
        } catch (fault) {
          // oxlint-disable-next-line prefer-promise-reject-errors -- passed on as it is
          reject(fault)
        }
      }
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
      concluded.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    })
  }

  #conclude(record: EvaluationRecord, { parsed, latencyMs }: CallResult): Outcome {
    if (parsed.accepted) {
      if (!this.#isExpired(parsed.result)) return this.#judge(record, parsed.result, latencyMs)
      record.problem = 'expiresAt has passed already; it is a time in milliseconds since the epoch'
      this.#report('BAD_RESULT', record.problem)
      return this.#deny(record, 'BAD_RESULT')
    }
    record.problem = parsed.problem
    return this.#deny(record, parsed.reason, parsed.response)
  }

  /** Lifetimes run on a clock that never jumps; what a credential says about its end is held against the wall (SEC-59). */
  #isExpired({ expiresAt }: AuthorizerResult): boolean {
    return expiresAt !== undefined && expiresAt <= this.#plan.clock.now()
  }

  #judge(record: EvaluationRecord, result: AuthorizerResult, latencyMs: number): Outcome {
    record.result = result
    const verdict = this.#contract.decide(result, record.request, this.#plan.clock)
    // Nothing but `true` lets a request pass, whoever wrote the contract.
    // oxlint-disable-next-line no-unnecessary-boolean-literal-compare
    if (verdict.allowed === true)
      return { allowed: true, authorizer: new AuthorizedContext(result, latencyMs, this.#contract) }
    if (verdict.hint !== undefined) {
      record.hint = verdict.hint
      this.#noteHint(verdict.hint)
    }
    return this.#deny(record, verdict.reason, verdict.response)
  }

  #deny(record: EvaluationRecord, reason: DenialReason, custom?: GatewayResponse): Denied {
    const type = DENIALS[reason]
    const { request, result } = record
    const given = custom ?? this.#contract.respond({ reason, type, request, result, clock: this.#plan.clock })
    const read = readGatewayResponse(given)
    const response = read && this.#cors ? readGatewayResponse(withCors(read, this.#cors, request)) : read
    if (type === undefined || response === undefined)
      throw new TypeError('the contract returned no reason, or a response that cannot be written')
    return { allowed: false, reason, type, response }
  }

  /** Something here or in a contract has failed: the request is refused, in the contract's words if it has any. */
  #fault(record: EvaluationRecord): Denied {
    this.#report(
      'INTERNAL_ERROR',
      'the library or the contract failed while it evaluated a request; the request was refused',
    )
    record.problem = 'internal fault'
    record.result = undefined
    try {
      return this.#deny(record, 'INTERNAL_ERROR')
    } catch {
      return { allowed: false, reason: 'INTERNAL_ERROR', type: DENIALS.INTERNAL_ERROR, response: FALLBACK_RESPONSE }
    }
  }

  invalidate(selector: InvalidateSelector): void | Promise<void> {
    const chosen: { principalId?: unknown; identity?: unknown } = isRecord(selector) ? selector : {}
    if (typeof chosen.principalId === 'string') return this.#cache?.invalidate({ principalId: chosen.principalId })
    const values = typeof chosen.identity === 'string' ? [chosen.identity] : chosen.identity
    const expected = this.#contract.identitySources.length
    if (!Array.isArray(values) || values.length !== expected || !values.every((each) => typeof each === 'string')) {
      throw optionError(
        'invalidate',
        selector,
        `{ principalId: string } or { identity }, with ${expected} value(s), one for each identity source`,
      )
    }
    return this.#cache?.invalidate({ identity: identityKey(values) })
  }

  invalidateAll(): void | Promise<void> {
    return this.#cache?.invalidate(undefined)
  }

  deny(request: GatewayRequest, reason: DenialReason, authorizer?: AuthorizerContext, problem?: string): Denied {
    const record = startRecord(request)
    const started = this.#start()
    record.result = authorizer && AuthorizedContext.resultOf(authorizer)
    record.problem = problem
    if (problem !== undefined && (reason === 'BAD_MAPPED_VALUE' || reason === 'BAD_RESULT'))
      this.#report(reason, problem)
    let denied: Denied
    try {
      denied = this.#deny(record, reason)
    } catch {
      denied = this.#fault(record)
    }
    return started === undefined ? denied : this.#announce(record, denied, started)
  }

  /** The time at which an evaluation that somebody listens to begins. */
  #start(): number | undefined {
    if (this.#onDecision === undefined && !decisionChannel.hasSubscribers) return undefined
    try {
      return this.#plan.clock.monotonic()
    } catch {
      return Number.NaN
    }
  }

  #announce<T extends Outcome>(record: EvaluationRecord, outcome: T, started: number): T {
    const failed = (): void => this.#report('HOOK_FAILURE', 'onDecision failed; the decision stands')
    const hook = this.#onDecision
    isolated(() => {
      const decision = decisionOf(this.#maker, record, outcome, started)
      if (hook !== undefined) isolated(() => hook(decision), failed)
      if (decisionChannel.hasSubscribers) isolated(() => decisionChannel.publish(decision), failed)
    }, failed)
    return outcome
  }

  /** The same advice applies to every policy that a function writes in the same way. */
  #note(message: string): void {
    if (this.#noted.has(message) || this.#noted.size >= MAX_NOTES) return
    this.#noted.add(message)
    this.#report('NOTE', message)
  }

  /** One line for an authorizer: the cause is its configuration, not the request. */
  #noteHint(hint: string): void {
    if (this.#hinted) return
    this.#hinted = true
    this.#report('NOTE', hint)
  }

  #report(kind: Problem['kind'], message: string): void {
    reportProblem(this.#logger, { authorizer: this.name, kind, message })
  }

  /** Reports a failed call. The channel receives every one, the logger the same line once a minute (SEC-99). */
  #reportCall(kind: Problem['kind'], message: string): void {
    const line = kind === 'AUTHORIZER_ERROR' ? this.#failures.next(message, this.#plan.clock.monotonic()) : message
    reportProblem(line === undefined ? null : this.#logger, { authorizer: this.name, kind, message: line ?? message })
  }
}

// Own members only: a polluted prototype must not grant anything (SEC-108).
const copyCors = (given: DenialCors): DenialCors => {
  const { allowOrigins } = given
  const allowCredentials = Object.hasOwn(given, 'allowCredentials') && given.allowCredentials === true
  return Object.freeze({ allowOrigins: allowOrigins === '*' ? allowOrigins : [...allowOrigins], allowCredentials })
}

/** The same without types, for mounts that are handed any function. */
export const assembleAuthorizer = (options: AuthorizerOptions<AnyFunction, AnyFunction, ContextValues>): Authorizer =>
  new Pipeline(options)

/**
 * Builds an authorizer from a function and a contract. All options are checked here, once.
 *
 * @throws {AuthorizerError} `ERR_OPTION` naming the option, the kind of the value found and what is allowed
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
