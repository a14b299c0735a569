/**
 * Where keys come from, and when they are asked for again. Clients choose the `kid`, so they must not be able to choose
 * how often the issuer is asked; and an issuer that is down must neither lock callers out nor let anybody in (SEC-75, 76).
 * @module
 */
import type { Clock } from '@custom-authorizer/core'
import type { Algorithm } from './algorithms.ts'
import { Keys } from './jwk-set.ts'
import { BadToken, KeysUnavailable } from './problem.ts'

/** Reports something for the log; never a value of a token. */
export type Warn = (message: string) => void

/** Result of a key lookup. */
export type Found = CryptoKey | BadToken | KeysUnavailable

/** A lookup that has to wait for keys. */
export class PendingKey {
  /** Whether a key for the token is known and only has to be fetched again before it is used. */
  readonly isKnown: boolean
  /** Starts to wait, and to fetch unless a fetch is running. */
  readonly wait: () => Promise<Found>

  constructor(isKnown: boolean, wait: () => Promise<Found>) {
    this.isKnown = isKnown
    this.wait = wait
  }
}

export interface KeySource {
  /** The key, at once wherever nothing has to be waited for. */
  find(kid: string | undefined, algorithm: Algorithm, warn: Warn): Found | PendingKey
}

/** A key set that was given in the options and does not change. */
export class FixedKeySet implements KeySource {
  readonly #loading: Promise<Keys | string>
  #loaded: Keys | string | undefined

  constructor(document: unknown, algorithms: readonly Algorithm[]) {
    this.#loading = Keys.load(document, algorithms).then((keys) => (this.#loaded = keys))
  }

  find(kid: string | undefined, algorithm: Algorithm): Found | PendingKey {
    const select = (keys: Keys | string): Found =>
      typeof keys === 'string' ? new KeysUnavailable(keys) : (keys.select(kid, algorithm) ?? new BadToken('KEY'))
    if (this.#loaded !== undefined) return select(this.#loaded)
    return new PendingKey(false, () => this.#loading.then(select))
  }
}

/** One attempt to get the current keys: the document, or why there is none. */
export type Download = (attempt: { readonly forUnknownKid: boolean }) => Promise<unknown>

export interface Refreshing {
  readonly clock: Clock
  readonly cacheMaxAgeMs: number
  readonly staleIfErrorMs: number
  readonly cooldownMs: number
}

const FIRST_BACKOFF_MS = 1000

/** A key set that is fetched. All requests share it, and at most one fetch runs at a time. */
export class FetchedKeySet implements KeySource {
  readonly #download: Download
  readonly #algorithms: readonly Algorithm[]
  readonly #options: Refreshing
  /** `at`: when the fetch began that brought them. */
  #held: { readonly keys: Keys; readonly at: number } | undefined
  #running: Promise<void> | undefined
  /** Failures since the last success, and what the last one was. */
  #failures = 0
  #problem = ''
  #notBefore = 0
  #notForUnknownBefore = 0

  constructor(download: Download, algorithms: readonly Algorithm[], options: Refreshing) {
    this.#download = download
    this.#algorithms = algorithms
    this.#options = options
  }

  find(kid: string | undefined, algorithm: Algorithm, warn: Warn): Found | PendingKey {
    const now = this.#options.clock.monotonic()
    const usable = this.#usable()
    const found = usable?.select(kid, algorithm)
    const isKnown = found !== undefined
    if (this.#mustRenew(now)) {
      if (this.#mayFetch(now)) return new PendingKey(isKnown, () => this.#search(kid, algorithm, warn))
      return found ?? this.#missing()
    }
    // The issuer is known to be down: nothing waits for it while old keys are usable.
    if (this.#isStale(now) && this.#mayFetch(now)) void this.#refresh(warn, false)
    if (found !== undefined) return found
    if (this.#running !== undefined || this.#mayFetchForUnknown(now))
      return new PendingKey(isKnown, () => this.#search(kid, algorithm, warn))
    return this.#missing()
  }

  /** The outcome for a key that is in no set. While the issuer is unreachable, it is unknown whether the key exists. */
  #missing(): Found {
    return this.#failures > 0 || this.#usable() === undefined ? this.#unavailable() : new BadToken('KEY')
  }

  #isStale(now: number): boolean {
    return this.#held === undefined || now - this.#held.at >= this.#options.cacheMaxAgeMs
  }

  /** Whether keys have to be fetched before any is used: always when there are none, and when they are old. */
  #mustRenew(now: number): boolean {
    return this.#isStale(now) && (this.#failures === 0 || this.#usable() === undefined)
  }

  #mayFetch(now: number): boolean {
    return this.#running !== undefined || now >= this.#notBefore
  }

  #mayFetchForUnknown(now: number): boolean {
    return now >= Math.max(this.#notBefore, this.#notForUnknownBefore)
  }

  async #search(kid: string | undefined, algorithm: Algorithm, warn: Warn): Promise<Found> {
    const { clock, cooldownMs } = this.#options
    const asked = clock.monotonic()
    if (this.#mustRenew(asked) && this.#mayFetch(asked)) await this.#refresh(warn, false)
    const found = this.#usable()?.select(kid, algorithm)
    if (found !== undefined) return found
    if (this.#usable() === undefined) return this.#unavailable()

    // Not known here, but perhaps to the issuer, unless it has been asked since the token came.
    if (this.#running !== undefined) {
      await this.#running
      const fetched = this.#usable()?.select(kid, algorithm)
      if (fetched !== undefined) return fetched
    }
    const now = clock.monotonic()
    const known = this.#held !== undefined && this.#held.at >= asked
    if (this.#running !== undefined) await this.#running
    else if (!known && this.#mayFetchForUnknown(now)) {
      this.#notForUnknownBefore = now + cooldownMs
      await this.#refresh(warn, true)
    }
    return this.#usable()?.select(kid, algorithm) ?? this.#missing()
  }

  /** The keys held, unless they are too old even for an issuer that is down. */
  #usable(): Keys | undefined {
    const { clock, cacheMaxAgeMs, staleIfErrorMs } = this.#options
    const limit = cacheMaxAgeMs + staleIfErrorMs
    return this.#held !== undefined && clock.monotonic() - this.#held.at < limit ? this.#held.keys : undefined
  }

  #unavailable(): KeysUnavailable {
    return new KeysUnavailable(this.#problem)
  }

  #refresh(warn: Warn, forUnknownKid: boolean): Promise<void> {
    this.#running ??= this.#fetch(warn, forUnknownKid).finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #fetch(warn: Warn, forUnknownKid: boolean): Promise<void> {
    const { clock, cooldownMs } = this.#options
    const at = clock.monotonic()
    const document = await this.#download({ forUnknownKid })
    const keys = typeof document === 'string' ? document : await Keys.load(document, this.#algorithms)
    if (typeof keys === 'string') {
      // What is held stays: neither a failure nor an empty set takes a good key away.
      const backoff = FIRST_BACKOFF_MS * 2 ** Math.min(this.#failures++, 16)
      this.#notBefore = clock.monotonic() + Math.min(backoff, cooldownMs)
      this.#problem = keys
      warn(`the issuer's keys could not be fetched: ${keys}`)
      return
    }
    this.#held = { keys, at }
    this.#failures = 0
    this.#notBefore = 0
    if (keys.hasDuplicates) warn('several keys of the issuer have the same kid; none of those is used')
  }
}
