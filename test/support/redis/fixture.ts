/** A server and a client for the tests of one file. @module */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import type { SendCommand } from '@custom-authorizer/core/redis'
import { commandsOf } from '../../../packages/core/src/redis/client/commands.ts'
import { connectClient, type ConnectedClient } from './clients.ts'
import { hasRedis, RedisServer } from './server.ts'

export interface RedisFixture {
  readonly server: RedisServer
  readonly send: SendCommand
}

/** A prefix that no other test uses. */
export const newPrefix = (): string => `t${randomBytes(6).toString('hex')}`

/** Starts a server for the tests of this file, and stops it after them. */
export const redisFixture = (...args: readonly string[]): RedisFixture => {
  let server: RedisServer | undefined
  let connected: ConnectedClient | undefined
  let send: SendCommand | undefined
  beforeAll(async () => {
    if (!hasRedis) return
    server = await RedisServer.start(...args)
    connected = await connectClient(server.port)
    send = commandsOf('test', connected.client)
  })
  afterAll(async () => {
    connected?.close()
    await server?.stop()
  })
  return {
    get server() {
      return server as RedisServer
    },
    send: (given, key) => (send as SendCommand)(given, key),
  }
}
