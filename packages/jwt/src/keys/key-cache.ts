/**
 * Caches the keys of an issuer and decides when to fetch them again. Clients choose the `kid` and the signature, so an unknown
 * `kid` or an invalid signature must not trigger unlimited fetches. While the issuer is down, cached keys stay usable for a
 * limited time (SEC-75, SEC-76).
 * @module
 */
import type { Clock } from '@custom-authorizer/core'
import type { Algorithm } from '../algorithms.ts'
import { JwkSet } from './jwk-set.ts'
import { BadToken, KeysUnavailable } from '../problem.ts'

/** Writes a warning to the log, without values of a token. */
export type Warn = (message: string) => void

/** Result of a key lookup. */
export type KeyResult = CryptoKey | BadToken | KeysUnavailable

/** A lookup that has to wait for keys. */
export class PendingKey {
  /** Whether the key for the token is known and only has to be renewed. */
  readonly isKnown: boolean
  /** Waits for the keys, and starts a fetch unless one is running. */
  readonly wait: () => Promise<KeyResult>

  constructor(isKnown: boolean, wait: () => Promise<KeyResult>) {
    this.isKnown = isKnown
    this.wait = wait
  }
}

export interface KeySource {
  /** Looks up a key, synchronously unless keys have to be fetched or imported. */
  find(kid: string | undefined, algorithm: Algorithm, warn: Warn): KeyResult | PendingKey
  /**
   * Looks up the key again after it did not match a signature, because the issuer may have replaced it under the same `kid`.
   * Returns `undefined` if there is no other key, or a promise while keys are fetched. Default: keys are never replaced.
   */
  findReplacement?(
    rejected: CryptoKey,
    { kid, algorithm }: KeyName,
    warn: Warn,
  ): CryptoKey | undefined | Promise<CryptoKey | undefined>
}

/** What selects a key of an issuer. */
export interface KeyName {
  readonly kid: string | undefined
  readonly algorithm: Algorithm
}

/** A key set from the options, which does not change. */
export class FixedKeySet implements KeySource {
  readonly #loading: Promise<JwkSet | string>
  #loaded: JwkSet | string | undefined

  constructor(document: unknown, algorithms: readonly Algorithm[]) {
    this.#loading = JwkSet.load(document, algorithms).then((keys) => (this.#loaded = keys))
  }

  find(kid: string | undefined, algorithm: Algorithm): KeyResult | PendingKey {
    const select = (keys: JwkSet | string): KeyResult =>
      typeof keys === 'string' ? new KeysUnavailable(keys) : (keys.select(kid, algorithm) ?? new BadToken('KEY'))
    if (this.#loaded !== undefined) return select(this.#loaded)
    return new PendingKey(false, () => this.#loading.then(select))
  }
}

/**
 * Fetches the current key set; resolves with the document, or with the problem as a string. `causedByClient`: the fetch is for an
 * unknown `kid` or an invalid signature.
 */
export type Download = (attempt: { readonly causedByClient: boolean }) => Promise<unknown>

export interface RefreshOptions {
  readonly clock: Clock
  readonly cacheMaxAgeMs: number
  readonly staleIfErrorMs: number
  readonly cooldownMs: number
}

const FIRST_BACKOFF_MS = 1000

/** A key set that is fetched and cached. All requests share it, and at most one fetch runs at a time. */
export class FetchedKeySet implements KeySource {
  readonly #download: Download
  readonly #algorithms: readonly Algorithm[]
  readonly #options: RefreshOptions
  /** `at`: when the fetch of these keys began. */
  #cached: { readonly keys: JwkSet; readonly at: number } | undefined
  #running: Promise<void> | undefined
  /** Failures since the last success, and the problem of the last one. */
  #failures = 0
  #problem = ''
  #notBefore = 0
  #notForClientsBefore = 0

  constructor(download: Download, algorithms: readonly Algorithm[], options: RefreshOptions) {
    this.#download = download
    this.#algorithms = algorithms
    this.#options = options
  }

  find(kid: string | undefined, algorithm: Algorithm, warn: Warn): KeyResult | PendingKey {
    const now = this.#options.clock.monotonic()
    const usable = this.#usable()
    const found = usable?.select(kid, algorithm)
    const isKnown = found !== undefined
    if (this.#mustRenew(now)) {
      if (this.#mayFetch(now)) return new PendingKey(isKnown, () => this.#search(kid, algorithm, warn))
      return found ?? this.#missing()
    }
    // The issuer is known to be down: while old keys are usable, refresh them in the background.
    if (this.#isStale(now) && this.#mayFetch(now)) void this.#refresh(warn, false)
    if (found !== undefined) return found
    if (this.#running !== undefined || this.#mayFetchForClients(now))
      return new PendingKey(isKnown, () => this.#search(kid, algorithm, warn))
    return this.#missing()
  }

  findReplacement(
    rejected: CryptoKey,
    { kid, algorithm }: KeyName,
    warn: Warn,
  ): CryptoKey | undefined | Promise<CryptoKey | undefined> {
    const find = (): CryptoKey | undefined => {
      const found = this.#usable()?.select(kid, algorithm)
      return found instanceof BadToken || found === rejected ? undefined : found
    }
    // The keys may have been fetched while the signature was verified.
    const found = find()
    if (found !== undefined) return found
    if (this.#running !== undefined) return this.#running.then(find)
    const { clock, cooldownMs } = this.#options
    const now = clock.monotonic()
    const isRecent = this.#cached !== undefined && now - this.#cached.at < cooldownMs
    if (isRecent || !this.#mayFetchForClients(now)) return undefined
    this.#notForClientsBefore = now + cooldownMs
    return this.#refresh(warn, true).then(find)
  }

  /** The result for a key that is not in the set. While the issuer is unreachable, the key may exist or not. */
  #missing(): KeyResult {
    return this.#failures > 0 || this.#usable() === undefined ? this.#unavailable() : new BadToken('KEY')
  }

  #isStale(now: number): boolean {
    return this.#cached === undefined || now - this.#cached.at >= this.#options.cacheMaxAgeMs
  }

  /** Whether keys have to be fetched before use: there are none, or they are stale and the last fetch succeeded. */
  #mustRenew(now: number): boolean {
    return this.#isStale(now) && (this.#failures === 0 || this.#usable() === undefined)
  }

  #mayFetch(now: number): boolean {
    return this.#running !== undefined || now >= this.#notBefore
  }

  #mayFetchForClients(now: number): boolean {
    return now >= Math.max(this.#notBefore, this.#notForClientsBefore)
  }

  async #search(kid: string | undefined, algorithm: Algorithm, warn: Warn): Promise<KeyResult> {
    const { clock, cooldownMs } = this.#options
    const startedAt = clock.monotonic()
    if (this.#mustRenew(startedAt) && this.#mayFetch(startedAt)) await this.#refresh(warn, false)
    const found = this.#usable()?.select(kid, algorithm)
    if (found !== undefined) return found
    if (this.#usable() === undefined) return this.#unavailable()

    // The issuer may have a new key, unless the keys were fetched after this request began.
    if (this.#running !== undefined) {
      await this.#running
      const fetched = this.#usable()?.select(kid, algorithm)
      if (fetched !== undefined) return fetched
    }
    const now = clock.monotonic()
    const known = this.#cached !== undefined && this.#cached.at >= startedAt
    if (this.#running !== undefined) await this.#running
    else if (!known && this.#mayFetchForClients(now)) {
      this.#notForClientsBefore = now + cooldownMs
      await this.#refresh(warn, true)
    }
    return this.#usable()?.select(kid, algorithm) ?? this.#missing()
  }

  /** The cached keys, unless they exceed `cacheMaxAgeMs + staleIfErrorMs`. */
  #usable(): JwkSet | undefined {
    const { clock, cacheMaxAgeMs, staleIfErrorMs } = this.#options
    const limit = cacheMaxAgeMs + staleIfErrorMs
    return this.#cached !== undefined && clock.monotonic() - this.#cached.at < limit ? this.#cached.keys : undefined
  }

  #unavailable(): KeysUnavailable {
    return new KeysUnavailable(this.#problem)
  }

  #refresh(warn: Warn, causedByClient: boolean): Promise<void> {
    this.#running ??= this.#fetch(warn, causedByClient).finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #fetch(warn: Warn, causedByClient: boolean): Promise<void> {
    const { clock, cooldownMs } = this.#options
    const at = clock.monotonic()
    const document = await this.#download({ causedByClient })
    const keys = typeof document === 'string' ? document : await JwkSet.load(document, this.#algorithms)
    if (typeof keys === 'string') {
      // The cached keys stay: neither a failure nor an empty set removes a valid key.
      const backoff = FIRST_BACKOFF_MS * 2 ** Math.min(this.#failures++, 16)
      this.#notBefore = clock.monotonic() + Math.min(backoff, cooldownMs)
      this.#problem = keys
      warn(`the keys of the issuer could not be fetched: ${keys}`)
      return
    }
    this.#cached = { keys, at }
    this.#failures = 0
    this.#notBefore = 0
    if (keys.hasDuplicates) warn('several keys of the issuer have the same kid; none of them is used')
  }
}
