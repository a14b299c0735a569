/** Decides when the log of invalidations is polled in the background (FLEET-72). @module */
import type { Clock } from '../../index.ts'

/** How long the log is polled after a record of this process: a failover that loses it ends within this time. In milliseconds. */
const WATCH_MS = 120_000

/** Polls while results are asked for, and for two minutes after a record of this process. */
export class PollTimer {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #poll: () => Promise<boolean>
  #cancel: (() => void) | undefined = undefined
  /** Whether results were asked for since the timer was started. */
  #isUsed = false
  /** Monotonic time in milliseconds. */
  #watchUntil = Number.NEGATIVE_INFINITY
  #isStopped = false

  /** @param poll returns whether the log could be read */
  constructor(clock: Clock, intervalMs: number, poll: () => Promise<boolean>) {
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#poll = poll
  }

  /** Notes that results are asked for. */
  use(): void {
    this.#isUsed = true
    if (this.#cancel === undefined) this.#start()
  }

  /** Continues to poll, because this process may know a record that the server loses. */
  watch(): void {
    this.#watchUntil = this.#clock.monotonic() + WATCH_MS
    if (this.#cancel === undefined) this.#start()
  }

  #start(): void {
    if (this.#isStopped) return
    this.#cancel = this.#clock.setTimeout(() => void this.#tick(), this.#intervalMs)
  }

  async #tick(): Promise<void> {
    this.#cancel = undefined
    const isWatching = this.#clock.monotonic() < this.#watchUntil
    if (!this.#isUsed && !isWatching) return
    this.#isUsed = false
    this.#start()
    const isRead = await this.#poll()
    // The time during which the server cannot be reached does not count.
    if (!isRead && isWatching) this.#watchUntil = this.#clock.monotonic() + WATCH_MS
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
    this.#cancel = undefined
  }
}
