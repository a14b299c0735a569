/** The results and invalidations of one authorizer in Redis. @module */
import type { InvalidationMark, SharedResults, SharedSelector, SharedValue, UsableResults } from '../../index.ts'
import { lengthPrefixed } from '../../contract.ts'
import type { SendCommand } from '../client/commands.ts'
import { textOf } from '../client/reply-values.ts'
import type { InvalidationLog } from './invalidation-log.ts'
import { Mark } from './mark.ts'
import type { Sealer } from './sealed-value.ts'
import type { DerivedKeys } from '../secrets.ts'
import type { StoreCounts } from './store-counts.ts'

/** Version of names and tags. Those of other versions are never read. */
const VERSION = '1'

export interface RedisResultsSettings {
  /** Name of the authorizer. */
  readonly name: string
  readonly send: SendCommand
  readonly prefix: string
  /** Keys of the current secret, then those of previous ones. */
  readonly keys: readonly [DerivedKeys, ...DerivedKeys[]]
  readonly sealer: Sealer
  readonly log: InvalidationLog
  readonly counts: StoreCounts
  /** How far a value may be from the future, in milliseconds. */
  readonly toleranceMs: number
}

export class RedisResults implements SharedResults {
  readonly #settings: RedisResultsSettings
  /** Tags of all results of the authorizer. */
  readonly #allTags: readonly string[]

  constructor(settings: RedisResultsSettings) {
    this.#settings = settings
    this.#allTags = settings.keys.map((keys) => this.#tagUnder(keys, { by: 'all' }))
  }

  get revision(): number {
    return this.#settings.log.revision
  }

  get mark(): InvalidationMark {
    return this.#settings.log.mark
  }

  usable(): UsableResults | Promise<UsableResults> {
    return this.#settings.log.usable()
  }

  async get(key: string): Promise<SharedValue | undefined> {
    const { send, sealer, log, counts, toleranceMs } = this.#settings
    const redisKey = this.#redisKey(key)
    const value = await send(['GET', redisKey], redisKey)
    if (value === null || value === undefined) {
      counts.misses.absent++
      return undefined
    }
    const sealed = sealer.open(redisKey, textOf(value))
    if (sealed === undefined) {
      counts.misses.unreadable++
      send(['DEL', redisKey], redisKey).catch(() => undefined)
      return undefined
    }
    // The first poll may still be running. It is the only source of the time of the server.
    if (log.latestTime === undefined) await log.poll()
    const ageMs = (log.latestTime ?? Number.NaN) - sealed.writtenAt
    if (!(ageMs >= -toleranceMs && ageMs < sealed.ttlMs)) {
      counts.misses.expired++
      return undefined
    }
    counts.hits++
    const { epoch, position, text, ttlMs } = sealed
    return { text, mark: new Mark(epoch, position, 0, log.mark.since), ageMs: Math.max(0, ageMs), ttlMs }
  }

  async set(key: string, { text, mark, ageMs, ttlMs }: SharedValue): Promise<void> {
    const { send, sealer, log, counts } = this.#settings
    const time = log.earliestTime
    // A result of an earlier epoch would never count.
    if (!(mark instanceof Mark) || mark.epoch !== log.mark.epoch || mark.epoch === '' || time === undefined) return
    const redisKey = this.#redisKey(key)
    const { epoch, position } = mark
    const value = sealer.seal(redisKey, { epoch, position, writtenAt: time - ageMs, ttlMs, text })
    if (value === undefined) {
      counts.tooLarge++
      return
    }
    await send(['SET', redisKey, value, 'PX', String(ttlMs - ageMs)], redisKey)
    counts.writes++
  }

  tagsOf(identityDigest: string, principalId: string): readonly string[] {
    const { keys } = this.#settings
    return [
      ...this.#allTags,
      ...keys.map((each) => this.#tagUnder(each, { by: 'identity', digest: identityDigest })),
      ...keys.map((each) => this.#tagUnder(each, { by: 'principalId', principalId })),
    ]
  }

  isInvalidated(mark: InvalidationMark, tags: () => readonly string[]): boolean {
    return this.#settings.log.isInvalidated(mark, tags)
  }

  invalidate(selector: SharedSelector): Promise<void> {
    const { log, keys } = this.#settings
    const [current] = keys
    return log.invalidate(current.id, this.#tagUnder(current, selector).slice(current.id.length + 1))
  }

  #redisKey(key: string): string {
    const { prefix, keys, name } = this.#settings
    return `${prefix}:d:${keys[0].nameOf(lengthPrefixed([VERSION, name, key]))}`
  }

  /** The tag of a selector, with the name of the secret that it is made with. */
  #tagUnder(keys: DerivedKeys, selector: SharedSelector): string {
    const { name } = this.#settings
    const value = selector.by === 'all' ? [] : [selector.by === 'identity' ? selector.digest : selector.principalId]
    return `${keys.id}:${keys.tagOf(lengthPrefixed([VERSION, name, selector.by, ...value]))}`
  }
}
