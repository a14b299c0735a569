/** Caches results, not decisions, by identity, and shares running calls of one key. @module */
import type { CallResult } from '../contract/call-result.ts'
import type { Contract } from '../contract/contract.ts'
import type { FunctionIdentity } from '../contract/function-identity.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { ownText } from '../runtime/own-text.ts'
import { optionError } from '../util/check.ts'
import type { Clock } from '../util/clock.ts'
import type { Chosen, Entries } from './entries.ts'
import { MemoryStore } from './memory-store.ts'
import { SharedEntries } from './shared-entries.ts'
import type { SharedStore } from './shared-store.ts'
import { StoreEntries } from './store-entries.ts'
import type { Store, StoreHit } from './store.ts'

/** A call that other requests with the same key can share until it has ended. */
export interface SharedCall {
  share(call: Promise<CallResult>): void
  /** Completes the call and stores its result if the call succeeded. */
  complete(result: CallResult | undefined, request: GatewayRequest): void
}

export interface ResultCacheOptions {
  readonly name?: string
  readonly version?: string
  readonly store?: Store | SharedStore
  readonly maxEntries?: number
  readonly storeTimeoutMs?: number
}

interface RunningCall {
  readonly call: Promise<CallResult>
  readonly revision: number
}

/** Whether a store shares results between processes. */
const isSharedStore = (store: Store | SharedStore): store is SharedStore => 'open' in store

/** The cache of one authorizer. */
export class ResultCache {
  readonly #entries: Entries
  readonly #contract: Contract
  readonly #clock: Clock
  readonly #calls = new Map<string, RunningCall>()

  /**
   * @param identity what the function contributes to keys of a store outside of this process
   * @throws {AuthorizerError} `ERR_OPTION` if the options do not fit the store
   */
  constructor(
    options: ResultCacheOptions,
    contract: Contract,
    clock: Clock,
    report: (message: string) => void,
    identity?: FunctionIdentity,
  ) {
    const { name, version, store, maxEntries = 10_000, storeTimeoutMs: timeoutMs = 100 } = options
    const settings = { name, version, identity, contract, clock, timeoutMs, report }
    if (store !== undefined && isSharedStore(store)) {
      this.#entries = new SharedEntries({ ...settings, store, maxEntries })
    } else {
      if (store !== undefined && options.maxEntries !== undefined)
        throw optionError('createAuthorizer.maxEntries', options.maxEntries, 'nothing when store is given')
      this.#entries = new StoreEntries({ ...settings, store: store ?? new MemoryStore({ maxEntries, clock }) })
    }
    this.#contract = contract
    this.#clock = clock
  }

  /** The key for an identity and the additional key parts of the contract. */
  keyOf(identity: string, parts: readonly string[] | undefined): string | Promise<string> {
    return this.#entries.keyOf(identity, parts)
  }

  get(key: string): StoreHit | undefined | Promise<StoreHit | undefined> {
    return this.#entries.get(key)
  }

  /** A result that was added while {@link get} waited. */
  peek(key: string): StoreHit | undefined {
    return this.#entries.peek(key)
  }

  /** The running call of a key, unless it began before an invalidation. */
  running(key: string): Promise<CallResult> | undefined {
    const running = this.#calls.get(key)
    return running?.revision === this.#entries.revision ? running.call : undefined
  }

  /** The running call of a key, for stores that answer later: a call that ends during the lookup would be missed. */
  runningDuringLookup(key: string): Promise<CallResult> | undefined {
    return this.#entries.sharesBeforeLookup ? this.running(key) : undefined
  }

  start(key: string): SharedCall {
    const put = this.#entries.begin(key)
    const { revision } = this.#entries
    let shared: RunningCall | undefined
    return {
      share: (call) => {
        shared = { call, revision }
        this.#calls.set(key, shared)
      },
      complete: (result, request) => {
        if (shared !== undefined && this.#calls.get(key) === shared) this.#calls.delete(key)
        if (result?.parsed.accepted !== true) return
        const { parsed } = result
        if (parsed.fallbackFor !== undefined || parsed.uncached === true) return
        const { expiresAt } = parsed.result
        const secondsLeft = expiresAt === undefined ? Number.POSITIVE_INFINITY : (expiresAt - this.#clock.now()) / 1000
        const ttlSeconds = Math.min(this.#contract.resultTtlSeconds, secondsLeft)
        if (ttlSeconds <= 0) return
        const issuedFor = { method: request.method, path: ownText(request.path) }
        put({ result: parsed.result, issuedFor }, ttlSeconds)
      },
    }
  }

  /** Removes all results, or those of one identity or one principal. */
  invalidate(chosen: Chosen): void | Promise<void> {
    this.#calls.clear()
    return this.#entries.invalidate(chosen)
  }
}
