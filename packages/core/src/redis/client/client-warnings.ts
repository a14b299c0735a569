/** Options of clients that are not safe, from the members that clients publish (FLEET-48, FLEET-49, FLEET-86). @module */
import { check } from '../../contract.ts'
import type { RedisClient } from './commands.ts'

type Options = Readonly<Record<string, unknown>>

/** Clients with a method `call` are ioredis and iovalkey. */
type ClientKind = 'calling' | 'calling cluster' | 'sending'

interface Warning {
  /** For counters only: other commands may be sent again. */
  readonly countersOnly?: true
  readonly applies: (options: Options, kind: ClientKind) => boolean
  readonly text: string
}

const tlsOf = (options: Options): Options => {
  const { tls, socket } = options
  return check.isRecord(tls) ? tls : check.isRecord(socket) ? socket : {}
}

const WARNINGS: readonly Warning[] = [
  {
    countersOnly: true,
    applies: ({ autoResendUnfulfilledCommands }, kind) => kind !== 'sending' && autoResendUnfulfilledCommands !== false,
    text:
      'the Redis client sends commands again after a lost connection, which counts requests twice: ' +
      'set autoResendUnfulfilledCommands to false',
  },
  {
    countersOnly: true,
    applies: ({ maxRetriesPerRequest }, kind) => kind !== 'sending' && maxRetriesPerRequest !== 0,
    text: 'the Redis client keeps commands for a later connection: set maxRetriesPerRequest to 0',
  },
  {
    countersOnly: true,
    applies: ({ retryDelayOnFailover }, kind) => kind === 'calling cluster' && retryDelayOnFailover !== 0,
    text:
      'the Redis cluster client sends commands again after a lost connection, which counts requests twice: ' +
      'set retryDelayOnFailover to 0',
  },
  {
    applies: ({ enableOfflineQueue, disableOfflineQueue }, kind) =>
      kind === 'sending' ? disableOfflineQueue !== true : enableOfflineQueue !== false,
    text: 'the Redis client queues commands without limit while it is not connected: set {queue}',
  },
  {
    applies: (options) => tlsOf(options)['rejectUnauthorized'] === false,
    text: 'the Redis client does not verify the certificate of the server: do not set rejectUnauthorized',
  },
]

const optionsOf = (client: object): Options | undefined => {
  const { options } = client as { options?: unknown }
  if (!check.isRecord(options)) return undefined
  // A cluster has the options of its connections in a member.
  const { redisOptions, defaults } = options
  return { ...options, ...(check.isRecord(redisOptions) ? redisOptions : check.isRecord(defaults) ? defaults : {}) }
}

/**
 * Lines about options of a client that are not safe. A client without known options has none.
 *
 * @param use what the client is used for
 */
export const clientWarnings = (client: RedisClient, use: 'counters' | 'results'): readonly string[] => {
  const options = typeof client === 'object' ? optionsOf(client) : undefined
  if (options === undefined) return []
  const kind: ClientKind = !('call' in client)
    ? 'sending'
    : 'isCluster' in client && client.isCluster === true
      ? 'calling cluster'
      : 'calling'
  const queue = kind === 'sending' ? 'disableOfflineQueue to true' : 'enableOfflineQueue to false'
  return WARNINGS.filter(
    ({ countersOnly, applies }) => (use === 'counters' || countersOnly === undefined) && applies(options, kind),
  ).map(({ text }) => text.replace('{queue}', queue))
}
