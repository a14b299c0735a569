/** Looks up keys one by one in a service of the application, and remembers what it found (FLEET-28). @module */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../index.ts'
import { ownText, waitFor } from '../../contract.ts'
import type { Catalog, StageKey } from '../catalog.ts'
import { type ApiKey, checkFoundKey, problemIn } from '../configuration.ts'

/** A key without its value, as `findKey` returns it. */
export type FoundKey = Omit<ApiKey, 'value'>

/** Returns the key of a value, or `undefined` if there is none. The signal is aborted at the deadline. */
export type FindKey = (
  value: string,
  options: { readonly signal: AbortSignal },
) => FoundKey | undefined | Promise<FoundKey | undefined>

/** A lookup failed, and there is no earlier answer. */
export const UNAVAILABLE: unique symbol = Symbol('unavailable')

/** What a lookup ends with. */
export type Lookup = FoundKey | undefined | typeof UNAVAILABLE

export interface FoundKeysSettings {
  readonly findKey: FindKey
  readonly clock: Clock
  readonly timeoutMs: number
  readonly ttlSeconds: number
  readonly unknownTtlSeconds: number
  readonly report: (message: string) => void
}

/** Bounds of what is remembered: unknown keys are chosen by clients, so they have a memory of their own. */
const MAX_KEYS = 10_000
const MAX_UNKNOWN = 10_000
/** Maximum number of lookups at a time. */
const MAX_RUNNING = 1000
/** After a failure, a last key is used for this time, or for `keySeconds` if that is shorter, before the next call. */
const RETRY_SECONDS = 5

interface Remembered {
  readonly key: FoundKey
  readonly freshUntil: number
}

/** The keys of `findKey`. Values stay in this process. */
export class FoundKeys {
  readonly #settings: FoundKeysSettings
  readonly #known = new LRUCache<string, Remembered>({ max: MAX_KEYS })
  readonly #unknown = new LRUCache<string, number>({ max: MAX_UNKNOWN })
  readonly #running = new Map<string, Promise<Lookup>>()
  /** Increased by {@link clear}, so that running lookups do not restore what was removed. */
  #generation = 0

  constructor(settings: FoundKeysSettings) {
    this.#settings = settings
  }

  /** Forgets all keys: their plans may have changed. */
  clear(): void {
    this.#generation++
    this.#known.clear()
    this.#unknown.clear()
    this.#running.clear()
  }

  /**
   * The key of a value in a catalog.
   *
   * @throws {AuthorizerError} never: an invalid key is reported, and counts as a failed lookup
   */
  find(
    value: string,
    catalog: Catalog,
  ): StageKey | undefined | typeof UNAVAILABLE | Promise<StageKey | undefined | typeof UNAVAILABLE> {
    const place = (found: Lookup): StageKey | undefined | typeof UNAVAILABLE => this.#inStage(found, catalog)
    const now = this.#settings.clock.monotonic()
    const known = this.#known.get(value)
    if (known !== undefined && now < known.freshUntil) return place(known.key)
    if (now < (this.#unknown.get(value) ?? 0)) return undefined
    const running = this.#running.get(value)
    if (running !== undefined) return running.then(place)
    if (this.#running.size >= MAX_RUNNING) {
      this.#settings.report(`${MAX_RUNNING} calls of findKey are running; requests with further keys get 503`)
      return known === undefined ? UNAVAILABLE : place(known.key)
    }
    return this.#call(ownText(value), known?.key).then(place)
  }

  #inStage(found: Lookup, catalog: Catalog): StageKey | undefined | typeof UNAVAILABLE {
    if (found === undefined || found === UNAVAILABLE) return found
    try {
      return catalog.foundKeyOf('usagePlan.findKey', found)
    } catch (error) {
      this.#settings.report(`findKey returned a key that cannot be used: ${problemIn(error)}`)
      return UNAVAILABLE
    }
  }

  #call(value: string, last: FoundKey | undefined): Promise<Lookup> {
    const { findKey, clock, timeoutMs } = this.#settings
    const generation = this.#generation
    const running = waitFor({
      clock,
      timeoutMs,
      onAbort: [],
      start: async (signal) => findKey(value, { signal }),
    }).then((waited) => {
      if (this.#running.get(value) === running) this.#running.delete(value)
      if (waited.status === 'ready') return this.#remember(value, waited.value, last, generation)
      const why = waited.status === 'failed' ? 'findKey failed' : `findKey did not respond within ${timeoutMs} ms`
      return this.#fail(why, value, last, generation)
    })
    this.#running.set(value, running)
    return running
  }

  /** Keeps the last key in use without a wait for each request of an outage. */
  #fail(why: string, value: string, last: FoundKey | undefined, generation: number): Lookup {
    const { clock, ttlSeconds } = this.#settings
    if (last !== undefined && generation === this.#generation) {
      const seconds = Math.min(ttlSeconds, RETRY_SECONDS)
      this.#known.set(value, { key: last, freshUntil: clock.monotonic() + seconds * 1000 })
    }
    const effect = last === undefined ? 'requests with this key get 503' : 'the last key it found stays in use'
    this.#settings.report(`${why}; ${effect}`)
    return last ?? UNAVAILABLE
  }

  #remember(value: string, answer: unknown, last: FoundKey | undefined, generation: number): Lookup {
    const { clock, ttlSeconds, unknownTtlSeconds } = this.#settings
    const isCurrent = generation === this.#generation
    const now = clock.monotonic()
    if (answer === undefined || answer === null) {
      if (isCurrent) {
        this.#known.delete(value)
        this.#unknown.set(value, now + unknownTtlSeconds * 1000)
      }
      return undefined
    }
    try {
      const key = checkFoundKey('usagePlan.findKey', answer)
      if (isCurrent) this.#known.set(value, { key, freshUntil: now + ttlSeconds * 1000 })
      return key
    } catch (error) {
      return this.#fail(`findKey returned an invalid key: ${problemIn(error)}`, value, last, generation)
    }
  }
}
