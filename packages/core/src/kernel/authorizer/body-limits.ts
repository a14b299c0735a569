/** Limits on request bodies that are still arriving, and on bytes that are buffered (SEC-64, SEC-97). @module */
import type { BodyTerms } from '../request/request-init.ts'

/** One body that is being read. Close it when its bytes are no longer needed. */
export interface BodyReading {
  readonly terms: BodyTerms
  /** The body has arrived or will not be read: frees the place of a pending body. */
  arrived(): void
  /** Frees the bytes as well. */
  close(): void
}

/** Counts the bodies of one authorizer. */
export class BodyLimits {
  readonly #pendingBodies: number
  readonly #pendingBodyBytes: number
  #pending = 0
  #bytes = 0

  constructor(pendingBodies: number, pendingBodyBytes: number) {
    this.#pendingBodies = pendingBodies
    this.#pendingBodyBytes = pendingBodyBytes
  }

  /** Starts to count one body. Its reader stops when the signal is aborted. */
  open(signal: AbortSignal): BodyReading {
    let isPending = false
    let isOpen = true
    let buffered = 0
    const arrived = (): void => {
      if (isPending) this.#pending--
      isPending = false
    }
    return {
      terms: {
        signal,
        wait: () => {
          if (isPending) return true
          if (!isOpen || this.#pending >= this.#pendingBodies) return false
          this.#pending++
          isPending = true
          return true
        },
        hold: (bytes) => {
          if (!isOpen || this.#bytes + bytes > this.#pendingBodyBytes) return false
          this.#bytes += bytes
          buffered += bytes
          return true
        },
      },
      arrived,
      close: () => {
        arrived()
        isOpen = false
        this.#bytes -= buffered
        buffered = 0
      },
    }
  }
}
