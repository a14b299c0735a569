/** The interface of stores that share results and invalidations between processes. @module */

/**
 * A point in the sequence of invalidations. Only the store that created it can read it. A result has the mark that was the
 * newest when its call began.
 */
export type InvalidationMark = object

/** A result as text, as a {@link SharedStore} keeps it. */
export interface SharedValue {
  /** JSON. It may contain personal data and API keys. */
  readonly text: string
  readonly mark: InvalidationMark
  /** Milliseconds since the result was obtained. */
  readonly ageMs: number
  /** Lifetime in milliseconds, from when the result was obtained. */
  readonly ttlMs: number
}

/**
 * Which cached results may be used: `all`; those in the `memory` of this process, because the store cannot be reached; or `none`,
 * because they may have been invalidated.
 */
export type UsableResults = 'all' | 'memory' | 'none'

/** Whose results are invalidated. */
export type SharedSelector =
  | { readonly by: 'all' }
  /** The digest of a caller's identity. */
  | { readonly by: 'identity'; readonly digest: string }
  | { readonly by: 'principalId'; readonly principalId: string }

/** Results and invalidations of one authorizer. */
export interface SharedResults {
  /** A number that increases whenever an invalidation becomes known. */
  readonly revision: number
  /** The newest mark. Results of calls that begin now get it. */
  readonly mark: InvalidationMark
  /** Which results may be used now. A promise if the store has to be asked first; it must not reject. */
  usable(): UsableResults | Promise<UsableResults>
  /**
   * Reads a value. Rejects if the store fails; a value that is invalid, expired or from the future is `undefined`.
   *
   * @param key a digest of authorizer, configuration and caller
   */
  get(key: string): Promise<SharedValue | undefined>
  /** Writes a value. A later read must return it for this key only, and unchanged. */
  set(key: string, value: SharedValue): Promise<void>
  /** Names under which {@link isInvalidated} finds a result. */
  tagsOf(identityDigest: string, principalId: string): readonly string[]
  /**
   * Whether an invalidation after the mark selects a result.
   *
   * @param tags returns {@link tagsOf} of the result; called if there is an invalidation to compare with
   */
  isInvalidated(mark: InvalidationMark, tags: () => readonly string[]): boolean
  /**
   * Invalidates results. In this process this takes effect before the call returns. The promise resolves when every process that
   * reaches the store will learn of it, and rejects if that is not certain.
   */
  invalidate(selector: SharedSelector): Promise<void>
}

/** For whom a {@link SharedStore} is opened. */
export interface SharedScope {
  /** Name of the authorizer. Authorizers with different names share nothing. */
  readonly name: string
  /** Writes a line to the authorizer's log. */
  readonly report: (message: string) => void
}

/**
 * Shares results between processes. The cache keeps validated results in memory and reads the store only for callers that it does
 * not know. The store receives digests of keys, never a credential; principal IDs and values are given as they are, and must not
 * leave the process in the clear.
 */
export interface SharedStore {
  /** Lines for the authorizer's log, such as options of a client that are not safe. Default: none. */
  readonly warnings?: readonly string[]
  /** Opens the part of one authorizer. */
  open(scope: SharedScope): SharedResults
}
