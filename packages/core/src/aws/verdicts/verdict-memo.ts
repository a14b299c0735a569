/** Verdicts of recent decisions, for policies whose verdict depends on the request's resource alone. @module */
import type { GatewayRequest, Routing } from '../../index.ts'
import { ownText } from '../../contract.ts'
import type { CompiledPolicy } from '../policy/compiled-policy.ts'
import { RecentHashes } from './recent-hashes.ts'

/** Everything that a verdict depends on, besides the API of the contract that owns the memo. */
interface Entry<T> {
  readonly policy: number
  readonly path: string
  readonly method: string
  readonly routing: number
  readonly verdict: T
}

type Inputs = Pick<GatewayRequest, 'method' | 'routing'>

/** Number of entries; a power of two. Each holds at most {@link MAX_PATH} characters of a client, so all take under 4 MiB. */
const SLOTS = 8192
/** Number of entries that share a hash. The oldest of them is replaced. */
const WAYS = 4
const NO_HASHES = new Int32Array(0)
const MAX_PATH = 256
const MAX_METHOD = 16

/** The options of a router as one number. `decodes` does not change how a canonical path is compared. */
const routingKey = ({ caseSensitive, strict, looseMounts }: Routing): number =>
  (caseSensitive ? 1 : 0) | (strict ? 2 : 0) | (looseMounts === true ? 4 : 0)

/** The hash of policy, path and method. It only chooses the entries to compare. */
export const memoHash = ({ id }: CompiledPolicy, pathHash: number, method: string): number => {
  let mixed = Math.imul(id, 0x9e37_79b1) ^ (method.length << 8) ^ (method.charCodeAt(0) << 16) ^ pathHash
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85eb_ca6b)
  return mixed ^ (mixed >>> 13)
}

/** Whether the first `end` characters of a path are this text. */
const begins = (path: string, end: number, text: string): boolean =>
  end === path.length ? path === text : end === text.length && path.startsWith(text)

const firstSlotOf = (hash: number): number => hash & (SLOTS - WAYS)

/** Whether the verdict for a request depends on policy, path, method and routing alone, and its path is short enough to keep. */
export const isMemorable = ({ isUnconditional }: CompiledPolicy, request: GatewayRequest): boolean =>
  isUnconditional &&
  request.isCanonical &&
  request.received === undefined &&
  request.path.length <= MAX_PATH &&
  request.method.length <= MAX_METHOD

/**
 * Remembers verdicts. The key has every input of the decision: the policy, the canonical path, the method, and how the router
 * compares paths. Left out are requests with a second spelling (not canonical, or rewritten), and policies with conditions or
 * variables, which also depend on headers, address and time. Results stay what the cache holds; a memo only saves repeated
 * evaluations of the same policy for the same resource.
 */
export class VerdictMemo<T> {
  // The tables are created with the first decision, because many authorizers of a process never decide.
  #slots: (Entry<T> | undefined)[] = []
  /** The hash of each entry. An entry whose hash differs is not read: with many paths it is in none of the processor's caches. */
  #hashes: Int32Array = NO_HASHES
  /** Decisions that were noted once: most paths with an ID never recur. */
  readonly #noted = new RecentHashes()

  /**
   * The verdict of an earlier decision with the same inputs, which {@link isMemorable} has to accept.
   *
   * @param end the number of characters of `path` that the verdict is for
   * @param pathHash the hash of these characters
   */
  get(policy: CompiledPolicy, path: string, end: number, pathHash: number, { method, routing }: Inputs): T | undefined {
    const hash = memoHash(policy, pathHash, method)
    const first = firstSlotOf(hash)
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.#hashes[slot] !== hash) continue
      const entry = this.#slots[slot]
      if (
        entry !== undefined &&
        entry.policy === policy.id &&
        begins(path, end, entry.path) &&
        entry.method === method &&
        entry.routing === routingKey(routing)
      )
        return entry.verdict
    }
    return undefined
  }

  /** Notes a decision for a path. Returns whether it was noted before, so that its verdict is worth remembering. */
  recurs(policy: CompiledPolicy, pathHash: number, { method }: Inputs): boolean {
    const hash = memoHash(policy, pathHash, method)
    if (this.#noted.has(hash)) return true
    this.#noted.add(hash)
    return false
  }

  /** Remembers a verdict for a path. */
  set(policy: CompiledPolicy, path: string, pathHash: number, { method, routing }: Inputs, verdict: T): void {
    if (this.#slots.length === 0) this.#allocate()
    const hash = memoHash(policy, pathHash, method)
    const first = firstSlotOf(hash)
    for (let slot = first + WAYS - 1; slot > first; slot--) {
      this.#slots[slot] = this.#slots[slot - 1]
      this.#hashes[slot] = this.#hashes[slot - 1] as number
    }
    this.#hashes[first] = hash
    this.#slots[first] = { policy: policy.id, path: ownText(path), method, routing: routingKey(routing), verdict }
  }

  #allocate(): void {
    this.#slots = Array.from({ length: SLOTS }, () => undefined)
    this.#hashes = new Int32Array(SLOTS)
  }
}
