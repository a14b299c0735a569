/** Where results are kept between requests. @module */
import { LRUCache } from 'lru-cache'
import { checkOptions, type Checks, instance, integer } from './check.ts'
import { type Clock, systemClock } from './clock.ts'
import type { AuthorizerResult } from './context.ts'

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
 * nor one under another key. Whatever it throws or rejects with counts as a miss.
 */
export interface Store {
  /** `true` if keys never leave this process; other stores are handed digests instead of identities (SEC-56). */
  readonly inProcess?: boolean
  get(key: string): StoreHit | undefined | Promise<StoreHit | undefined>
  set(key: string, stored: StoredResult, ttlSeconds: number): void | Promise<void>
  /** Removes every entry whose key starts with `prefix`, and, if given, whose result names this principal. */
  delete(prefix: string, principalId?: string): void | Promise<void>
}

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

/** An entry larger than this is not kept (SEC-61). */
const MAX_ENTRY_BYTES = 65_536

interface Held {
  readonly stored: StoredResult
  readonly storedAt: number
  readonly expiresAt: number
}

/** A bounded store in this process: least recently used entries go first, nothing outlives its lifetime. */
export class MemoryStore implements Store {
  readonly inProcess = true
  readonly #entries: LRUCache<string, Held>
  readonly #clock: Clock

  /** @throws {AuthorizerError} `ERR_OPTION` */
  constructor(options: MemoryStoreOptions = {}) {
    const {
      maxEntries = 10_000,
      maxBytes = 64 * 1024 * 1024,
      clock = systemClock,
    } = checkOptions('MemoryStore', options, CHECKS)
    this.#clock = clock
    this.#entries = new LRUCache({
      max: maxEntries,
      maxSize: maxBytes,
      maxEntrySize: Math.min(MAX_ENTRY_BYTES, maxBytes),
    })
  }

  /** How many entries are held, expired ones included until they are met. */
  get size(): number {
    return this.#entries.size
  }

  get(key: string): StoreHit | undefined {
    const held = this.#entries.get(key)
    if (held === undefined) return undefined
    const now = this.#clock.monotonic()
    if (now >= held.expiresAt) {
      this.#entries.delete(key)
      return undefined
    }
    return { stored: held.stored, ageMs: now - held.storedAt }
  }

  set(key: string, stored: StoredResult, ttlSeconds: number): void {
    const now = this.#clock.monotonic()
    // Two bytes for each character, and room for the objects around them.
    const size = 2 * (key.length + JSON.stringify(stored).length) + 256
    this.#entries.set(key, { stored, storedAt: now, expiresAt: now + ttlSeconds * 1000 }, { size })
  }

  delete(prefix: string, principalId?: string): void {
    for (const [key, held] of this.#entries.entries()) {
      if (key.startsWith(prefix) && (principalId === undefined || held.stored.result.principalId === principalId)) {
        this.#entries.delete(key)
      }
    }
  }
}
