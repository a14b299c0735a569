/** Every supported client, on a real server, with the options that the documentation names. */
import { checkRedis, redisUsageStore } from '@custom-authorizer/core/redis'
import { sharedStoreSuite, usageStoreSuite } from '@custom-authorizer/core/testing'
import { redisStore } from '@custom-authorizer/core/redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLIENTS, type ConnectedClient } from '../../support/redis/clients.ts'
import { newPrefix, redisFixture } from '../../support/redis/fixture.ts'
import { BlockedClock, SECRET } from '../../support/redis/processes.ts'
import { usageSubject } from '../../support/redis/usage-subject.ts'
import { hasRedis, RedisServer, withRedis } from '../../support/redis/server.ts'

const fixture = redisFixture()

describe.skipIf(!hasRedis).each(Object.keys(CLIENTS))(`%s${withRedis}`, (name) => {
  let connected: ConnectedClient
  beforeAll(async () => {
    if (hasRedis) connected = await (CLIENTS[name] as (port: number) => Promise<ConnectedClient>)(fixture.server.port)
  })
  afterAll(() => connected?.close())

  for (const { title, run } of usageStoreSuite(() => usageSubject(connected.client)()))
    test(`FLEET-48 counters: ${title}`, async () => {
      await expect(run()).resolves.toBeUndefined()
    })

  const subject = () => {
    const clock = new BlockedClock()
    const prefix = newPrefix()
    const make = () => redisStore({ client: connected.client, secrets: [SECRET], prefix, clock })
    return { stores: [make(), make()] as const, settle: () => clock.jump(1000) }
  }
  for (const { title, run } of sharedStoreSuite(subject))
    test(`FLEET-60 results: ${title}`, async () => {
      await expect(run()).resolves.toBeUndefined()
    })

  test('FLEET-46 a server that lost its scripts gets them again', async () => {
    const store = redisUsageStore({ client: connected.client, prefix: newPrefix() })
    const demand = { quota: { limit: 2, period: 'DAY' }, buckets: [] } as const
    await store.take('key', demand)
    await fixture.send(['SCRIPT', 'FLUSH'], '')
    expect((await store.take('key', demand)).verdict).toBe('pass')
    expect((await store.take('key', demand)).verdict).toBe('quota')
  })

  test('FLEET-48 the documented options cause no warning', () => {
    expect(redisUsageStore({ client: connected.client }).warnings).toEqual([])
    expect(redisStore({ client: connected.client, secrets: [SECRET] }).warnings).toEqual([])
  })

  test('FLEET-83 checkRedis passes and leaves nothing behind', async () => {
    const prefix = newPrefix()
    expect(await checkRedis({ client: connected.client, prefix })).toEqual([])
    expect(await fixture.send(['KEYS', `*${prefix}*`], '')).toEqual([])
  })
})

describe.skipIf(!hasRedis)(`checkRedis${withRedis}`, () => {
  const USER =
    'resetkeys ~shop:* ~{shop}:* +get +set +del +evalsha +eval +hmget +hset +pexpireat +pttl +time +xadd +xrange +xinfo|stream +ping'
  let server: RedisServer
  beforeAll(async () => {
    if (hasRedis) server = await RedisServer.start()
  })
  afterAll(async () => {
    await server?.stop()
  })

  const asTester = (): Redis =>
    new Redis({
      port: server.port,
      host: '127.0.0.1',
      username: 'tester',
      password: 'password',
      enableReadyCheck: false,
    })

  /** Empties the server. Returns the prefix of the keys that the user may use. */
  const empty = async (): Promise<string> => {
    await server.command('FLUSHALL')
    return 'shop'
  }

  const checkAs = async (rules: string): Promise<readonly string[]> => {
    await server.command(`ACL SETUSER tester reset on >password ${rules}`)
    const client = asTester()
    try {
      return await checkRedis({ client, prefix: 'shop' })
    } finally {
      client.disconnect()
    }
  }

  test('FLEET-83 the documented ACL is sufficient for the check and for both stores', async () => {
    expect(await checkAs(USER)).toEqual([])
    const client = asTester()
    const clock = new BlockedClock()
    for (const { run } of usageStoreSuite(usageSubject(client, empty))) await run()
    for (const { run } of sharedStoreSuite(async () => {
      await server.command('FLUSHALL')
      const options = { client, secrets: [SECRET], prefix: 'shop', clock }
      return { stores: [redisStore(options), redisStore(options)], settle: () => clock.jump(1000) }
    }))
      await run()
    client.disconnect()
  })

  test.each(['set', 'hset', 'xadd', 'xrange', 'eval', 'pttl'])(
    'FLEET-83 a missing %s is named, also if it is used in scripts only',
    async (command) => {
      await expect(checkAs(USER.replace(`+${command} `, `-${command} `))).rejects.toThrow(
        `the Redis client may not use ${command.toUpperCase()} with keys of this prefix`,
      )
    },
  )

  test('FLEET-83 keys outside of the ACL are reported', async () => {
    await expect(checkAs(USER.replace('~shop:*', '~other:*'))).rejects.toThrow('may not use SET, GET, DEL')
  })

  test.each([
    ['allkeys-lru', 'an evicted log empties the cache'],
    ['volatile-lru', 'an evicted counter is a new quota'],
  ])('FLEET-84 the eviction policy %s causes a warning', async (policy, warning) => {
    await server.command(`CONFIG SET maxmemory-policy ${policy}`)
    const warnings = await checkAs(`${USER} +info`)
    await server.command('CONFIG SET maxmemory-policy noeviction')
    expect(warnings).toEqual([expect.stringContaining(warning)])
  })

  test('FLEET-83 a server that cannot be reached rejects without details', async () => {
    const failing = checkRedis({
      client: async () => {
        throw new Error('connect ECONNREFUSED redis://user:hunter2@host')
      },
    })
    await expect(failing).rejects.toMatchObject({
      code: 'ERR_STORE',
      message: 'SET failed: Redis has rejected it, or is not connected',
    })
  })
})
