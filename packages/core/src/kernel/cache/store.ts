/** The interface of stores for cached results. @module */
import type { AuthorizerResult } from '../contract/context.ts'

/** A result, and the request that it was obtained for. Plain JSON. */
export interface StoredResult {
  readonly result: AuthorizerResult
  /** The request for which the authorizer was called: its policy may cover this request only (AWS-CACHE-13). */
  readonly issuedFor: { readonly method: string; readonly path: string }
}

/** A cache hit. */
export interface StoreHit {
  readonly stored: StoredResult
  /** Milliseconds since the result was obtained. */
  readonly ageMs: number
}

/**
 * Caches results, not decisions. A store may lose an entry at any time, but must never return one after its lifetime, nor
 * under another scope or key. An exception or a rejection counts as a miss.
 */
export interface Store {
  /** `true` if keys never leave this process. Other stores receive digests instead of identities (SEC-56). Default: false. */
  readonly inProcess?: boolean
  /**
   * @param scope separates authorizers that share a store
   * @param key the identity, or its digest
   */
  get(scope: string, key: string): StoreHit | undefined | Promise<StoreHit | undefined>
  /**
   * Stores a result for `ttlSeconds` seconds, which may have fractions. Returns `false`, or a promise of it, if the result is
   * too large; the log says so once.
   */
  set(scope: string, key: string, stored: StoredResult, ttlSeconds: number): void | boolean | Promise<void | boolean>
  /** Removes entries of a scope. */
  delete(scope: string, selector: StoreSelector): void | Promise<void>
}

/** Selects entries of a scope. */
export type StoreSelector =
  | { readonly by: 'all' }
  | { readonly by: 'key'; readonly key: string }
  /** Entries whose key starts with `prefix`. */
  | { readonly by: 'prefix'; readonly prefix: string }
  /** Entries whose result has this principal ID. */
  | { readonly by: 'principalId'; readonly principalId: string }
