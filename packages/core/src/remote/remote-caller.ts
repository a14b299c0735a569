/** Calls a remote function with a deadline, a concurrency limit and a circuit breaker. @module */
import type { Clock } from '../index.ts'
import { CircuitBreaker, type ReportOutcome, systemClock } from '../contract.ts'
import type { RemoteContext, RemoteOptions } from './options.ts'
import { connectionFailure, RemoteFailure, type RemoteResult } from './remote-result.ts'
import { Semaphore } from './semaphore.ts'

/** Sends an event as JSON text and reads the response. The signal is aborted when the result is no longer needed. */
export type Invoke = (payload: string, signal: AbortSignal) => Promise<RemoteResult>

interface Terms {
  readonly leftMs: number
  /** The same before the call waited for a slot. */
  readonly limitMs: number
  readonly outer: AbortSignal | undefined
  readonly report: ReportOutcome
}

const NO_TIME = new RemoteFailure('ERR_REMOTE_UNREACHABLE', 'no time was left for the call')
const FULL = new RemoteFailure('ERR_REMOTE_OVERLOADED', 'maxConcurrency calls are already running')
const OPEN = 'the circuit breaker is open because too many calls failed'

/** The time that the contract leaves for the call; AWS and Huawei contexts name it differently. */
const remainingMs = (context: RemoteContext | undefined): number => {
  const left: unknown = context?.getRemainingTimeInMillis?.() ?? context?.getRemainingTimeInMilliSeconds?.()
  return typeof left === 'number' && !Number.isNaN(left) ? left : Number.POSITIVE_INFINITY
}

const isTimeout = (reason: unknown): boolean => reason instanceof DOMException && reason.name === 'TimeoutError'

export class RemoteCaller {
  readonly #invoke: Invoke
  readonly #timeoutMs: number
  readonly #queueTimeoutMs: number
  readonly #clock: Clock
  readonly #slots: Semaphore
  readonly #breaker: CircuitBreaker
  /** Whether no request can have caused the latest failure that the circuit breaker counted. */
  #unreachable = false

  constructor(options: Readonly<Partial<RemoteOptions>>, invoke: Invoke) {
    const { timeoutMs = 3000, maxConcurrency = 256, queueTimeoutMs = 100, breaker, clock = systemClock } = options
    this.#invoke = invoke
    this.#timeoutMs = timeoutMs
    this.#queueTimeoutMs = queueTimeoutMs
    this.#clock = clock
    this.#slots = new Semaphore(maxConcurrency, clock)
    this.#breaker = new CircuitBreaker({ failureShare: 0.5, minimumCalls: 20, openMs: 1000, ...breaker }, clock)
  }

  /** Calls the function once. Resolves at the deadline at the latest. */
  async call(payload: string, context: RemoteContext | undefined): Promise<RemoteResult> {
    const limitMs = Math.min(this.#timeoutMs, remainingMs(context))
    const endsAt = this.#clock.monotonic() + limitMs
    if (this.#breaker.isOpen) return this.#open()
    const slot = this.#slots.acquire(Math.min(this.#queueTimeoutMs, limitMs))
    if (!(typeof slot === 'boolean' ? slot : await slot)) return FULL
    const leftMs = endsAt - this.#clock.monotonic()
    // The circuit may have opened while the call waited for a slot.
    const report = leftMs > 0 && context?.signal?.aborted !== true ? this.#breaker.enter() : NO_TIME
    if (report === undefined || report instanceof RemoteFailure) {
      this.#slots.release()
      return report ?? this.#open()
    }
    return this.#withDeadline(payload, { leftMs, limitMs, outer: context?.signal, report })
  }

  /** The failure while the circuit is open; an outage for `failureMode` if the failure that opened it was one. */
  #open(): RemoteFailure {
    return new RemoteFailure('ERR_REMOTE_OVERLOADED', OPEN, true, this.#unreachable)
  }

  #withDeadline(payload: string, { leftMs, limitMs, outer, report }: Terms): Promise<RemoteResult> {
    const controller = new AbortController()
    return new Promise((resolve) => {
      let isPending = true
      const finish = (result: RemoteResult): void => {
        if (!isPending) return
        isPending = false
        cancel()
        outer?.removeEventListener('abort', abandon)
        const isOutage = result instanceof RemoteFailure && result.isOutage
        report(isOutage)
        if (isOutage) this.#unreachable = result.isUnreachable
        resolve(result)
        // Stops a request or response that is still being transferred.
        if (result instanceof RemoteFailure) controller.abort()
      }
      const abandon = (): void =>
        finish(new RemoteFailure('ERR_REMOTE_UNREACHABLE', 'the call was cancelled', isTimeout(outer?.reason)))
      const cancel = this.#clock.setTimeout(
        () =>
          finish(new RemoteFailure('ERR_REMOTE_UNREACHABLE', `did not respond within ${Math.ceil(limitMs)} ms`, true)),
        leftMs,
      )
      outer?.addEventListener('abort', abandon, { once: true })
      const run = async (): Promise<void> => {
        try {
          finish(await this.#invoke(payload, controller.signal))
        } catch (error) {
          finish(connectionFailure('the call failed', error))
        } finally {
          // After a timeout the call keeps its slot until it really ends. The result is reported before the slot is free, so
          // that the next call sees an open circuit.
          this.#slots.release()
        }
      }
      void run()
    })
  }
}
