/** A set of hashes that forgets the oldest ones. @module */

/** Number of hashes; a power of two. */
const PLACES = 8192
/** Number of places that a hash can be in. */
const WAYS = 4
const NO_PLACES = new Int32Array(0)

/** Values with the same hash are one element, and an element may be forgotten: only for what saves work. */
export class RecentHashes {
  // Created with the first hash, because many authorizers of a process never decide.
  #places: Int32Array = NO_PLACES

  has(hash: number): boolean {
    const first = hash & (PLACES - WAYS)
    const places = this.#places
    return (
      places[first] === hash || places[first + 1] === hash || places[first + 2] === hash || places[first + 3] === hash
    )
  }

  add(hash: number): void {
    if (this.#places.length === 0) this.#places = new Int32Array(PLACES)
    const first = hash & (PLACES - WAYS)
    this.#places.copyWithin(first + 1, first, first + WAYS - 1)
    this.#places[first] = hash
  }
}
