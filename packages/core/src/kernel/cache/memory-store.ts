/** The default store: bounded, in this process. @module */
import { LRUCache } from 'lru-cache'
import { isLongerThan } from '../runtime/byte-length.ts'
import { ownText } from '../runtime/own-text.ts'
import { checkOptions, type Checks, instance, integer } from '../util/check.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import type { Store, StoredResult, StoreHit, StoreSelector } from './store.ts'

/** Options of {@link MemoryStore}. */
export interface MemoryStoreOptions {
  /** Maximum number of entries; the least recently used are evicted first. Default 10,000. */
  maxEntries?: number
  /** Maximum size in bytes, estimated from keys and results. Default 64 MiB. */
  maxBytes?: number
  /** Clock for lifetimes. Default: the system's monotonic clock. */
  clock?: Clock
}

const CHECKS: Checks<MemoryStoreOptions> = {
  maxEntries: integer(1, 10_000_000, 'entries'),
  maxBytes: integer(65_536, 2 ** 40, 'bytes'),
  clock: instance('a Clock with now(), monotonic() and setTimeout()', 'now', 'monotonic', 'setTimeout'),
}

/** Maximum size of one result as JSON text, in bytes of UTF-8; larger ones are not cached (SEC-61). */
const MAX_ENTRY_BYTES = 65_536

/** Bytes of memory for each character of a result's JSON text, once its policy is compiled and indexed (measured). */
const BYTES_IN_USE = 10

interface Entry {
  readonly scope: string
  readonly key: string
  /** Scope and key as the map has them. The map finds this very string without hashing it again. */
  readonly joint: string
  readonly stored: StoredResult
  readonly storedAt: number
  readonly expiresAt: number
  /** The number of changes of the LRU order when this entry became the most recently used one. */
  usedAt: number
}

/** Number of slots of the direct-mapped cache in front of the map; a power of two. */
const SLOTS = 4096

// A map hashes the whole key, and a token that was just received has no cached hash: for a JWT this costs more than the
// rest of a hit. The slot is chosen from a few characters, and the key itself is compared.
const slotOf = (key: string): number => {
  const end = key.length
  let hash = end
  for (let index = end - 1; index >= 0 && index >= end - 8; index--) hash = Math.imul(hash, 31) + key.charCodeAt(index)
  return (hash ^ (hash >>> 12)) & (SLOTS - 1)
}

const joined = (scope: string, key: string): string => `${scope.length}:${scope}${key}`

const selects = (selector: StoreSelector, { key, stored }: Entry): boolean =>
  selector.by === 'all' ||
  (selector.by === 'prefix' && key.startsWith(selector.prefix)) ||
  (selector.by === 'principalId' && stored.result.principalId === selector.principalId)

/** A bounded store in this process. It evicts the least recently used entries, and returns none after its lifetime. */
export class MemoryStore implements Store {
  readonly inProcess = true
  readonly #entries: LRUCache<string, Entry>
  readonly #slots: (Entry | undefined)[] = Array.from({ length: SLOTS }, () => undefined)
  readonly #clock: Clock
  readonly #maxBytes: number
  /** Number of changes of the LRU order: entries that were added or became the most recently used one. */
  #changes = 0

  /** @throws {AuthorizerError} `ERR_OPTION` if an option is invalid */
  constructor(options: MemoryStoreOptions = {}) {
    const {
      maxEntries = 10_000,
      maxBytes = 64 * 1024 * 1024,
      clock = systemClock,
    } = checkOptions('MemoryStore', options, CHECKS)
    this.#clock = clock
    this.#maxBytes = maxBytes
    this.#entries = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      dispose: (entry) => this.#clearSlot(entry),
    })
  }

  /** Number of entries, including expired ones that have not been read since. */
  get size(): number {
    return this.#entries.size
  }

  get(scope: string, key: string): StoreHit | undefined {
    const now = this.#clock.monotonic()
    const slot = slotOf(key)
    let entry = this.#slots[slot]
    if (entry === undefined || entry.key !== key || entry.scope !== scope) {
      entry = this.#entries.get(joined(scope, key))
      if (entry === undefined) return undefined
      entry.usedAt = ++this.#changes
      this.#slots[slot] = entry
    } else if (this.#isAging(entry)) {
      this.#entries.get(entry.joint)
      entry.usedAt = ++this.#changes
    }
    // Rounded down, because V8 allocates an object for a number with a fraction.
    if (now < entry.expiresAt) return { stored: entry.stored, ageMs: Math.floor(now - entry.storedAt) }
    this.#entries.delete(entry.joint)
    return undefined
  }

  /** @param text the result as JSON, if it is known */
  set(
    scope: string,
    identity: string,
    stored: StoredResult,
    ttlSeconds: number,
    text: string = JSON.stringify(stored),
  ): boolean {
    const key = ownText(identity)
    const now = this.#clock.monotonic()
    const size = 2 * (scope.length + key.length) + BYTES_IN_USE * text.length + 512
    if (isLongerThan(text, MAX_ENTRY_BYTES) || size > this.#maxBytes) {
      this.#entries.delete(joined(scope, key))
      return false
    }
    const joint = joined(scope, key)
    const expiresAt = now + ttlSeconds * 1000
    this.#entries.set(joint, { scope, key, joint, stored, storedAt: now, expiresAt, usedAt: ++this.#changes }, { size })
    return true
  }

  /**
   * Whether a hit in a slot has to update the LRU order: unless the entry is among the most recently used eighth. At most as
   * many entries are ahead of it as there were changes since.
   */
  #isAging({ usedAt }: Entry): boolean {
    return this.#changes - usedAt > this.#entries.size >> 3
  }

  delete(scope: string, selector: StoreSelector): void {
    if (selector.by === 'key') {
      this.#entries.delete(joined(scope, selector.key))
      return
    }
    for (const [joint, entry] of this.#entries.entries()) {
      if (entry.scope === scope && selects(selector, entry)) this.#entries.delete(joint)
    }
  }

  #clearSlot(entry: Entry): void {
    const slot = slotOf(entry.key)
    if (this.#slots[slot] === entry) this.#slots[slot] = undefined
  }
}
