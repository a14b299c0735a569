/** Pseudo-random choices. Seed and case number determine them, so that each case can be reproduced alone. @module */

// The constants are those of MurmurHash3's finalizer.
const mix = (value: number): number => {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** A stream of choices (Mulberry32). */
export class Random {
  #state: number

  constructor(seed: number, caseNumber: number) {
    this.#state = mix(mix(seed) + Math.imul(caseNumber, 0x9e3779b1))
  }

  /** A number from 0 up to, and not including, 1. */
  #fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.#fraction() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.#fraction() < probability
  }

  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)] as T
  }

  /** Between `low` and `high` values. */
  several<T>(low: number, high: number, make: () => T): T[] {
    return Array.from({ length: this.between(low, high) }, make)
  }

  /** The result of one of several functions, chosen by weight. */
  choose<T>(ways: readonly (readonly [weight: number, way: () => T])[]): T {
    let left = this.#fraction() * ways.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, way] of ways) {
      left -= weight
      if (left < 0) return way()
    }
    return (ways.at(-1) as readonly [number, () => T])[1]()
  }
}
