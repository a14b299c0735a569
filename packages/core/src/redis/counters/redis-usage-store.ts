/** Counts requests in Redis or Valkey, for all processes. @module */
import { check, type Checks } from '../../contract.ts'
import type { CounterState, Demand, QuotaPeriod, Taken, UsageStore } from '../../usage-plan/index.ts'
import { clientWarnings } from '../client/client-warnings.ts'
import { commandsOf, isRedisClient, type RedisClient, type SendCommand } from '../client/commands.ts'
import { decimalOf, integerOf, textOf } from '../client/reply-values.ts'
import { DEFAULT_PREFIX, keyPrefix } from '../prefix.ts'
import { deriveKeys, type Secret, secretList } from '../secrets.ts'
import { COUNT } from '../scripts/count.ts'
import { READ_COUNTER } from '../scripts/read-counter.ts'
import type { Script } from '../scripts/script.ts'

/** Options of {@link redisUsageStore}. */
export interface RedisUsageStoreOptions {
  /**
   * The client. Counting commands must not be sent twice, so use a connection of its own, for ioredis with
   * `{ autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, enableOfflineQueue: false }`, for redis with
   * `{ disableOfflineQueue: true }`. The log names options that are not safe.
   */
  client: RedisClient
  /** The start of all keys. Services that share it share their counters. Default `custom-authorizer`. */
  prefix?: string
  /**
   * A secret of at least 32 bytes that hides who is counted. Without it, keys are digests of plan and subject, which can be found by
   * trying subjects, such as addresses. With another secret, all counters begin anew. Default: none.
   */
  secret?: Secret
}

const CHECKS: Checks<RedisUsageStoreOptions> = {
  client: isRedisClient,
  prefix: keyPrefix,
  secret: (value) => secretList([value]) && 'a text or Uint8Array of at least 32 bytes',
}

const PERIODS: Readonly<Record<QuotaPeriod, string>> = { DAY: 'D', WEEK: 'W', MONTH: 'M' }

/** The arguments of the scripts. The first is empty: the time is that of the server (FLEET-41). */
const argumentsOf = ({ quota, buckets }: Demand): readonly string[] => [
  '',
  quota === undefined ? '-1' : String(quota.limit),
  quota === undefined ? 'D' : PERIODS[quota.period],
  String(quota?.offset ?? 0),
  ...buckets.flatMap(({ name, rateLimit, burstLimit }) => [name, String(rateLimit), String(burstLimit)]),
]

const invalidReply = (): Error => new Error('Redis returned an unexpected reply')

/** Reads the reply of the counting script. */
export const takenOf = (reply: unknown, { quota, buckets }: Demand): Taken => {
  const numbers = Array.isArray(reply) ? reply.map(integerOf) : []
  const [verdict, waitMs, remaining, resetsAt, by] = numbers
  if (waitMs === undefined || remaining === undefined || resetsAt === undefined || by === undefined)
    throw invalidReply()
  if (verdict === 0)
    return quota === undefined
      ? { verdict: 'pass', remaining: undefined, resetsAt: undefined }
      : { verdict: 'pass', remaining, resetsAt }
  const bucket = buckets[by - 1]?.name
  if (verdict === 1 && bucket !== undefined)
    return { verdict: 'throttle', waitMs: waitMs < 0 ? undefined : waitMs, bucket }
  if (verdict === 2) return { verdict: 'quota', waitMs, resetsAt }
  throw invalidReply()
}

/** Reads the reply of the reading script. */
const stateOf = (reply: unknown, { quota, buckets }: Demand): CounterState => {
  const [first, second, ...rest]: unknown[] = Array.isArray(reply) ? reply : []
  const used = integerOf(first)
  const resetsAt = integerOf(second)
  const levels = buckets.map(({ name }, index) => [name, decimalOf(textOf(rest[index]) ?? rest[index])] as const)
  if (used === undefined || resetsAt === undefined || levels.some(([, level]) => level === undefined))
    throw invalidReply()
  return {
    used,
    resetsAt: quota === undefined ? undefined : resetsAt,
    levels: Object.fromEntries(levels) as Record<string, number>,
  }
}

class RedisUsageStore implements UsageStore {
  readonly warnings: readonly string[]
  readonly #send: SendCommand
  readonly #prefix: string
  readonly #nameOf: (key: string) => string

  constructor(options: RedisUsageStoreOptions) {
    const { client, prefix = DEFAULT_PREFIX, secret } = check.checkOptions('redisUsageStore', options, CHECKS)
    if (client === undefined) throw check.optionError('redisUsageStore.client', client, isRedisClient(client) ?? '')
    this.#send = commandsOf('redisUsageStore.client', client)
    this.#prefix = prefix
    this.#nameOf = secret === undefined ? (key) => key : deriveKeys(secret).counterOf
    this.warnings = clientWarnings(client, 'counters')
  }

  async take(key: string, demand: Demand): Promise<Taken> {
    return takenOf(await this.#run(COUNT, key, demand), demand)
  }

  async read(key: string, demand: Demand): Promise<CounterState> {
    return stateOf(await this.#run(READ_COUNTER, key, demand), demand)
  }

  /** One hash for a plan and a subject: one slot, one expiry, never evicted in part (FLEET-40). */
  #run(script: Script, key: string, demand: Demand): Promise<unknown> {
    return script.run(this.#send, [`${this.#prefix}:u:${this.#nameOf(key)}`], argumentsOf(demand))
  }
}

/**
 * Counts requests in Redis or Valkey, so that limits hold for all processes together. Each request takes one command.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid
 * @example
 * const limited = usagePlan(authorizer, { plans, keys, store: redisUsageStore({ client }) })
 */
export const redisUsageStore = (options: RedisUsageStoreOptions): UsageStore => new RedisUsageStore(options)
