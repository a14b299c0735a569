/**
 * Where keys come from, and when they are asked for again. Clients choose the `kid`, so they must not be able to choose
 * how often the issuer is asked; and an issuer that is down must neither lock callers out nor let anybody in (SEC-75, 76).
 * @module
 */
import type { Clock } from '@custom-authorizer/core'
import type { Algorithm } from './algorithms.ts'
import { Keys } from './keys.ts'
import { BadToken, KeysUnavailable } from './problem.ts'

/** Reports something for the log; never a value of a token. */
export type Warn = (message: string) => void

/** What a look for a key comes to. */
export type Found = CryptoKey | BadToken | KeysUnavailable

export interface KeySource {
  find(kid: string | undefined, algorithm: Algorithm, warn: Warn): Promise<Found>
}

/** A key set that was given in the options and does not change. */
export class FixedKeySet implements KeySource {
  readonly #loading: Promise<Keys | string>

  constructor(document: unknown, algorithms: readonly Algorithm[]) {
    this.#loading = Keys.load(document, algorithms)
  }

  async find(kid: string | undefined, algorithm: Algorithm): Promise<Found> {
    const keys = await this.#loading
    if (typeof keys === 'string') return new KeysUnavailable(keys)
    return keys.select(kid, algorithm) ?? new BadToken('KEY')
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

  async find(kid: string | undefined, algorithm: Algorithm, warn: Warn): Promise<Found> {
    const { clock, cooldownMs } = this.#options
    const asked = clock.monotonic()
    const keys = await this.#current(warn)
    if (keys === undefined) return this.#unavailable()
    const found = keys.select(kid, algorithm)
    if (found !== undefined) return found

    // Not known here, but perhaps to the issuer, unless it has been asked since the token came.
    if (this.#running !== undefined) {
      await this.#running
      const fetched = this.#usable()?.select(kid, algorithm)
      if (fetched !== undefined) return fetched
    }
    const now = clock.monotonic()
    const known = this.#held !== undefined && this.#held.at >= asked
    if (this.#running !== undefined) await this.#running
    else if (!known && now >= Math.max(this.#notBefore, this.#notForUnknownBefore)) {
      this.#notForUnknownBefore = now + cooldownMs
      await this.#refresh(warn, true)
    }
    // While the issuer cannot be asked, nobody can say that a key does not exist.
    const again = this.#usable()?.select(kid, algorithm)
    return again ?? (this.#failures > 0 ? this.#unavailable() : new BadToken('KEY'))
  }

  /** The keys to be used now; fetched first where they are missing or old. */
  async #current(warn: Warn): Promise<Keys | undefined> {
    const { clock, cacheMaxAgeMs } = this.#options
    const now = clock.monotonic()
    const mayFetch = this.#running !== undefined || now >= this.#notBefore
    if (this.#held !== undefined && now - this.#held.at < cacheMaxAgeMs) return this.#held.keys
    if (this.#failures > 0 && this.#usable() !== undefined) {
      // The issuer is known to be down: nobody waits for it while old keys will do.
      if (mayFetch) void this.#refresh(warn, false)
    } else if (mayFetch) await this.#refresh(warn, false)
    return this.#usable()
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
