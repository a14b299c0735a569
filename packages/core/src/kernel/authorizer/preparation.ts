/** What has to be available before the function is called: what the contract prepares, and the request's body. @module */
import type { Contract, Prepared } from '../contract/contract.ts'
import type { DenialReason } from '../contract/outcome.ts'
import type { Reporter } from '../decision/reporter.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import type { BodyProblem } from '../request/request-init.ts'
import type { Clock } from '../util/clock.ts'
import type { BodyLimits, BodyReading } from './body-limits.ts'
import type { CallInputs } from './call.ts'
import type { Capacity } from './capacity.ts'
import { type OnAbort, Pools, SharedWait, type Waited, waitFor } from './waiting.ts'

/** How a preparation ended. */
export type Preparedness =
  | {
      readonly status: 'ready'
      readonly inputs: CallInputs
      /** Frees the buffered body; to be called when the request is decided. */
      readonly release?: () => void
    }
  | { readonly status: 'denied'; readonly reason: DenialReason }
  /** The contract's preparation failed or took too long: counts as a failed call. */
  | {
      readonly status: 'ended'
      readonly settled: Extract<Waited<never>, { readonly status: 'failed' | 'timedOut' }>
      readonly spentMs: number
    }

/** The request that waits. */
export interface WaitingRequest {
  readonly request: GatewayRequest
  readonly identity: readonly string[]
  /** Cache key: requests with the same key share one wait. */
  readonly key: string | undefined
  /** Signal passed to `evaluate`. */
  readonly signal: AbortSignal | undefined
}

/** What all preparations of an authorizer share. */
export interface PreparationSettings {
  readonly contract: Contract
  readonly clock: Clock
  /** Deadline of the contract's preparation in milliseconds. */
  readonly timeoutMs: number
  /** Time for a body to arrive, in milliseconds. */
  readonly bodyTimeoutMs: number
  /** Maximum number of requests in each pool. */
  readonly pendingPreparations: number
  readonly bodies: BodyLimits
  readonly capacity: Capacity
  readonly reporter: Reporter
}

/** The denial for each reason why there is no body. */
const BODY_DENIALS: Readonly<Record<Exclude<BodyProblem, 'REFUSED'>, DenialReason>> = {
  TOO_LARGE: 'BODY_TOO_LARGE',
  TIMED_OUT: 'BODY_TIMEOUT',
  GONE: 'BODY_UNAVAILABLE',
  BROKEN: 'BODY_UNAVAILABLE',
}

const hasValue = (prepared: Prepared): prepared is Extract<Prepared, { readonly value: unknown }> =>
  Object.hasOwn(prepared, 'value')

const fromSignal =
  (signal: AbortSignal): OnAbort =>
  (listener) => {
    if (signal.aborted) listener()
    else signal.addEventListener('abort', listener, { once: true })
    return () => signal.removeEventListener('abort', listener)
  }

/** The preparations of one authorizer. */
export class Preparations {
  /** Whether a call needs anything before it can run. */
  readonly isNeeded: boolean
  readonly #settings: PreparationSettings
  readonly #pools: Pools
  /** Waits of requests that have a cache key, by that key. */
  readonly #waits = new Map<string, SharedWait>()

  constructor(settings: PreparationSettings) {
    this.#settings = settings
    const { contract } = settings
    this.isNeeded = contract.prepare !== undefined || contract.maxBodyBytes !== undefined
    this.#pools = new Pools(settings.pendingPreparations)
  }

  /** Prepares a call. A request that waits does not count against `maxInFlight` (SEC-64). */
  prepare(waiting: WaitingRequest): Preparedness | Promise<Preparedness> {
    const { contract, clock, reporter, capacity, timeoutMs } = this.#settings
    const { key } = waiting
    const shared = key === undefined ? undefined : this.#waits.get(key)
    if (shared !== undefined) return this.#join(waiting, shared)
    const warn = (message: string): void => reporter.reportCall('NOTE', message)
    const prepared = contract.prepare?.(waiting.identity, { clock, warn })
    if (prepared === undefined) return this.#withBody(waiting, {})
    // Own members only: a polluted prototype must not change what is read here (SEC-108).
    if (hasValue(prepared)) return this.#withBody(waiting, { prepared: prepared.value })
    const { pool } = prepared
    if (!this.#pools.enter(pool)) {
      capacity.reached('preparations', `too many requests wait for: ${pool}`)
      return { status: 'denied', reason: 'OVERLOADED' }
    }
    capacity.within('preparations')
    const wait = new SharedWait(clock, timeoutMs, (signal) => prepared.wait(signal))
    if (key !== undefined) this.#waits.set(key, wait)
    const end = (): void => {
      this.#pools.leave(pool)
      if (key !== undefined && this.#waits.get(key) === wait) this.#waits.delete(key)
    }
    void wait.settled.then(end)
    return this.#join(waiting, wait)
  }

  /** Waits with all requests that have the same key. They take one place in the pool, and each of them can be aborted alone. */
  async #join(waiting: WaitingRequest, wait: SharedWait): Promise<Preparedness> {
    const { waited, spentMs } = await wait.join(this.#departures(waiting))
    if (waited.status === 'ready') return this.#withBody(waiting, { prepared: waited.value, spentMs })
    return waited.status === 'gone'
      ? { status: 'denied', reason: 'ABORTED' }
      : { status: 'ended', settled: waited, spentMs }
  }

  #withBody({ request, signal }: WaitingRequest, inputs: CallInputs): Preparedness | Promise<Preparedness> {
    const { contract, clock, bodies, bodyTimeoutMs } = this.#settings
    const { maxBodyBytes } = contract
    if (maxBodyBytes === undefined) return { status: 'ready', inputs }
    let reading: BodyReading | undefined
    const release = (): void => reading?.close()
    return waitFor({
      clock,
      timeoutMs: bodyTimeoutMs,
      // Body readers notice by themselves when the client disconnects.
      onAbort: signal === undefined ? [] : [fromSignal(signal)],
      start: (aborted) => {
        reading = bodies.open(aborted)
        return request.readBody(maxBodyBytes, reading.terms)
      },
    }).then((waited) => {
      reading?.arrived()
      const received = this.#received(waited, signal)
      if (received instanceof Uint8Array) return { status: 'ready', inputs: { ...inputs, body: received }, release }
      release()
      return { status: 'denied', reason: received }
    })
  }

  /** The body, or why the request is denied. */
  #received(waited: Waited<Uint8Array | BodyProblem>, signal: AbortSignal | undefined): Uint8Array | DenialReason {
    if (waited.status === 'failed') throw waited.error
    if (waited.status === 'gone') return 'ABORTED'
    const { capacity } = this.#settings
    const body = waited.status === 'timedOut' ? 'TIMED_OUT' : waited.value
    if (typeof body !== 'string') {
      capacity.within('bodies')
      return body
    }
    if (body === 'BROKEN' && signal?.aborted === true) return 'ABORTED'
    if (body !== 'REFUSED') return BODY_DENIALS[body]
    capacity.reached('bodies', 'limits.pendingBodies or limits.pendingBodyBytes is reached')
    return 'OVERLOADED'
  }

  /** How to learn that the client has disconnected: from the request, and from the signal passed to `evaluate`. */
  #departures({ request, signal }: WaitingRequest): readonly OnAbort[] {
    const fromRequest: OnAbort = (listener) => request.onAbort(listener)
    return signal === undefined ? [fromRequest] : [fromRequest, fromSignal(signal)]
  }
}
