/** Results in the memory of this process, in front of a store that shares them between processes (FLEET-60). @module */
import { lengthPrefixed } from '../contract/function-identity.ts'
import { synchronousSha256 } from '../runtime/sha-256.ts'
import { optionError, optionProblem } from '../util/check.ts'
import { configurationOf } from './configuration.ts'
import type { Chosen, Entries, EntriesSettings, PutResult } from './entries.ts'
import { MarkedResult } from './marked-result.ts'
import { MemoryStore } from './memory-store.ts'
import { reviveStored } from './revived-result.ts'
import { SharedLookups } from './shared-lookups.ts'
import type {
  InvalidationMark,
  SharedResults,
  SharedSelector,
  SharedStore,
  SharedValue,
  UsableResults,
} from './shared-store.ts'
import type { StoreHit } from './store.ts'

/** The only scope of a memory store that one authorizer uses. */
const SCOPE = ''

export interface SharedEntriesSettings extends EntriesSettings {
  readonly store: SharedStore
  readonly maxEntries: number
}

/** Results in two tiers. */
export class SharedEntries implements Entries {
  // A hit in memory must not wait for a running call. Lookups in the store are shared by themselves.
  readonly sharesBeforeLookup = false
  readonly #settings: SharedEntriesSettings
  readonly #memory: MemoryStore
  readonly #results: SharedResults
  readonly #digest: (text: string) => string
  readonly #configuration: () => string | Promise<string>
  readonly #lookups: SharedLookups
  #reportedSize = false

  /** @throws {AuthorizerError} `ERR_OPTION` if there is no name, or the contract or the runtime cannot share results */
  constructor(settings: SharedEntriesSettings) {
    const { store, maxEntries, name, version, identity, contract, clock, report } = settings
    if (name === undefined)
      throw optionError('createAuthorizer.name', name, 'a name, which is required with a shared store')
    if (contract.reviveResult === undefined)
      throw optionError('createAuthorizer.store', store, `a MemoryStore: ${contract.name} has no reviveResult`)
    const digest = synchronousSha256()
    if (digest === undefined)
      throw optionProblem('createAuthorizer.store', 'a runtime without node:crypto', 'a MemoryStore on this runtime')
    this.#settings = settings
    this.#digest = digest
    this.#memory = new MemoryStore({ maxEntries, clock })
    this.#configuration = configurationOf([contract.name, contract.fingerprint], version, identity)
    this.#lookups = new SharedLookups(clock, settings.timeoutMs, report)
    for (const warning of store.warnings ?? []) report(warning)
    this.#results = store.open({ name, report })
  }

  get revision(): number {
    return this.#results.revision
  }

  keyOf(identity: string, parts: readonly string[] | undefined): string {
    return parts === undefined ? identity : lengthPrefixed([identity, ...parts])
  }

  get(key: string): StoreHit | undefined | Promise<StoreHit | undefined> {
    const usable = this.#results.usable()
    if (typeof usable !== 'string') return this.#getWhenKnown(key, usable)
    const kept = usable === 'none' ? undefined : this.#kept(key)
    return kept !== undefined || usable !== 'all' ? kept : this.#lookUp(key)
  }

  /** Asks for invalidations and for the result at the same time, so that there is one round trip (FLEET-67). */
  async #getWhenKnown(key: string, pending: Promise<UsableResults>): Promise<StoreHit | undefined> {
    const lookup = this.#memory.get(SCOPE, key) === undefined ? this.#lookUp(key, pending) : undefined
    const usable = await pending
    if (usable === 'none') return undefined
    const kept = this.#kept(key)
    return kept !== undefined || usable === 'memory' ? kept : (lookup ?? this.#lookUp(key))
  }

  /** A result in memory that has not been invalidated. */
  #kept(key: string): StoreHit | undefined {
    const hit = this.#memory.get(SCOPE, key)
    if (hit === undefined) return undefined
    const stored = hit.stored as MarkedResult
    if (!this.#isCurrent(stored, key)) {
      this.#memory.delete(SCOPE, { by: 'key', key })
      return undefined
    }
    return stored.earlierMs === 0 ? hit : { stored, ageMs: hit.ageMs + stored.earlierMs }
  }

  #isCurrent(stored: MarkedResult, key: string): boolean {
    const { revision } = this.#results
    if (stored.checkedAt === revision) return true
    const tags = (): readonly string[] =>
      (stored.tags ??= this.#results.tagsOf(this.#identityDigest(this.#identityOf(key)), stored.result.principalId))
    if (this.#results.isInvalidated(stored.mark, tags)) return false
    stored.checkedAt = revision
    return true
  }

  /** The identity in a key of {@link keyOf}. */
  #identityOf(key: string): string {
    if (this.#settings.contract.extraKeyParts === undefined) return key
    const colon = key.indexOf(':')
    return key.slice(colon + 1, colon + 1 + Number(key.slice(0, colon)))
  }

  /** Does not depend on the configuration: an invalidation applies to all versions of an authorizer. */
  #identityDigest(identity: string): string {
    return this.#digest(lengthPrefixed(['identity', identity]))
  }

  #sharedKey(key: string): string | Promise<string> {
    const configuration = this.#configuration()
    return typeof configuration === 'string'
      ? this.#digest(lengthPrefixed([configuration, key]))
      : configuration.then((text) => this.#digest(lengthPrefixed([text, key])))
  }

  /** Reads the store. Returns `undefined` if it keeps failing. */
  #lookUp(key: string, pending?: Promise<UsableResults>): Promise<StoreHit | undefined> | undefined {
    const { clock } = this.#settings
    let receivedAt = 0
    return this.#lookups.run(key, this.revision, pending, {
      send: async () => {
        const value = await this.#results.get(await this.#sharedKey(key))
        receivedAt = clock.monotonic()
        return value
      },
      accept: async (value) => {
        // What was invalidated before this request has to be known before the result counts.
        if (pending !== undefined && (await pending) !== 'all') return undefined
        return this.#accept(key, { ...value, ageMs: value.ageMs + Math.ceil(clock.monotonic() - receivedAt) })
      },
    })
  }

  peek(key: string): StoreHit | undefined {
    const usable = this.#results.usable()
    return usable === 'all' || usable === 'memory' ? this.#kept(key) : undefined
  }

  /** Validates a result, and keeps it in memory if no invalidation selects it. */
  #accept(key: string, { text, mark, ageMs, ttlMs }: SharedValue): StoreHit | undefined {
    const { contract, clock, report } = this.#settings
    const leftMs = Math.min(ttlMs, contract.resultTtlSeconds * 1000) - ageMs
    if (!(leftMs > 0) || !(ageMs >= 0)) return undefined
    const stored = reviveStored(contract, parsed(text), clock.now())
    if (stored === undefined) {
      report('the shared store returned an invalid result; treated as a miss')
      return undefined
    }
    const marked = new MarkedResult(stored, mark, ageMs)
    if (!this.#isCurrent(marked, key)) return undefined
    this.#memory.set(SCOPE, key, marked, leftMs / 1000, text)
    return { stored: marked, ageMs }
  }

  begin(key: string): PutResult {
    const { mark } = this.#results
    return (stored, ttlSeconds) => {
      const text = JSON.stringify(stored)
      if (!this.#memory.set(SCOPE, key, new MarkedResult(stored, mark, 0), ttlSeconds, text)) this.#reportSize()
      // While reads fail, nothing is written.
      else if (!this.#lookups.hasFailed && this.#results.usable() === 'all')
        void this.#write(key, text, mark, ttlSeconds)
    }
  }

  #reportSize(): void {
    if (!this.#reportedSize) this.#settings.report('a result is too large for the store, so it is not cached')
    this.#reportedSize = true
  }

  async #write(key: string, text: string, mark: InvalidationMark, ttlSeconds: number): Promise<void> {
    const ttlMs = Math.floor(ttlSeconds * 1000)
    if (ttlMs <= 0) return
    try {
      await this.#results.set(await this.#sharedKey(key), { text, mark, ageMs: 0, ttlMs })
    } catch {
      this.#settings.report('the shared store could not write a result; it is cached in memory only')
    }
  }

  invalidate(chosen: Chosen): Promise<void> {
    if (chosen === undefined) this.#memory.delete(SCOPE, { by: 'all' })
    else if ('principalId' in chosen) this.#memory.delete(SCOPE, { by: 'principalId', principalId: chosen.principalId })
    else if (this.#settings.contract.extraKeyParts === undefined)
      this.#memory.delete(SCOPE, { by: 'key', key: chosen.identity })
    else this.#memory.delete(SCOPE, { by: 'prefix', prefix: lengthPrefixed([chosen.identity]) })
    return this.#results.invalidate(this.#selectorOf(chosen))
  }

  #selectorOf(chosen: Chosen): SharedSelector {
    if (chosen === undefined) return { by: 'all' }
    return 'principalId' in chosen
      ? { by: 'principalId', principalId: chosen.principalId }
      : { by: 'identity', digest: this.#identityDigest(chosen.identity) }
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
