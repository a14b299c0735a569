/** The pipeline: the only file that knows the order of the steps. @module */
import { checkOptions, optionError } from './check.ts'
import { systemClock } from './clock.ts'
import { AuthorizedContext, type AuthorizerContext, type AuthorizerResult } from './context.ts'
import type { AnyFunction, Contract, ContextValues } from './contract.ts'
import {
  cacheReport,
  type Decision,
  decisionChannel,
  explain,
  isolated,
  type Problem,
  reportProblem,
  type Trail,
} from './decision.ts'
import { type Flight, fly, type FlightPlan } from './flight.ts'
import type { GatewayResponse } from './gateway-response.ts'
import { identityKey, isText, readIdentity } from './identity-source.ts'
import { consoleLogger, type Logger } from './logger.ts'
import { AUTHORIZER_CHECKS, type AuthorizerOptions, type DenialCors } from './options.ts'
import { DENIALS, type Denied, type DenialReason, type Outcome } from './outcome.ts'
import type { GatewayRequest } from './request.ts'
import { ResultCache } from './result-cache.ts'
import { simple, type SimpleAuthorize } from './simple.ts'
import type { StoreHit } from './store.ts'
import type { ContextOf } from './types.ts'

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
  refuse(request: GatewayRequest, reason: DenialReason, authorizer?: AuthorizerContext, problem?: string): Denied
  /** For types only: the context that handlers receive. */
  readonly contextType?: TContext
}

class Pipeline implements Authorizer {
  readonly name: string
  readonly #contract: Contract
  readonly #plan: FlightPlan
  readonly #cache: ResultCache | undefined
  readonly #cors: DenialCors | undefined
  readonly #onDecision: ((decision: Decision) => unknown) | undefined
  readonly #logger: Logger | null
  readonly #maxInFlight: number
  #inFlight = 0

  constructor(given: AuthorizerOptions<AnyFunction, AnyFunction, ContextValues>) {
    const options = checkOptions('createAuthorizer', given, AUTHORIZER_CHECKS)
    const { authorize, contract = simple(), clock = systemClock } = options
    if (authorize === undefined) throw optionError('createAuthorizer.authorize', authorize, 'a function')
    this.name = options.name ?? (/^[\x21-\x7e]{1,64}$/.test(authorize.name) ? authorize.name : contract.name)
    this.#contract = contract
    this.#logger = options.logger === undefined ? consoleLogger : options.logger
    this.#cors = options.denialCors && Object.freeze({ ...options.denialCors })
    this.#onDecision = options.onDecision
    this.#maxInFlight = options.maxInFlight ?? 1000
    const { onAuthorizerError } = options
    this.#plan = {
      contract,
      authorize,
      timeoutMs: options.timeoutMs ?? contract.timeoutMs,
      clock,
      report: (kind, message) => this.#report(kind, message),
      onError: (error) => {
        if (onAuthorizerError !== undefined)
          isolated(
            () => onAuthorizerError(error),
            () => this.#report('HOOK_FAILURE', 'onAuthorizerError failed'),
          )
      },
    }
    this.#cache =
      contract.resultTtlSeconds > 0
        ? new ResultCache(options, contract, clock, (message) => this.#report('STORE_FAILURE', message))
        : undefined
  }

  evaluate(request: GatewayRequest, options?: { readonly signal?: AbortSignal }): Outcome | Promise<Outcome> {
    const observed = this.#onDecision !== undefined || decisionChannel.hasSubscribers
    const started = observed ? this.#plan.clock.monotonic() : 0
    const trail: Trail = { state: 'unused', stored: undefined, ageMs: undefined, result: undefined, problem: undefined }
    let outcome: Outcome | Promise<Outcome>
    try {
      outcome = this.#steps(request, trail, options?.signal)
    } catch {
      outcome = this.#fault(request, trail)
    }
    if (outcome instanceof Promise) {
      return outcome
        .catch(() => this.#fault(request, trail))
        .then((settled) => {
          if (observed) this.#announce(request, trail, settled, started)
          return settled
        })
    }
    if (observed) this.#announce(request, trail, outcome, started)
    return outcome
  }

  #steps(request: GatewayRequest, trail: Trail, signal: AbortSignal | undefined): Outcome | Promise<Outcome> {
    const contract = this.#contract
    if (request.problem !== undefined) return this.#deny(request, 'MALFORMED_REQUEST', trail)
    const refused = contract.admit?.(request)
    if (refused !== undefined) return this.#deny(request, refused, trail)
    if (request.repeatedCredential) return this.#deny(request, 'IDENTITY_SOURCE_REPEATED', trail)
    const identity = readIdentity(contract.identitySources, request)
    if (typeof identity === 'string') return this.#deny(request, identity, trail)

    const cache = this.#cache
    if (cache === undefined) {
      trail.state = 'off'
      return this.#call(request, identity, undefined, trail, signal)
    }
    const key = cache.keyOf(identityKey(identity), contract.keyParts?.(request))
    if (typeof key !== 'string') {
      return key.then((digest) => this.#look(cache, digest, request, identity, trail, signal))
    }
    return this.#look(cache, key, request, identity, trail, signal)
  }

  #look(
    cache: ResultCache,
    key: string,
    request: GatewayRequest,
    identity: readonly string[],
    trail: Trail,
    signal: AbortSignal | undefined,
  ): Outcome | Promise<Outcome> {
    const found = cache.get(key)
    return found instanceof Promise
      ? found.then((hit) => this.#proceed(hit, key, request, identity, trail, signal))
      : this.#proceed(found, key, request, identity, trail, signal)
  }

  #proceed(
    hit: StoreHit | undefined,
    key: string,
    request: GatewayRequest,
    identity: readonly string[],
    trail: Trail,
    signal: AbortSignal | undefined,
  ): Outcome | Promise<Outcome> {
    if (hit === undefined) return this.#call(request, identity, key, trail, signal)
    trail.state = 'hit'
    trail.stored = hit.stored
    trail.ageMs = hit.ageMs
    return this.#judge(request, hit.stored.result, 0, trail)
  }

  #call(
    request: GatewayRequest,
    identity: readonly string[],
    key: string | undefined,
    trail: Trail,
    signal: AbortSignal | undefined,
  ): Outcome | Promise<Outcome> {
    const running = key === undefined ? undefined : this.#cache?.running(key)
    if (running !== undefined) {
      trail.state = 'shared'
      return this.#land(request, running, trail, signal)
    }
    const refused = isText(identity) ? this.#contract.validateIdentity?.(identity) : 'IDENTITY_SOURCE_INVALID'
    if (refused !== undefined) return this.#deny(request, refused, trail)
    if (this.#inFlight >= this.#maxInFlight) {
      this.#report(
        'OVERLOADED',
        `${this.#maxInFlight} calls of the authorizer are outstanding; further requests get 503`,
      )
      return this.#deny(request, 'OVERLOADED', trail)
    }
    if (key !== undefined) trail.state = 'miss'
    this.#inFlight++
    const ticket = key === undefined ? undefined : this.#cache?.start(key)
    const flight = fly(this.#plan, request, identity)
    if (!(flight instanceof Promise)) {
      this.#inFlight--
      ticket?.land(flight, request)
      return this.#conclude(request, flight, trail)
    }
    const landed = flight.then((landing) => {
      this.#inFlight--
      ticket?.land(landing, request)
      return landing
    })
    ticket?.share(landed)
    return this.#land(request, landed, trail, signal)
  }

  /** Waits for a call that others may share; one caller's abort ends only that caller's wait (SEC-63). */
  #land(
    request: GatewayRequest,
    flight: Promise<Flight>,
    trail: Trail,
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    if (signal === undefined) return flight.then((landing) => this.#conclude(request, landing, trail))
    return new Promise((resolve, reject) => {
      const abort = (): void => resolve(this.#deny(request, 'ABORTED', trail))
      if (signal.aborted) return abort()
      signal.addEventListener('abort', abort, { once: true })
      flight
        .then((landing) => resolve(this.#conclude(request, landing, trail)))
        .catch(reject)
        .finally(() => signal.removeEventListener('abort', abort))
    })
  }

  #conclude(request: GatewayRequest, { parsed, latencyMs }: Flight, trail: Trail): Outcome {
    if (parsed.accepted) return this.#judge(request, parsed.result, latencyMs, trail)
    if (parsed.problem !== undefined) trail.problem = parsed.problem
    return this.#deny(request, parsed.reason, trail, parsed.response)
  }

  #judge(request: GatewayRequest, result: AuthorizerResult, latencyMs: number, trail: Trail): Outcome {
    trail.result = result
    const verdict = this.#contract.decide(result, request, this.#plan.clock)
    if (!verdict.allowed) return this.#deny(request, verdict.reason, trail, verdict.response)
    return { allowed: true, authorizer: new AuthorizedContext(result, latencyMs, this.#contract) }
  }

  #deny(request: GatewayRequest, reason: DenialReason, trail: Trail, custom?: GatewayResponse): Denied {
    const type = DENIALS[reason]
    const { clock } = this.#plan
    const response = custom ?? this.#contract.respond({ reason, type, request, result: trail.result, clock })
    return {
      allowed: false,
      reason,
      type,
      response: this.#cors === undefined ? response : withCors(response, this.#cors, request),
    }
  }

  #fault(request: GatewayRequest, trail: Trail): Denied {
    this.#report('INTERNAL_ERROR', 'the library failed while it evaluated a request; the request was refused')
    trail.problem = 'internal fault'
    try {
      return this.#deny(request, 'INTERNAL_ERROR', { state: trail.state })
    } catch {
      const response = {
        status: 500,
        headers: [['Content-Type', 'application/json']] as const,
        body: '{"message":"Internal Server Error"}',
      }
      return { allowed: false, reason: 'INTERNAL_ERROR', type: DENIALS.INTERNAL_ERROR, response }
    }
  }

  invalidate(selector: InvalidateSelector): void | Promise<void> {
    const chosen: { principalId?: unknown; identity?: unknown } = selector
    if (typeof chosen.principalId === 'string') return this.#cache?.invalidate(undefined, chosen.principalId)
    const values = typeof chosen.identity === 'string' ? [chosen.identity] : chosen.identity
    const expected = this.#contract.identitySources.length
    if (!Array.isArray(values) || values.length !== expected || !values.every((each) => typeof each === 'string')) {
      throw optionError(
        'invalidate',
        selector,
        `{ principalId: string } or { identity }, with ${expected} value(s), one for each identity source`,
      )
    }
    return this.#cache?.invalidate(identityKey(values), undefined)
  }

  invalidateAll(): void | Promise<void> {
    return this.#cache?.invalidate(undefined, undefined)
  }

  refuse(request: GatewayRequest, reason: DenialReason, authorizer?: AuthorizerContext, problem?: string): Denied {
    const started = this.#plan.clock.monotonic()
    const result = authorizer && AuthorizedContext.resultOf(authorizer)
    const trail: Trail = { state: 'unused', ...(result && { result }), ...(problem !== undefined && { problem }) }
    if (problem !== undefined && reason === 'BAD_CONTEXT_HEADER') this.#report(reason, problem)
    const denied = this.#deny(request, reason, trail)
    if (this.#onDecision !== undefined || decisionChannel.hasSubscribers)
      this.#announce(request, trail, denied, started)
    return denied
  }

  #announce(request: GatewayRequest, trail: Trail, outcome: Outcome, started: number): void {
    const { clock } = this.#plan
    const contract = this.#contract
    const reason = outcome.allowed ? 'ALLOWED' : outcome.reason
    const decision: Decision = {
      authorizer: this.name,
      contract: contract.name,
      method: loggable(request.method),
      path: loggable(request.path),
      verdict: outcome.allowed ? 'allow' : 'deny',
      reason,
      ...(!outcome.allowed && { status: outcome.response.status, responseType: outcome.type }),
      ...(trail.result && { principalId: trail.result.principalId }),
      cache: cacheReport(trail),
      durationMs: clock.monotonic() - started,
      explain: () => explain(contract, clock, request, reason, trail),
    }
    const failed = (): void => this.#report('HOOK_FAILURE', 'onDecision failed; the decision stands')
    const hook = this.#onDecision
    if (hook !== undefined) isolated(() => hook(decision), failed)
    if (decisionChannel.hasSubscribers) isolated(() => decisionChannel.publish(decision), failed)
  }

  #report(kind: Problem['kind'], message: string): void {
    reportProblem(this.#logger, { authorizer: this.name, kind, message })
  }
}

/** Text from the wire as a log line may hold it: printable ASCII on one line, bounded (SEC-101). */
const loggable = (text: string): string =>
  text.slice(0, 2048).replace(/[^\x21-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

const withCors = (
  response: GatewayResponse,
  { allowOrigins, allowCredentials }: DenialCors,
  request: GatewayRequest,
): GatewayResponse => {
  const origin = request.header('origin')
  const headers = response.headers.filter(([name]) => !/^access-control-allow-(?:origin|credentials)$/i.test(name))
  if (allowOrigins === '*') return { ...response, headers: [...headers, ['Access-Control-Allow-Origin', '*']] }
  if (origin === undefined || !allowOrigins.includes(origin))
    return { ...response, headers: [...headers, ['Vary', 'Origin']] }
  const granted: [string, string][] = [
    ['Access-Control-Allow-Origin', origin],
    ['Vary', 'Origin'],
  ]
  if (allowCredentials === true) granted.push(['Access-Control-Allow-Credentials', 'true'])
  return { ...response, headers: [...headers, ...granted] }
}

/** The same without types, for mounts that are handed any function. */
export const assembleAuthorizer = (options: AuthorizerOptions<AnyFunction, AnyFunction, ContextValues>): Authorizer =>
  new Pipeline(options)

/**
 * Builds an authorizer from a function and a contract. All options are checked here, once.
 *
 * @throws {AuthorizerError} `ERR_OPTION` naming the option, the value found and what is allowed
 * @example
 * const authorizer = createAuthorizer({ authorize: handler, contract: aws.token() })
 */
export const createAuthorizer = <
  TAuthorize extends TContract,
  TContract extends AnyFunction = SimpleAuthorize,
  TValues extends ContextValues = 'typed',
>(
  options: AuthorizerOptions<TAuthorize, TContract, TValues>,
): Authorizer<ContextOf<TAuthorize, TValues>> =>
  assembleAuthorizer(options) as Authorizer<ContextOf<TAuthorize, TValues>>
