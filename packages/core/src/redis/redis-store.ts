/** `redisStore`: results and invalidations that processes share over Redis or Valkey. @module */
import type { Clock, SharedResults, SharedScope, SharedStore } from '../index.ts'
import { check, type Checks, RepeatedLines, systemClock } from '../contract.ts'
import { clientWarnings } from './client/client-warnings.ts'
import { commandsOf, isRedisClient, type RedisClient, type SendCommand } from './client/commands.ts'
import { DEFAULT_PREFIX, keyPrefix } from './prefix.ts'
import { InvalidationLog } from './results/invalidation-log.ts'
import { RedisResults } from './results/redis-results.ts'
import { Sealer } from './results/sealed-value.ts'
import { type DerivedKeys, deriveKeys, type Secret, secretList } from './secrets.ts'
import { newCounts, type StoreCounts } from './results/store-counts.ts'

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /**
   * The client. While it is not connected it should reject commands at once: for ioredis `{ enableOfflineQueue: false }`, for redis
   * `{ disableOfflineQueue: true }`. The log names options that are not safe.
   */
  client: RedisClient
  /**
   * Secrets of at least 32 bytes: the current one, then previous ones. They encrypt results and hide their keys; all processes need
   * the same. After a change, results of the previous secret are not read, but invalidations under it hold.
   */
  secrets: readonly Secret[]
  /** The start of all keys. Default `custom-authorizer`. */
  prefix?: string
  /** The time after which an invalidation holds in every process that reaches Redis, in milliseconds, 250 to 60,000. Default 1000. */
  maxStalenessMs?: number
  /**
   * While Redis cannot be reached: `'local'`, the results in the memory of each process are used, as with a `MemoryStore`;
   * `'bypass'`, no cached result is used. Default `'local'`.
   */
  onStoreError?: 'local' | 'bypass'
  /** Deadline of a command in milliseconds, at most half of `maxStalenessMs`. Default 100. */
  timeoutMs?: number
  /** Default: the system's clock. */
  clock?: Clock
}

/** Results and invalidations in Redis. */
export interface RedisStore extends SharedStore {
  /** What the store has done so far, for metrics. A copy. */
  readonly counts: Readonly<StoreCounts>
  /** Stops reading invalidations, and waits for those that are being written. The client stays open. */
  close(): Promise<void>
}

const CHECKS: Checks<RedisStoreOptions> = {
  client: isRedisClient,
  secrets: secretList,
  prefix: keyPrefix,
  maxStalenessMs: check.integer(250, 60_000, 'milliseconds'),
  onStoreError: check.oneOf('local', 'bypass'),
  timeoutMs: check.integer(1, 10_000, 'milliseconds'),
  clock: check.instance('a Clock with now(), monotonic() and setTimeout()', 'now', 'monotonic', 'setTimeout'),
}

class SharedRedis implements RedisStore {
  readonly warnings: readonly string[]
  readonly #send: SendCommand
  readonly #prefix: string
  readonly #keys: readonly [DerivedKeys, ...DerivedKeys[]]
  readonly #sealer: Sealer
  readonly #log: InvalidationLog
  readonly #counts = newCounts()
  readonly #timeoutMs: number
  readonly #reports = new Set<SharedScope['report']>()

  constructor(options: RedisStoreOptions) {
    const {
      client,
      secrets,
      prefix = DEFAULT_PREFIX,
      maxStalenessMs = 1000,
      onStoreError = 'local',
      timeoutMs = 100,
      clock = systemClock,
    } = check.checkOptions('redisStore', options, CHECKS)
    if (timeoutMs > maxStalenessMs / 2)
      throw check.optionError('redisStore.timeoutMs', timeoutMs, 'at most half of maxStalenessMs')
    if (client === undefined) throw check.optionError('redisStore.client', client, isRedisClient(client) ?? '')
    const [current, ...previous] = (secrets ?? []).map(deriveKeys)
    if (current === undefined) throw check.optionError('redisStore.secrets', secrets, secretList([]) ?? '')
    this.warnings = clientWarnings(client, 'results')
    this.#send = commandsOf('redisStore.client', client)
    this.#prefix = prefix
    this.#keys = [current, ...previous]
    this.#sealer = new Sealer(current)
    this.#timeoutMs = timeoutMs
    const lines = new RepeatedLines()
    this.#log = new InvalidationLog({
      send: this.#send,
      clock,
      prefix,
      secrets: new Set(this.#keys.map(({ id }) => id)),
      maxStalenessMs,
      timeoutMs,
      withoutStore: onStoreError === 'local' ? 'memory' : 'none',
      report: (message) => {
        const line = lines.next(message, clock.monotonic())
        if (line !== undefined) for (const report of this.#reports) report(line)
      },
    })
  }

  get counts(): Readonly<StoreCounts> {
    return { ...this.#counts, misses: { ...this.#counts.misses } }
  }

  open({ name, report }: SharedScope): SharedResults {
    this.#reports.add(report)
    return new RedisResults({
      name,
      send: this.#send,
      prefix: this.#prefix,
      keys: this.#keys,
      sealer: this.#sealer,
      log: this.#log,
      counts: this.#counts,
      toleranceMs: this.#timeoutMs,
    })
  }

  close(): Promise<void> {
    return this.#log.close()
  }
}

/**
 * Shares results and invalidations between processes over Redis or Valkey. Each process keeps the results in use in memory, reads
 * Redis once for a caller that it does not know, and learns of invalidations within `maxStalenessMs`.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid
 * @example
 * const store = redisStore({ client, secrets: [process.env.AUTHORIZER_SECRET] })
 * const authorizer = createAuthorizer({ authorize, contract: aws.token(), name: 'pets', store })
 */
export const redisStore = (options: RedisStoreOptions): RedisStore => new SharedRedis(options)
