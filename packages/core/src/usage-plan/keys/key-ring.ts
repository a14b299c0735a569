/** Looks up configured keys by digest (SEC-91). @module */
import { sha256For } from '../../contract.ts'
import type { StageKey } from '../catalog.ts'

// A prefix of a key tells nothing about its digest. Synchronous on Node.js.
const digestOf = sha256For()

/** The keys of one configuration. */
export class KeyRing {
  readonly #keys: readonly (readonly [value: string, key: StageKey])[]
  #byDigest: ReadonlyMap<string, StageKey> | undefined
  /** Keys that were found, by their value. It holds configured values only, so unknown ones cannot fill it. */
  readonly #found = new Map<string, StageKey>()

  constructor(keys: readonly (readonly [value: string, key: StageKey])[]) {
    this.#keys = keys
    // Where digests take time, they are ready when the first request comes.
    void this.#digests()
  }

  /** The key of a value; `undefined` if it is unknown. Synchronous on Node.js. */
  find(value: string): StageKey | undefined | Promise<StageKey | undefined> {
    const found = this.#found.get(value)
    if (found !== undefined) return found
    const byDigest = this.#byDigest ?? this.#digests()
    const digest = digestOf(value)
    if (typeof digest === 'string' && !(byDigest instanceof Promise)) return this.#lookUp(byDigest, digest, value)
    return Promise.all([byDigest, digest]).then(([keys, known]) => this.#lookUp(keys, known, value))
  }

  #lookUp(keys: ReadonlyMap<string, StageKey>, digest: string, value: string): StageKey | undefined {
    const key = keys.get(digest)
    if (key !== undefined) this.#found.set(value, key)
    return key
  }

  #digests(): ReadonlyMap<string, StageKey> | Promise<ReadonlyMap<string, StageKey>> {
    const digests = this.#keys.map(([value]) => digestOf(value))
    const toMap = (texts: readonly string[]): ReadonlyMap<string, StageKey> =>
      (this.#byDigest = new Map(this.#keys.map(([, key], index) => [texts[index] as string, key])))
    return digests.every((each) => typeof each === 'string')
      ? toMap(digests)
      : Promise.all(digests.map(async (each) => each)).then(toMap)
  }
}
