/** A store outside of this process, as a client for one would look: every answer is a promise. @module */
import type { Store, StoredResult, StoreHit } from '@custom-authorizer/core'

/** Keeps JSON text, as the wire does, and all that it was ever told, for tests that look for secrets. */
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

  async delete(scope: string, prefix = '', principalId?: string): Promise<void> {
    this.calls.push(['delete', scope, prefix, principalId])
    await Promise.resolve()
    for (const [joint, text] of this.entries) {
      const { result } = JSON.parse(text) as StoredResult
      if (joint.startsWith(`${scope} ${prefix}`) && (principalId === undefined || result.principalId === principalId))
        this.entries.delete(joint)
    }
  }
}
