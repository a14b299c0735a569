/** The cheapest bounded cache: two maps. When the young one is full, it replaces the old one. */
export class TwoMaps {
  #young = new Map()
  #old = new Map()
  #max

  constructor(max) {
    this.#max = max
  }

  get(key) {
    const found = this.#young.get(key)
    if (found !== undefined) return found
    const older = this.#old.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key, value) {
    this.#young.set(key, value)
    if (this.#young.size < this.#max) return
    this.#old = this.#young
    this.#young = new Map()
  }
}
