/** Where results are kept between requests. @module */
import { LRUCache } from 'lru-cache'
import { checkOptions, type Checks, instance, integer } from '../util/check.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import type { AuthorizerResult } from '../contract/context.ts'

/** A result with what explanations need to know about it. Plain JSON. */
export interface StoredResult {
  readonly result: AuthorizerResult
  /** The request for which the authorizer was called: a policy may have been made for it alone (AWS-CACHE-13). */
  readonly issuedFor: { readonly method: string; readonly path: string }
}

/** What a store answers for a key that it holds. */
export interface StoreHit {
  readonly stored: StoredResult
  /** Milliseconds since the result was obtained. */
  readonly ageMs: number
}

/**
 * Keeps results, never verdicts. A store may lose an entry at any time but must never answer one after its lifetime,
 * nor one under another scope or key. Whatever it throws or rejects with counts as a miss.
 */
export interface Store {
  /** `true` if keys never leave this process; other stores are handed digests instead of identities (SEC-56). */
  readonly inProcess?: boolean
  /** @param scope keeps authorizers apart that share a store @param key the identity, or its digest */
  get(scope: string, key: string): StoreHit | undefined | Promise<StoreHit | undefined>
  set(scope: string, key: string, stored: StoredResult, ttlSeconds: number): void | Promise<void>
  /** Removes entries of a scope. */
  delete(scope: string, selector: StoreSelector): void | Promise<void>
}

/** Which entries of a scope are meant. */
export type StoreSelector =
  | { readonly by: 'all' }
  | { readonly by: 'key'; readonly key: string }
  /** Those whose key starts like this. */
  | { readonly by: 'prefix'; readonly prefix: string }
  /** Those whose result names this principal. */
  | { readonly by: 'principalId'; readonly principalId: string }

export interface MemoryStoreOptions {
  /** Most entries held at a time; the least recently used go first. Default 10,000. */
  maxEntries?: number
  /** Most bytes held at a time, estimated from keys and results. Default 64 MiB. */
  maxBytes?: number
  /** Clock for lifetimes. Default: the system's monotonic clock. */
  clock?: Clock
}

const CHECKS: Checks<MemoryStoreOptions> = {
  maxEntries: integer(1, 10_000_000, 'entries'),
  maxBytes: integer(65_536, 2 ** 40, 'bytes'),
  clock: instance('a Clock with now(), monotonic() and setTimeout()', 'now', 'monotonic', 'setTimeout'),
}

/** A result whose text is larger than this is not kept (SEC-61). */
const MAX_ENTRY_BYTES = 65_536

/** What a result takes up for each byte of its text once it is in use: a policy is compiled, and indexed (measured). */
const BYTES_IN_USE = 5

interface Held {
  readonly scope: string
  readonly key: string
  readonly stored: StoredResult
  readonly storedAt: number
  readonly expiresAt: number
  /** When the entry was last moved to the front of the least-recently-used order. */
  touchedAt: number
}

/** Slots of the short cut before the map, a power of two. */
const SLOTS = 4096
/** How long a hit through the short cut may leave the least-recently-used order as it is, in milliseconds. */
const TOUCH_MS = 1000

// A map has to hash the whole key, and a token that has just come off the wire has no hash yet: for a JWT that costs
// more than everything else on a hit. The short cut picks a slot from a few characters and compares the key itself.
const slotOf = (key: string): number => {
  const end = key.length
  let hash = end
  for (let index = end - 1; index >= 0 && index >= end - 8; index--) hash = Math.imul(hash, 31) + key.charCodeAt(index)
  return (hash ^ (hash >>> 12)) & (SLOTS - 1)
}

const joined = (scope: string, key: string): string => `${scope.length}:${scope}${key}`

const selects = (selector: StoreSelector, { key, stored }: Held): boolean =>
  selector.by === 'all' ||
  (selector.by === 'prefix' && key.startsWith(selector.prefix)) ||
  (selector.by === 'principalId' && stored.result.principalId === selector.principalId)

/** A bounded store in this process: least recently used entries go first, nothing outlives its lifetime. */
export class MemoryStore implements Store {
  readonly inProcess = true
  readonly #entries: LRUCache<string, Held>
  readonly #slots: (Held | undefined)[] = Array.from({ length: SLOTS }, () => undefined)
  readonly #clock: Clock
  readonly #maxBytes: number

  /** @throws {AuthorizerError} `ERR_OPTION` */
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
      dispose: (held) => this.#forget(held),
    })
  }

  /** How many entries are held, expired ones included until they are met. */
  get size(): number {
    return this.#entries.size
  }

  get(scope: string, key: string): StoreHit | undefined {
    const now = this.#clock.monotonic()
    const slot = slotOf(key)
    let held = this.#slots[slot]
    if (held === undefined || held.key !== key || held.scope !== scope || now - held.touchedAt > TOUCH_MS) {
      held = this.#entries.get(joined(scope, key))
      if (held === undefined) return undefined
      held.touchedAt = now
      this.#slots[slot] = held
    }
    if (now < held.expiresAt) return { stored: held.stored, ageMs: now - held.storedAt }
    this.#entries.delete(joined(scope, key))
    return undefined
  }

  set(scope: string, key: string, stored: StoredResult, ttlSeconds: number): void {
    const now = this.#clock.monotonic()
    const bytes = 2 * JSON.stringify(stored).length
    const size = 2 * (scope.length + key.length) + BYTES_IN_USE * bytes + 512
    if (bytes > MAX_ENTRY_BYTES || size > this.#maxBytes) {
      this.#entries.delete(joined(scope, key))
      return
    }
    const held: Held = { scope, key, stored, storedAt: now, expiresAt: now + ttlSeconds * 1000, touchedAt: now }
    this.#entries.set(joined(scope, key), held, { size })
  }

  delete(scope: string, selector: StoreSelector): void {
    if (selector.by === 'key') {
      this.#entries.delete(joined(scope, selector.key))
      return
    }
    for (const [joint, held] of this.#entries.entries()) {
      if (held.scope === scope && selects(selector, held)) this.#entries.delete(joint)
    }
  }

  #forget(held: Held): void {
    const slot = slotOf(held.key)
    if (this.#slots[slot] === held) this.#slots[slot] = undefined
  }
}
