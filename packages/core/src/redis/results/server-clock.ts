/** The time of the server, as the replies to polls bound it (FLEET-65). @module */

import type { Clock } from '../../index.ts'

/** How far two clocks may drift apart in a millisecond. */
const DRIFT = 0.001
/** A difference that neither drift nor the duration of polls explains is a step, if it is larger than this in milliseconds. */
const TOLERANCE_MS = 1000

/** Bounds of the time of the server minus a clock of this process, in milliseconds. */
interface Offset {
  readonly low: number
  readonly high: number
}

/** A poll: when it was sent and answered by a clock of this process. */
interface Span {
  readonly sentAt: number
  readonly receivedAt: number
}

/** A poll by both clocks of this process, and the time of the server in its reply. */
export interface TimedReply {
  readonly monotonic: Span
  readonly wall: Span
  readonly serverTime: number
}

/** The time by both clocks of this process, in milliseconds. */
interface Times {
  readonly monotonic: number
  readonly wall: number
}

/** The time now. */
export const timesOf = (clock: Clock): Times => ({ monotonic: clock.monotonic(), wall: clock.now() })

/** A reply that has just arrived. */
export const timedReply = (sent: Times, received: Times, serverTime: number): TimedReply => ({
  monotonic: { sentAt: sent.monotonic, receivedAt: received.monotonic },
  wall: { sentAt: sent.wall, receivedAt: received.wall },
  serverTime,
})

/** Which clock was set: none, one of this process (or it was suspended), or that of the server. */
export type Step = 'none' | 'process' | 'server'

const offsetOf = ({ sentAt, receivedAt }: Span, serverTime: number): Offset => ({
  low: serverTime - receivedAt,
  high: serverTime - sentAt,
})

const widened = ({ low, high }: Offset, ms: number): Offset => ({ low: low - ms, high: high + ms })

const isApart = (one: Offset, other: Offset): boolean => one.low > other.high || one.high < other.low

/** Knows the time of the server between two bounds. A process that was blocked has wide bounds, not a wrong time. */
export class ServerClock {
  #offset: Offset | undefined = undefined
  #wallOffset: Offset = { low: 0, high: 0 }
  /** Monotonic time in milliseconds of the last reply. */
  #at = 0

  /** Compares a reply with earlier ones. The clock of the server was set only if both clocks of this process show it. */
  stepIn({ monotonic, wall, serverTime }: TimedReply): Step {
    if (this.#offset === undefined) return 'none'
    const allowed = this.#driftUntil(monotonic.receivedAt) + TOLERANCE_MS
    if (!isApart(offsetOf(monotonic, serverTime), widened(this.#offset, allowed))) return 'none'
    return isApart(offsetOf(wall, serverTime), widened(this.#wallOffset, allowed)) ? 'server' : 'process'
  }

  /** Takes over the time of a reply. */
  note(reply: TimedReply): void {
    const { monotonic, wall, serverTime } = reply
    const next = offsetOf(monotonic, serverTime)
    const known = this.#offset
    this.#wallOffset = offsetOf(wall, serverTime)
    if (known === undefined || this.stepIn(reply) !== 'none') this.#offset = next
    else {
      const { low, high } = widened(known, this.#driftUntil(monotonic.receivedAt))
      const narrowed = { low: Math.max(low, next.low), high: Math.min(high, next.high) }
      this.#offset = narrowed.low <= narrowed.high ? narrowed : next
    }
    this.#at = monotonic.receivedAt
  }

  #driftUntil(now: number): number {
    return Math.max(0, now - this.#at) * DRIFT
  }

  /** The earliest time that it may be, for what is written; `undefined` before the first reply. */
  earliest(now: number): number | undefined {
    return this.#offset && Math.floor(now + this.#offset.low)
  }

  /** The latest time that it may be, for the age of what is read; `undefined` before the first reply. */
  latest(now: number): number | undefined {
    return this.#offset && Math.ceil(now + this.#offset.high)
  }
}
