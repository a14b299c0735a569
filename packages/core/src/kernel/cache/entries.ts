/** Where a result cache keeps its results. @module */
import type { Contract } from '../contract/contract.ts'
import type { FunctionIdentity } from '../contract/function-identity.ts'
import type { Clock } from '../util/clock.ts'
import type { StoredResult, StoreHit } from './store.ts'

/** What every kind of {@link Entries} needs besides its store. */
export interface EntriesSettings {
  readonly name: string | undefined
  readonly version: string | undefined
  /** What the function contributes to keys of a store outside of this process. */
  readonly identity: FunctionIdentity | undefined
  readonly contract: Contract
  readonly clock: Clock
  /** Deadline of a lookup in milliseconds. */
  readonly timeoutMs: number
  readonly report: (message: string) => void
}

/** Whose results are removed; `undefined` for all. */
export type Chosen = { readonly identity: string } | { readonly principalId: string } | undefined

/** Stores a result of a call, for a number of seconds. Does nothing if it was invalidated since the call began. */
export type PutResult = (stored: StoredResult, ttlSeconds: number) => void

/** The results of one authorizer. */
export interface Entries {
  /** Whether a running call is shared without a lookup, because it may end while a lookup waits. */
  readonly sharesBeforeLookup: boolean
  /** Changes with each invalidation. A call that began under another revision is not shared. */
  readonly revision: number
  /** The key for an identity and the additional key parts of the contract. */
  keyOf(identity: string, parts: readonly string[] | undefined): string | Promise<string>
  /** Never throws or rejects: a failure is a miss. */
  get(key: string): StoreHit | undefined | Promise<StoreHit | undefined>
  /** A result that was added while a lookup waited. */
  peek(key: string): StoreHit | undefined
  /** Notes that a call begins. */
  begin(key: string): PutResult
  invalidate(chosen: Chosen): void | Promise<void>
}
