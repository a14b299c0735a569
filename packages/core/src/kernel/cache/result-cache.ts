/** Caches results, not decisions, by identity, and shares running calls of one key. @module */
import { isRecord, optionError } from '../util/check.ts'
import type { Clock } from '../util/clock.ts'
import type { Contract } from '../contract/contract.ts'
import type { CallResult } from '../contract/call-result.ts'
import { type FunctionIdentity, lengthPrefixed } from '../contract/function-identity.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { type BreakerSettings, CircuitBreaker, type ReportOutcome } from '../util/breaker.ts'
import { configurationOf, digestUnder } from './configuration.ts'
import { MemoryStore } from './memory-store.ts'
import type { Store, StoredResult, StoreHit, StoreSelector } from './store.ts'
import { isThenable } from '../util/thenable.ts'

/** Opens after five consecutive failures (more than 80 % of the latest five lookups), and probes once per second. */
const STORE_BREAKER: BreakerSettings = { minimumCalls: 5, failureShare: 0.8, openMs: 1000 }
/** Version of the key format. Entries of other versions are never read. */
const KEY_VERSION = '1'

let scopes = 0

/** A call that other requests with the same key can share until it has ended. */
export interface SharedCall {
  share(call: Promise<CallResult>): void
  /** Completes the call and stores its result if the call succeeded. */
  complete(result: CallResult | undefined, request: GatewayRequest): void
}

export interface ResultCacheOptions {
  readonly name?: string
  readonly version?: string
  readonly store?: Store
  readonly maxEntries?: number
  readonly storeTimeoutMs?: number
}

/** The cache of one authorizer. */
export class ResultCache {
  readonly #store: Store
  /** `true` for a `MemoryStore`: its entries need no validation. */
  readonly #trusted: boolean
  readonly #scope: string
  /** Everything that a key covers besides the caller; `undefined` if keys stay in this process. */
  readonly #configuration: (() => string | Promise<string>) | undefined
  /** Stops lookups in a store that keeps failing, so that it delays no requests (SEC-66). `undefined` for a `MemoryStore`. */
  readonly #breaker: CircuitBreaker | undefined
  /** Whether the latest lookup failed. While lookups fail, nothing is written. */
  #lookupFailed = false
  readonly #contract: Contract
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #report: (message: string) => void
  readonly #calls = new Map<string, Promise<CallResult>>()
  #generation = 0
  #reportedSize = false

  /** @param identity what the function contributes to keys of a shared store */
  constructor(
    options: ResultCacheOptions,
    contract: Contract,
    clock: Clock,
    report: (message: string) => void,
    identity?: FunctionIdentity,
  ) {
    const { store = new MemoryStore({ maxEntries: options.maxEntries ?? 10_000, clock }), name, version } = options
    if (options.store !== undefined && options.maxEntries !== undefined)
      throw optionError('createAuthorizer.maxEntries', options.maxEntries, 'nothing when store is given')
    if (store.inProcess !== true && name === undefined)
      throw optionError('createAuthorizer.name', name, 'a name, which is required with a shared store')
    this.#trusted = store instanceof MemoryStore
    if (!this.#trusted && contract.reviveResult === undefined) {
      throw optionError('createAuthorizer.store', store, `a MemoryStore: ${contract.name} has no reviveResult`)
    }
    this.#store = store
    this.#contract = contract
    this.#clock = clock
    this.#timeoutMs = options.storeTimeoutMs ?? 100
    this.#report = report
    this.#breaker = this.#trusted
      ? undefined
      : new CircuitBreaker(STORE_BREAKER, clock, () => report('the store keeps failing; it is read once a second'))
    // Each authorizer has its own scope, so that several can use one store without sharing entries.
    this.#scope = store.inProcess === true ? String(++scopes) : `${name}.${KEY_VERSION}`
    this.#configuration =
      store.inProcess === true ? undefined : configurationOf([contract.name, contract.fingerprint], version, identity)
  }

  /** The key for an identity and the additional key parts of the contract. */
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

  #miss(why: string, report: ReportOutcome | undefined): undefined {
    this.#report(why)
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
    const hit = isRecord(found) && isRecord(found['stored']) ? found['stored'] : undefined
    const ageMs = isRecord(found) ? found['ageMs'] : undefined
    const issuedFor = hit?.['issuedFor']
    const result = hit === undefined ? undefined : this.#contract.reviveResult?.(hit['result'])
    if (
      result === undefined ||
      typeof ageMs !== 'number' ||
      !(ageMs >= 0 && ageMs <= this.#contract.resultTtlSeconds * 1000) ||
      !isRecord(issuedFor) ||
      typeof issuedFor['method'] !== 'string' ||
      typeof issuedFor['path'] !== 'string' ||
      (result.expiresAt !== undefined && result.expiresAt <= this.#clock.now())
    ) {
      this.#report('store.get returned an invalid result; treated as a miss')
      return undefined
    }
    return { stored: { result, issuedFor: { method: issuedFor['method'], path: issuedFor['path'] } }, ageMs }
  }

  running(key: string): Promise<CallResult> | undefined {
    return this.#calls.get(key)
  }

  /** The running call of a key, for stores that answer later: a call that ends during the lookup would be missed. */
  runningDuringLookup(key: string): Promise<CallResult> | undefined {
    return this.#trusted ? undefined : this.#calls.get(key)
  }

  start(key: string): SharedCall {
    const generation = this.#generation
    let shared: Promise<CallResult> | undefined
    return {
      share: (call) => {
        shared = call
        this.#calls.set(key, call)
      },
      complete: (result, request) => {
        if (shared !== undefined && this.#calls.get(key) === shared) this.#calls.delete(key)
        // A call that started before an invalidation must not restore removed results (SEC-60).
        if (result?.parsed.accepted !== true || generation !== this.#generation) return
        const { parsed } = result
        if (parsed.fallbackFor !== undefined || parsed.uncached === true) return
        const { expiresAt } = parsed.result
        const secondsLeft = expiresAt === undefined ? Number.POSITIVE_INFINITY : (expiresAt - this.#clock.now()) / 1000
        const ttlSeconds = Math.min(this.#contract.resultTtlSeconds, secondsLeft)
        if (!(ttlSeconds > 0)) return
        this.#put(key, { result: parsed.result, issuedFor: { method: request.method, path: request.path } }, ttlSeconds)
      },
    }
  }

  /** Removes all results, or those of one identity or one principal. */
  invalidate(
    chosen: { readonly identity: string } | { readonly principalId: string } | undefined,
  ): void | Promise<void> {
    this.#generation++
    this.#calls.clear()
    if (chosen === undefined) return this.#store.delete(this.#scope, { by: 'all' })
    if ('principalId' in chosen)
      return this.#store.delete(this.#scope, { by: 'principalId', principalId: chosen.principalId })
    const isWholeKey = this.#contract.extraKeyParts === undefined
    const select = (key: string): StoreSelector => (isWholeKey ? { by: 'key', key } : { by: 'prefix', prefix: key })
    if (this.#configuration === undefined)
      return this.#store.delete(this.#scope, select(isWholeKey ? chosen.identity : lengthPrefixed([chosen.identity])))
    return Promise.resolve(this.#digest(this.#configuration, chosen.identity, undefined)).then((key) =>
      this.#store.delete(this.#scope, select(key)),
    )
  }

  #reportSize(): void {
    if (!this.#reportedSize) this.#report('a result is too large for the store, so it is not cached')
    this.#reportedSize = true
  }

  #put(key: string, stored: StoredResult, ttlSeconds: number): void {
    if (this.#lookupFailed) return
    const failed = (): void => this.#report('store.set failed; the result was used but not cached')
    try {
      const kept: unknown = this.#store.set(this.#scope, key, stored, ttlSeconds)
      if (isThenable(kept)) Promise.resolve(kept).then((value) => value === false && this.#reportSize(), failed)
      else if (kept === false) this.#reportSize()
    } catch {
      failed()
    }
  }

  /** Applies the deadline to a lookup. A store that hangs or fails counts as a miss (SEC-66). */
  #bounded(found: PromiseLike<unknown>, report: ReportOutcome | undefined): Promise<StoreHit | undefined> {
    return new Promise((resolve) => {
      let late = false
      const cancel = this.#clock.setTimeout(() => {
        late = true
        resolve(this.#miss(`store.get did not respond within ${this.#timeoutMs} ms; treated as a miss`, report))
      }, this.#timeoutMs)
      const finish = (hit: StoreHit | undefined): void => {
        cancel()
        resolve(hit)
      }
      Promise.resolve(found)
        .then((hit) => (late ? undefined : this.#revive(hit, report)))
        .then(finish, () => {
          if (!late) finish(this.#miss('store.get failed; treated as a miss', report))
        })
    })
  }
}
