/** Results in a memory store, or in another store that keeps results itself. @module */
import { lengthPrefixed } from '../contract/function-identity.ts'
import { CircuitBreaker, type ReportOutcome, STORE_BREAKER } from '../util/breaker.ts'
import { isRecord, optionError } from '../util/check.ts'
import { isThenable } from '../util/thenable.ts'
import { configurationOf, digestUnder } from './configuration.ts'
import type { Chosen, Entries, EntriesSettings, PutResult } from './entries.ts'
import { MemoryStore } from './memory-store.ts'
import { replyWithin } from './reply.ts'
import { reviveStored } from './revived-result.ts'
import type { Store, StoredResult, StoreHit, StoreSelector } from './store.ts'

/** Version of the key format. Entries of other versions are never read. */
const KEY_VERSION = '1'

/** Distinguishes the copies of this package in a process, whose authorizers can use one store (SEC-121). */
let copy: string | undefined
let scopes = 0

/** Not called before the first request: some runtimes have no random numbers while modules are loaded. */
const newScope = (): string => {
  copy ??= crypto.randomUUID().slice(0, 13)
  return `${copy}.${++scopes}`
}

export interface StoreEntriesSettings extends EntriesSettings {
  readonly store: Store
}

/** Results in a {@link Store}. */
export class StoreEntries implements Entries {
  readonly sharesBeforeLookup: boolean
  revision = 0
  readonly #settings: StoreEntriesSettings
  readonly #store: Store
  /** Each authorizer has its own, so that several can use one store without sharing entries. */
  #ownScope: string | undefined
  /** `true` for a `MemoryStore`: its entries need no validation. */
  readonly #trusted: boolean
  /** Everything that a key covers besides the caller; `undefined` if keys stay in this process. */
  readonly #configuration: (() => string | Promise<string>) | undefined
  /** Stops lookups in a store that keeps failing, so that it delays no requests (SEC-66). `undefined` for a `MemoryStore`. */
  readonly #breaker: CircuitBreaker | undefined
  /** Whether the latest lookup failed. While lookups fail, nothing is written. */
  #lookupFailed = false
  #reportedSize = false

  /** @throws {AuthorizerError} `ERR_OPTION` if the store needs a name or a contract that can validate results */
  constructor(settings: StoreEntriesSettings) {
    const { store, name, version, identity, contract, clock, report } = settings
    if (store.inProcess !== true && name === undefined)
      throw optionError('createAuthorizer.name', name, 'a name, which is required with a shared store')
    this.#trusted = store instanceof MemoryStore
    if (!this.#trusted && contract.reviveResult === undefined)
      throw optionError('createAuthorizer.store', store, `a MemoryStore: ${contract.name} has no reviveResult`)
    this.#settings = settings
    this.#store = store
    this.sharesBeforeLookup = !this.#trusted
    this.#breaker = this.#trusted
      ? undefined
      : new CircuitBreaker(STORE_BREAKER, clock, () => report('the store keeps failing; it is read once a second'))
    this.#ownScope = store.inProcess === true ? undefined : `${name}.${KEY_VERSION}`
    this.#configuration =
      store.inProcess === true ? undefined : configurationOf([contract.name, contract.fingerprint], version, identity)
  }

  get #scope(): string {
    return (this.#ownScope ??= newScope())
  }

  keyOf(identity: string, parts: readonly string[] | undefined): string | Promise<string> {
    if (this.#configuration !== undefined) return this.#digest(this.#configuration, identity, parts)
    return parts === undefined ? identity : lengthPrefixed([identity, ...parts])
  }

  /** Synchronous on Node.js, except until the configuration is known. */
  #digest(
    configuration: () => string | Promise<string>,
    identity: string,
    parts: readonly string[] | undefined,
  ): string | Promise<string> {
    const known = configuration()
    return typeof known === 'string'
      ? digestUnder(known, identity, parts)
      : known.then((text) => digestUnder(text, identity, parts))
  }

  get(key: string): StoreHit | undefined | Promise<StoreHit | undefined> {
    const report = this.#breaker?.enter()
    if (this.#breaker !== undefined && report === undefined) return undefined
    try {
      const found: unknown = this.#store.get(this.#scope, key)
      if (isThenable(found)) return this.#bounded(found, report)
      return this.#trusted ? (found as StoreHit | undefined) : this.#revive(found, report)
    } catch {
      return this.#miss('store.get failed; treated as a miss', report)
    }
  }

  peek(): undefined {
    return undefined
  }

  /** A store that hangs or fails counts as a miss (SEC-66). */
  async #bounded(found: PromiseLike<unknown>, report: ReportOutcome | undefined): Promise<StoreHit | undefined> {
    const { clock, timeoutMs } = this.#settings
    const reply = await replyWithin(clock, timeoutMs, found)
    if (reply.status === 'timedOut')
      return this.#miss(`store.get did not respond within ${timeoutMs} ms; treated as a miss`, report)
    if (reply.status === 'ready') {
      try {
        return this.#revive(reply.value, report)
      } catch {
        // Below.
      }
    }
    return this.#miss('store.get failed; treated as a miss', report)
  }

  #miss(why: string, report: ReportOutcome | undefined): undefined {
    this.#settings.report(why)
    this.#count(report, true)
    return undefined
  }

  #count(report: ReportOutcome | undefined, failed: boolean): void {
    if (report === undefined) return
    this.#lookupFailed = failed
    report(failed)
  }

  /** Validates a hit of another store like a result of the function, because other processes can write to it (SEC-65). */
  #revive(found: unknown, report: ReportOutcome | undefined): StoreHit | undefined {
    this.#count(report, false)
    if (found === undefined || found === null) return undefined
    const { contract, clock } = this.#settings
    const ageMs = isRecord(found) ? found['ageMs'] : undefined
    const stored = isRecord(found) ? reviveStored(contract, found['stored'], clock.now()) : undefined
    const isInTime = typeof ageMs === 'number' && ageMs >= 0 && ageMs <= contract.resultTtlSeconds * 1000
    if (stored !== undefined && isInTime) return { stored, ageMs }
    this.#settings.report('store.get returned an invalid result; treated as a miss')
    return undefined
  }

  begin(key: string): PutResult {
    const { revision } = this
    return (stored, ttlSeconds) => {
      // A call that started before an invalidation must not restore removed results (SEC-60).
      if (revision === this.revision && !this.#lookupFailed) this.#put(key, stored, ttlSeconds)
    }
  }

  #put(key: string, stored: StoredResult, ttlSeconds: number): void {
    const failed = (): void => this.#settings.report('store.set failed; the result was used but not cached')
    try {
      const kept: unknown = this.#store.set(this.#scope, key, stored, ttlSeconds)
      if (isThenable(kept)) Promise.resolve(kept).then((value) => value === false && this.#reportSize(), failed)
      else if (kept === false) this.#reportSize()
    } catch {
      failed()
    }
  }

  #reportSize(): void {
    if (!this.#reportedSize) this.#settings.report('a result is too large for the store, so it is not cached')
    this.#reportedSize = true
  }

  invalidate(chosen: Chosen): void | Promise<void> {
    this.revision++
    if (chosen === undefined) return this.#store.delete(this.#scope, { by: 'all' })
    if ('principalId' in chosen)
      return this.#store.delete(this.#scope, { by: 'principalId', principalId: chosen.principalId })
    const isWholeKey = this.#settings.contract.extraKeyParts === undefined
    const select = (key: string): StoreSelector => (isWholeKey ? { by: 'key', key } : { by: 'prefix', prefix: key })
    if (this.#configuration === undefined)
      return this.#store.delete(this.#scope, select(isWholeKey ? chosen.identity : lengthPrefixed([chosen.identity])))
    return Promise.resolve(this.#digest(this.#configuration, chosen.identity, undefined)).then((key) =>
      this.#store.delete(this.#scope, select(key)),
    )
  }
}
