/** Results by identity, one call per key at a time. Holds what the authorizer said, never what it meant for a request. @module */
import { optionError } from './check.ts'
import type { Clock } from './clock.ts'
import type { Contract } from './contract.ts'
import type { Flight } from './flight.ts'
import type { GatewayRequest } from './request.ts'
import { MemoryStore, type Store, type StoreHit, type StoredResult } from './store.ts'

/** Version of the key's form: entries of another form are never met. */
const KEY_VERSION = '1'

let scopes = 0

/** A call that others may join, until it lands. */
export interface Ticket {
  share(flight: Promise<Flight>): void
  land(flight: Flight, request: GatewayRequest): void
}

export interface ResultCacheOptions {
  readonly name?: string
  readonly store?: Store
  readonly maxEntries?: number
  readonly storeTimeoutMs?: number
}

const lengthPrefixed = (parts: readonly string[]): string => parts.map((part) => `${part.length}:${part}`).join('')

const digest = async (text: string): Promise<string> => {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

export class ResultCache {
  readonly #store: Store
  readonly #scope: string
  /** What a digest covers besides the identity; `undefined` when keys stay in this process. */
  readonly #digested: string | undefined
  readonly #contract: Contract
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #report: (message: string) => void
  readonly #flights = new Map<string, Promise<Flight>>()
  #generation = 0

  constructor(options: ResultCacheOptions, contract: Contract, clock: Clock, report: (message: string) => void) {
    const { store = new MemoryStore({ maxEntries: options.maxEntries ?? 10_000, clock }), name } = options
    if (options.store !== undefined && options.maxEntries !== undefined) {
      throw optionError(
        'createAuthorizer.maxEntries',
        options.maxEntries,
        'nothing when store is given: the store has a bound of its own',
      )
    }
    if (store.inProcess !== true && name === undefined) {
      throw optionError(
        'createAuthorizer.name',
        name,
        'a name, which keeps the keys of authorizers apart in a store that several processes share',
      )
    }
    this.#store = store
    this.#contract = contract
    this.#clock = clock
    this.#timeoutMs = options.storeTimeoutMs ?? 100
    this.#report = report
    // Every authorizer has a scope of its own, so that two can share a store without ever sharing an entry.
    this.#scope = store.inProcess === true ? String(++scopes) : `${name}.${KEY_VERSION}`
    this.#digested = store.inProcess === true ? undefined : lengthPrefixed([contract.name, contract.fingerprint])
  }

  /** The key for an identity and what else the contract puts into it. */
  keyOf(identity: string, parts: readonly string[] | undefined): string | Promise<string> {
    if (this.#digested !== undefined) return this.#digest(identity, parts)
    return parts === undefined ? identity : lengthPrefixed([identity, ...parts])
  }

  async #digest(identity: string, parts: readonly string[] | undefined): Promise<string> {
    const key = await digest(lengthPrefixed([this.#digested as string, identity]))
    return parts === undefined ? key : `${key}.${await digest(lengthPrefixed([identity, ...parts]))}`
  }

  get(key: string): StoreHit | undefined | Promise<StoreHit | undefined> {
    try {
      const found = this.#store.get(this.#scope, key)
      return found instanceof Promise ? this.#bounded(found, 'get') : found
    } catch {
      this.#report('store.get failed; counted as a miss')
      return undefined
    }
  }

  running(key: string): Promise<Flight> | undefined {
    return this.#flights.get(key)
  }

  start(key: string): Ticket {
    const generation = this.#generation
    let shared: Promise<Flight> | undefined
    return {
      share: (flight) => {
        shared = flight
        this.#flights.set(key, flight)
      },
      land: ({ parsed }, request) => {
        if (shared !== undefined && this.#flights.get(key) === shared) this.#flights.delete(key)
        // A call that began before an invalidation must not bring back what was forgotten (SEC-60).
        if (!parsed.accepted || generation !== this.#generation) return
        const { expiresAt } = parsed.result
        const left = expiresAt === undefined ? Number.POSITIVE_INFINITY : (expiresAt - this.#clock.now()) / 1000
        const ttlSeconds = Math.min(this.#contract.resultTtlSeconds, left)
        if (!(ttlSeconds > 0)) return
        this.#put(key, { result: parsed.result, issuedFor: { method: request.method, path: request.path } }, ttlSeconds)
      },
    }
  }

  invalidate(identity: string | undefined, principalId: string | undefined): void | Promise<void> {
    this.#generation++
    this.#flights.clear()
    if (identity === undefined) return this.#store.delete(this.#scope, undefined, principalId)
    if (this.#digested !== undefined) {
      return this.#digest(identity, undefined).then((prefix) => this.#store.delete(this.#scope, prefix))
    }
    return this.#store.delete(
      this.#scope,
      this.#contract.keyParts === undefined ? identity : lengthPrefixed([identity]),
    )
  }

  #put(key: string, stored: StoredResult, ttlSeconds: number): void {
    const failed = (): void => this.#report('store.set failed; the result was used but not kept')
    try {
      this.#store.set(this.#scope, key, stored, ttlSeconds)?.catch(failed)
    } catch {
      failed()
    }
  }

  /** A store that hangs or fails costs at most its deadline, and is then a miss (SEC-66). */
  #bounded(found: Promise<StoreHit | undefined>, operation: string): Promise<StoreHit | undefined> {
    return new Promise((resolve) => {
      const give = (hit: StoreHit | undefined): void => {
        cancel()
        resolve(hit)
      }
      const cancel = this.#clock.setTimeout(() => {
        this.#report(`store.${operation} gave no answer within ${this.#timeoutMs} ms; counted as a miss`)
        resolve(undefined)
      }, this.#timeoutMs)
      found.then(give, () => {
        this.#report(`store.${operation} failed; counted as a miss`)
        give(undefined)
      })
    })
  }
}
