/** A store like a client of an external store: every method returns a promise. @module */
import type { Store, StoredResult, StoreHit, StoreSelector } from '@custom-authorizer/core'

/** Stores JSON text like an external store, and records all arguments for tests that look for secrets. */
export class PromiseStore implements Store {
  readonly entries = new Map<string, string>()
  readonly calls: unknown[][] = []

  get size(): number {
    return this.entries.size
  }

  async get(scope: string, key: string): Promise<StoreHit | undefined> {
    this.calls.push(['get', scope, key])
    await Promise.resolve()
    const text = this.entries.get(`${scope} ${key}`)
    return text === undefined ? undefined : { stored: JSON.parse(text) as StoredResult, ageMs: 0 }
  }

  async set(scope: string, key: string, stored: StoredResult, ttlSeconds: number): Promise<void> {
    this.calls.push(['set', scope, key, stored, ttlSeconds])
    await Promise.resolve()
    this.entries.set(`${scope} ${key}`, JSON.stringify(stored))
  }

  async delete(scope: string, selector: StoreSelector): Promise<void> {
    this.calls.push(['delete', scope, selector])
    await Promise.resolve()
    for (const [joint, text] of this.entries) {
      const key = joint.startsWith(`${scope} `) ? joint.slice(scope.length + 1) : undefined
      const { result } = JSON.parse(text) as StoredResult
      const meant =
        selector.by === 'all' ||
        (selector.by === 'key' && key === selector.key) ||
        (selector.by === 'prefix' && key?.startsWith(selector.prefix)) ||
        (selector.by === 'principalId' && result.principalId === selector.principalId)
      if (key !== undefined && meant) this.entries.delete(joint)
    }
  }
}
