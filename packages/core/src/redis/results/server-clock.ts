/** The time of the server, as the replies to polls bound it (FLEET-65). @module */

/** How far both clocks may drift apart in a millisecond. */
const DRIFT = 0.001
/** A difference that neither drift nor the duration of polls explains is a step, if it is larger than this in milliseconds. */
const TOLERANCE_MS = 1000

/** Bounds of the time of the server minus the monotonic time of this process, in milliseconds. */
interface Offset {
  readonly low: number
  readonly high: number
  /** Monotonic time in milliseconds. */
  readonly at: number
}

/** A poll: when it was sent and answered, in monotonic time, and the time of the server in its reply. */
export interface TimedReply {
  readonly sentAt: number
  readonly receivedAt: number
  readonly serverTime: number
}

const offsetOf = ({ sentAt, receivedAt, serverTime }: TimedReply): Offset => ({
  low: serverTime - receivedAt,
  high: serverTime - sentAt,
  at: receivedAt,
})

/** Knows the time of the server between two bounds. A process that was blocked has wide bounds, not a wrong time. */
export class ServerClock {
  #offset: Offset | undefined = undefined

  /** Whether the clock of the server was set, or this process was suspended. */
  hasStepped(reply: TimedReply): boolean {
    if (this.#offset === undefined) return false
    const { low, high } = this.#widened(this.#offset, reply.receivedAt)
    const next = offsetOf(reply)
    return next.low > high + TOLERANCE_MS || next.high < low - TOLERANCE_MS
  }

  /** Takes over the time of a reply. */
  note(reply: TimedReply): void {
    const next = offsetOf(reply)
    if (this.#offset === undefined || this.hasStepped(reply)) {
      this.#offset = next
      return
    }
    const { low, high } = this.#widened(this.#offset, reply.receivedAt)
    const narrowed = { low: Math.max(low, next.low), high: Math.min(high, next.high), at: next.at }
    this.#offset = narrowed.low <= narrowed.high ? narrowed : next
  }

  #widened({ low, high, at }: Offset, now: number): Offset {
    const drift = Math.max(0, now - at) * DRIFT
    return { low: low - drift, high: high + drift, at }
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
