/** `checkRedis`: a check at start-up that the client may use every command (FLEET-83, FLEET-84). @module */
import { AuthorizerError } from '../index.ts'
import { check, type Checks } from '../contract.ts'
import { commandsOf, isRedisClient, type RedisClient, type SendCommand } from './client/commands.ts'
import { hasErrorCode } from './client/reply-values.ts'
import { DEFAULT_PREFIX, keyPrefix } from './prefix.ts'

/** Options of {@link checkRedis}. */
export interface CheckRedisOptions {
  client: RedisClient
  /** The start of all keys. Default `custom-authorizer`. */
  prefix?: string
}

const CHECKS: Checks<CheckRedisOptions> = { client: isRedisClient, prefix: keyPrefix }

/** Every command that stores use, in a form that leaves nothing behind for longer than a second. */
const commandsFor = (prefix: string): readonly (readonly [name: string, ...args: string[]])[] => {
  const value = `${prefix}:d:check`
  const hash = `${prefix}:u:check`
  const log = `{${prefix}}:check`
  return [
    ['SET', value, '', 'PX', '1000'],
    ['GET', value],
    ['DEL', value],
    ['HSET', hash, 'field', '0'],
    ['HMGET', hash, 'field'],
    ['PTTL', hash],
    ['PEXPIREAT', hash, '1'],
    ['XADD', log, '*', 'field', '0'],
    ['XRANGE', log, '-', '+', 'COUNT', '1'],
    ['XINFO', 'STREAM', log],
    ['DEL', log],
    ['EVAL', "return redis.call('TIME')", '1', hash],
    ['EVALSHA', '0'.repeat(40), '1', hash],
  ]
}

/** Reads the eviction policy; `undefined` if that is not allowed. */
const evictionPolicy = async (send: SendCommand, key: string): Promise<string | undefined> => {
  try {
    const info = await send(['INFO', 'memory'], key)
    return typeof info === 'string' ? /^maxmemory_policy:(\S+)/m.exec(info)?.[1] : undefined
  } catch {
    return undefined
  }
}

/**
 * Runs each command that `redisStore` and `redisUsageStore` use. Resolves to warnings about the server, such as an eviction policy
 * that drops counters; none if the client may not read `INFO`.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid; `ERR_STORE` if Redis cannot be reached, or the client may not use
 * a command, which the message names
 * @example
 * for (const warning of await checkRedis({ client })) console.warn(warning)
 */
export const checkRedis = async (options: CheckRedisOptions): Promise<readonly string[]> => {
  const { client, prefix = DEFAULT_PREFIX } = check.checkOptions('checkRedis', options, CHECKS)
  if (client === undefined) throw check.optionError('checkRedis.client', client, isRedisClient(client) ?? '')
  const send = commandsOf('checkRedis.client', client)
  const denied = new Set<string>()
  for (const command of commandsFor(prefix)) {
    const [name] = command
    const key = command.find((each) => each.includes(prefix)) ?? ''
    try {
      await send(command, key)
    } catch (error) {
      if (hasErrorCode(error, 'NOPERM')) denied.add(name)
      // A command can fail because an earlier one was denied, and the script is unknown.
      else if (denied.size === 0 && !hasErrorCode(error, 'NOSCRIPT'))
        throw new AuthorizerError('ERR_STORE', `${name} failed: Redis has rejected it, or is not connected`)
    }
  }
  if (denied.size > 0)
    throw new AuthorizerError(
      'ERR_STORE',
      `the Redis client may not use ${[...denied].join(', ')} with keys of this prefix`,
    )
  const policy = await evictionPolicy(send, `${prefix}:d:check`)
  if (policy === undefined || policy === 'noeviction') return []
  return policy.startsWith('allkeys')
    ? [`maxmemory-policy is ${policy}: an evicted counter is a new quota, and an evicted log empties the cache`]
    : [`maxmemory-policy is ${policy}: an evicted counter is a new quota`]
}
