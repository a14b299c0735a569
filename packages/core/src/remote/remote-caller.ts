/** Calls of one function elsewhere: each under a deadline, not too many, and none that is in vain. @module */
import { AuthorizerError, type Clock } from '../index.ts'
import { systemClock } from '../contract.ts'
import { Circuit, type Report } from './breaker.ts'
import type { RemoteContext, RemoteOptions } from './options.ts'
import { Fault, type Outcome, UNAUTHORIZED, unreachable } from './remote-result.ts'
import { Places } from './semaphore.ts'

/** Makes one call. The signal is aborted when nobody waits for it any longer. */
export type Call = (signal: AbortSignal) => Promise<Outcome>

/** What one call has to keep to. */
interface Terms {
  readonly leftMs: number
  /** The same before the wait for a place. */
  readonly limitMs: number
  readonly outer: AbortSignal | undefined
  readonly report: Report
}

const NO_TIME = new Fault('ERR_REMOTE_UNREACHABLE', 'there was no time left for a call')
const FULL = new Fault('ERR_REMOTE_OVERLOADED', 'maxConcurrency calls are outstanding')
const OPEN = 'the circuit is open, after too many calls that failed'

/** What the caller has left, in the words of either cloud. */
const remainingMs = (context: RemoteContext | undefined): number => {
  const left: unknown = context?.getRemainingTimeInMillis?.() ?? context?.getRemainingTimeInMilliSeconds?.()
  return typeof left === 'number' && !Number.isNaN(left) ? left : Number.POSITIVE_INFINITY
}

const isTimeout = (reason: unknown): boolean => reason instanceof DOMException && reason.name === 'TimeoutError'

export class Calls {
  readonly #where: string
  readonly #timeoutMs: number
  readonly #queueTimeoutMs: number
  readonly #clock: Clock
  readonly #places: Places
  readonly #circuit: Circuit
  /** Whether the latest failure that the circuit counted is one that no request can have brought about. */
  #unreachable = false

  constructor(where: string, options: Readonly<Partial<RemoteOptions>>) {
    const { timeoutMs = 3000, maxConcurrency = 256, queueTimeoutMs = 100, breaker, clock = systemClock } = options
    this.#where = where
    this.#timeoutMs = timeoutMs
    this.#queueTimeoutMs = queueTimeoutMs
    this.#clock = clock
    this.#places = new Places(maxConcurrency, clock)
    this.#circuit = new Circuit({ failureShare: 0.5, minimumCalls: 20, openMs: 1000, ...breaker }, clock)
  }

  /**
   * Resolves with the function's answer, at the deadline at the latest.
   *
   * @throws {AuthorizerError} `ERR_REMOTE_…`
   * @throws {Error} with the message `Unauthorized`, when that is what the function has said
   */
  async run(context: RemoteContext | undefined, call: Call): Promise<unknown> {
    const outcome = await this.#attempt(context, call)
    if (outcome instanceof Fault)
      throw new AuthorizerError(outcome.code, `${this.#where}: ${outcome.problem}`, { isOutage: outcome.isUnreachable })
    if (outcome !== UNAUTHORIZED) return outcome.answer
    // To FunctionGraph, which knows no such answer, a throw is a failure, and relaxed mode would forgive it (HW-RSP-14).
    if (context?.getRemainingTimeInMilliSeconds !== undefined)
      throw new AuthorizerError(
        'ERR_REMOTE_RESPONSE',
        `${this.#where}: Unauthorized is no answer of a FunctionGraph function`,
      )
    // The very text that API Gateway asks for (AWS-REST-07).
    throw new Error('Unauthorized')
  }

  async #attempt(context: RemoteContext | undefined, call: Call): Promise<Outcome> {
    const limitMs = Math.min(this.#timeoutMs, remainingMs(context))
    const endsAt = this.#clock.monotonic() + limitMs
    // Whether it waited for a place or not, a call that is in vain is not made.
    if (this.#circuit.isOpen) return this.#open()
    const place = this.#places.take(Math.min(this.#queueTimeoutMs, limitMs))
    if (!(typeof place === 'boolean' ? place : await place)) return FULL
    const leftMs = endsAt - this.#clock.monotonic()
    const report = leftMs > 0 && context?.signal?.aborted !== true ? this.#circuit.enter() : NO_TIME
    if (report === undefined || report instanceof Fault) {
      this.#places.release()
      return report ?? this.#open()
    }
    return this.#underDeadline(call, { leftMs, limitMs, outer: context?.signal, report })
  }

  /** The circuit is open; as much of an outage as what opened it. */
  #open(): Fault {
    return new Fault('ERR_REMOTE_OVERLOADED', OPEN, true, this.#unreachable)
  }

  #underDeadline(call: Call, { leftMs, limitMs, outer, report }: Terms): Promise<Outcome> {
    const controller = new AbortController()
    return new Promise((resolve) => {
      let isOpen = true
      const finish = (outcome: Outcome): void => {
        if (!isOpen) return
        isOpen = false
        cancel()
        outer?.removeEventListener('abort', abandon)
        const isOutage = outcome instanceof Fault && outcome.isOutage
        report(isOutage)
        if (isOutage) this.#unreachable = outcome.isUnreachable
        resolve(outcome)
        // Whatever is still on its way is not wanted.
        if (outcome instanceof Fault) controller.abort()
      }
      const abandon = (): void =>
        finish(new Fault('ERR_REMOTE_UNREACHABLE', 'the call was given up by its caller', isTimeout(outer?.reason)))
      const cancel = this.#clock.setTimeout(
        () => finish(new Fault('ERR_REMOTE_UNREACHABLE', `gave no answer within ${Math.ceil(limitMs)} ms`, true)),
        leftMs,
      )
      outer?.addEventListener('abort', abandon, { once: true })
      void this.#carryOut(call, controller.signal, finish)
    })
  }

  async #carryOut(call: Call, signal: AbortSignal, finish: (outcome: Outcome) => void): Promise<void> {
    try {
      finish(await call(signal))
    } catch (error) {
      finish(unreachable('the call failed', error))
    } finally {
      // The call has really ended, whether somebody waited for that or not; and whoever comes next knows how.
      this.#places.release()
    }
  }
}
