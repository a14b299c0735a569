/** Counts of what a store has done, for metrics. @module */

/** Numbers since the store was created. */
export interface StoreCounts {
  /** Results that were read. */
  hits: number
  misses: {
    /** There is no value. */
    absent: number
    /** Older than its lifetime, or from the future. */
    expired: number
    /** Not written with the current secret for this key, or damaged. */
    unreadable: number
  }
  /** Results that were written. */
  writes: number
  /** Results of more than 64 KiB, which are not written. */
  tooLarge: number
}

export const newCounts = (): StoreCounts => ({
  hits: 0,
  misses: { absent: 0, expired: 0, unreadable: 0 },
  writes: 0,
  tooLarge: 0,
})
