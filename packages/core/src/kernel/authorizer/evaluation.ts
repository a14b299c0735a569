/** One evaluation: the steps of a request through an authorizer, in order. @module */
import type { ResultCache } from '../cache/result-cache.ts'
import type { StoreHit } from '../cache/store.ts'
import type { CallResult } from '../contract/call-result.ts'
import { AuthorizedContext, type AuthorizerResult } from '../contract/context.ts'
import type { Contract } from '../contract/contract.ts'
import { type DenialDetails, DENIALS } from '../contract/denials.ts'
import { FALLBACK_RESPONSE, type GatewayResponse } from '../contract/gateway-response.ts'
import type { CacheState, Denied, DenialReason, Outcome } from '../contract/outcome.ts'
import { cacheHint } from '../decision/explanation.ts'
import type { EvaluationRecord } from '../decision/record.ts'
import type { Reporter } from '../decision/reporter.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { identityKey, isText } from '../request/identity-source.ts'
import type { EvaluateOptions } from './evaluate-options.ts'
import { callAuthorizer, type CallInputs, type CallSettings, toCallResult } from './call.ts'
import type { Capacity } from './capacity.ts'
import { denialOf } from './denial.ts'
import { identify, type Unidentified } from './identification.ts'
import type { DenialCors } from './options.ts'
import type { Preparations, Preparedness } from './preparation.ts'
import { abortable } from './waiting.ts'

/** What all evaluations of an authorizer share. */
export interface Pipeline {
  readonly contract: Contract
  readonly call: CallSettings
  /** `undefined` if the contract caches nothing. */
  readonly cache: ResultCache | undefined
  readonly capacity: Capacity
  readonly preparations: Preparations
  readonly reporter: Reporter
  readonly cors: DenialCors | undefined
}

type Evaluated = Outcome | Promise<Outcome>

const NO_IDENTITY: readonly string[] = Object.freeze([])
const NO_INPUTS: CallInputs = Object.freeze({})

/** The evaluation of one request. */
export class Evaluation implements EvaluationRecord {
  readonly request: GatewayRequest
  identity: readonly string[] = NO_IDENTITY
  state: CacheState = 'unused'
  hit: StoreHit | undefined = undefined
  result: AuthorizerResult | undefined = undefined
  problem: string | undefined = undefined
  hint: string | undefined = undefined
  readonly #pipeline: Pipeline
  readonly #options: EvaluateOptions | undefined
  /** Cache key; `undefined` if nothing is cached. */
  #key: string | undefined = undefined

  constructor(pipeline: Pipeline, request: GatewayRequest, options: EvaluateOptions | undefined) {
    this.#pipeline = pipeline
    this.request = request
    this.#options = options
  }

  /** Decides on the request. Synchronous if nothing has to be waited for. May throw or reject if the contract fails. */
  run(): Evaluated {
    const { request } = this
    const { contract, cache, call } = this.#pipeline
    if (request.problem !== undefined) return this.deny('MALFORMED_REQUEST')
    const identified = identify(contract, request, call.clock)
    if ('reason' in identified) return this.#denyUnidentified(identified)
    this.identity = identified
    if (cache === undefined) {
      this.state = 'off'
      return this.#call()
    }
    const key = cache.keyOf(identityKey(identified), contract.extraKeyParts?.(request))
    return typeof key === 'string' ? this.#lookUp(cache, key) : key.then((digest) => this.#lookUp(cache, digest))
  }

  #denyUnidentified({ reason, problem }: Unidentified): Denied {
    this.problem = problem
    if (problem !== undefined && reason === 'IDENTITY_SOURCE_INVALID') this.#pipeline.reporter.note(problem)
    return this.deny(reason)
  }

  #lookUp(cache: ResultCache, key: string): Evaluated {
    this.#key = key
    const running = cache.runningDuringLookup(key)
    if (running !== undefined) return this.#share(running)
    const found = cache.get(key)
    return found instanceof Promise
      ? found.then((hit) => this.#useStored(hit ?? cache.peek(key)))
      : this.#useStored(found)
  }

  #useStored(hit: StoreHit | undefined): Evaluated {
    return hit === undefined || this.#isExpired(hit.stored.result) ? this.#call() : this.#decideOnHit(hit)
  }

  #decideOnHit(hit: StoreHit): Outcome {
    this.state = 'hit'
    this.hit = hit
    return this.#decide(hit.stored.result, 0)
  }

  #call(): Evaluated {
    const { contract, cache, capacity, preparations } = this.#pipeline
    const running = this.#key === undefined ? undefined : cache?.running(this.#key)
    if (running !== undefined) return this.#share(running)
    const rejected = isText(this.identity) ? contract.validateIdentity?.(this.identity) : 'IDENTITY_SOURCE_INVALID'
    if (rejected !== undefined) return this.deny(rejected)
    if (this.state !== 'off') this.state = 'miss'
    if (!preparations.isNeeded) return this.#start(NO_INPUTS)
    // Without room for the call the request is denied in any case, so nothing is prepared or buffered for it.
    if (!capacity.hasRoomForCall) return this.#denyCall()
    const waiting = { request: this.request, identity: this.identity, key: this.#key, signal: this.#options?.signal }
    const prepared = preparations.prepare(waiting)
    return prepared instanceof Promise ? prepared.then((ready) => this.#proceed(ready)) : this.#proceed(prepared)
  }

  #proceed(prepared: Preparedness): Evaluated {
    if (prepared.status === 'denied') return this.deny(prepared.reason)
    if (prepared.status === 'ended')
      return this.#finish(toCallResult(this.#pipeline.call, prepared.settled, prepared.spentMs))
    const { inputs, release } = prepared
    if (release === undefined) return this.#joinOrStart(inputs)
    return new Promise<Outcome>((resolve) => resolve(this.#joinOrStart(inputs))).finally(release)
  }

  /** While this request waited, another one of the same caller may have started or completed a call. */
  #joinOrStart(inputs: CallInputs): Evaluated {
    const { cache } = this.#pipeline
    const key = this.#key
    if (key === undefined || cache === undefined) return this.#start(inputs)
    const found = cache.running(key) === undefined ? cache.get(key) : undefined
    const resume = (hit: StoreHit | undefined): Evaluated => {
      const running = cache.running(key)
      if (running !== undefined) return this.#share(running)
      return hit === undefined || this.#isExpired(hit.stored.result) ? this.#start(inputs) : this.#decideOnHit(hit)
    }
    return found instanceof Promise ? found.then(resume) : resume(found)
  }

  #start(inputs: CallInputs): Evaluated {
    const { call, cache, capacity } = this.#pipeline
    if (!capacity.hasRoomForCall) return this.#denyCall()
    const shared = this.#key === undefined ? undefined : cache?.start(this.#key)
    const end = (result: CallResult | undefined): void => {
      capacity.leaveCall()
      shared?.complete(result, this.request)
    }
    capacity.enterCall()
    let result: CallResult | Promise<CallResult>
    try {
      result = callAuthorizer(call, this.request, this.identity, inputs, this.#options?.apiKey)
    } catch (error) {
      end(undefined)
      throw error
    }
    if (!(result instanceof Promise)) {
      end(result)
      return this.#finish(result)
    }
    const settled = result.then(
      (completed) => {
        end(completed)
        return completed
      },
      (error: unknown) => {
        end(undefined)
        throw error
      },
    )
    shared?.share(settled)
    return this.#wait(settled)
  }

  #share(running: Promise<CallResult>): Promise<Outcome> {
    this.state = 'shared'
    return this.#wait(running, (completed) => {
      if (completed.parsed.uncached !== true) return this.#finish(completed)
      // The result belongs to the other request: a cookie, for example (SEC-127).
      this.#key = undefined
      return this.#call()
    })
  }

  /** Waits for a call that other requests may share; an abort ends the wait of this request only (SEC-63). */
  #wait(result: Promise<CallResult>, end = (ended: CallResult): Evaluated => this.#finish(ended)): Promise<Outcome> {
    const finished = result.then(end)
    const signal = this.#options?.signal
    return signal === undefined ? finished : abortable(finished, signal, () => this.deny('ABORTED'))
  }

  #finish({ parsed, latencyMs }: CallResult): Outcome {
    if (!parsed.accepted) {
      this.problem = parsed.problem
      return this.deny(parsed.reason, parsed.response)
    }
    if (!this.#isExpired(parsed.result)) return this.#decide(parsed.result, latencyMs)
    this.problem = 'expiresAt has passed already; it is a time in milliseconds since the epoch'
    this.#pipeline.reporter.report('BAD_RESULT', this.problem)
    return this.deny('BAD_RESULT')
  }

  /** `expiresAt` is compared with wall-clock time; cache TTLs use the monotonic clock (SEC-59). */
  #isExpired({ expiresAt }: AuthorizerResult): boolean {
    return expiresAt !== undefined && expiresAt <= this.#pipeline.call.clock.now()
  }

  #decide(result: AuthorizerResult, latencyMs: number): Outcome {
    const { contract, call, reporter } = this.#pipeline
    this.result = result
    const verdict = contract.decide(result, this.request, call.clock)
    // Only `true` lets a request pass, also if the contract is not written in TypeScript.
    // oxlint-disable-next-line no-unnecessary-boolean-literal-compare
    if (verdict.allowed === true)
      return { allowed: true, authorizer: new AuthorizedContext(result, latencyMs, contract) }
    const { hint, reason, response } = verdict
    this.hint = hint
    reporter.noteHint(hint === undefined ? 'cache' : 'contract', () => hint ?? cacheHint(this, reason))
    return this.deny(reason, response)
  }

  #denyCall(): Denied {
    this.#pipeline.capacity.reachedByCalls()
    return this.deny('OVERLOADED')
  }

  /** Denies with the contract's response. Throws if the contract fails. */
  deny(reason: DenialReason, custom?: GatewayResponse, details?: DenialDetails): Denied {
    const { contract, call, cors } = this.#pipeline
    const { request, result } = this
    return denialOf(contract, { reason, request, result, clock: call.clock, ...details }, { custom, cors })
  }

  /** Denies because the library or the contract failed: with the contract's response, or a fallback without it. */
  failClosed(): Denied {
    const { reporter } = this.#pipeline
    reporter.report('INTERNAL_ERROR', 'the library or the contract failed during an evaluation; the request was denied')
    this.problem = 'internal error'
    this.result = undefined
    try {
      return this.deny('INTERNAL_ERROR')
    } catch {
      const { type } = DENIALS.INTERNAL_ERROR
      return { allowed: false, reason: 'INTERNAL_ERROR', type, response: FALLBACK_RESPONSE }
    }
  }
}
