/** Clients of Redis, as users set them up. @module */
import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { Redis as Valkey } from 'iovalkey'
import { createClient } from 'redis'
import { createClient as createClient5 } from 'redis5'
import type { RedisClient } from '@custom-authorizer/core/redis'

export interface ConnectedClient {
  readonly client: RedisClient
  close(): void
}

const DIRECT = { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, enableOfflineQueue: false } as const

const calling = (client: Redis | Redis5 | Valkey): Promise<ConnectedClient> => {
  client.on('error', () => undefined)
  return new Promise((resolve) => {
    client.once('ready', () => resolve({ client, close: () => client.disconnect() }))
  })
}

/** Each supported client, with the options that the documentation names. */
export const CLIENTS: Readonly<Record<string, (port: number) => Promise<ConnectedClient>>> = {
  'ioredis 6': (port) => calling(new Redis({ port, host: '127.0.0.1', ...DIRECT })),
  'ioredis 5': (port) => calling(new Redis5({ port, host: '127.0.0.1', ...DIRECT })),
  iovalkey: (port) => calling(new Valkey({ port, host: '127.0.0.1', ...DIRECT })),
  'redis 6': async (port) => {
    const client = createClient({ url: `redis://127.0.0.1:${port}`, disableOfflineQueue: true })
    client.on('error', () => undefined)
    await client.connect()
    return { client, close: () => client.destroy() }
  },
  'redis 5': async (port) => {
    const client = createClient5({ url: `redis://127.0.0.1:${port}`, disableOfflineQueue: true })
    client.on('error', () => undefined)
    await client.connect()
    return { client, close: () => client.destroy() }
  },
}

/** A client for tests that do not depend on which one it is. */
export const connectClient = (port: number): Promise<ConnectedClient> =>
  (CLIENTS['ioredis 6'] as (port: number) => Promise<ConnectedClient>)(port)
