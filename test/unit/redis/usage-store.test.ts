/** `redisUsageStore`: commands, keys and replies, on a real server and with faults. */
import { redisUsageStore } from '@custom-authorizer/core/redis'
import { usageStoreSuite } from '@custom-authorizer/core/testing'
import type { Demand } from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'
import { FaultyCommands } from '../../support/redis/faulty.ts'
import { usageSubject } from '../../support/redis/usage-subject.ts'
import { newPrefix, redisFixture } from '../../support/redis/fixture.ts'
import { hasRedis, withRedis } from '../../support/redis/server.ts'
import { expectOptionError } from '../../support/option-error.ts'

const { send } = redisFixture()

const DEMAND: Demand = { quota: { limit: 2, period: 'MONTH' }, buckets: [{ name: '', rateLimit: 1, burstLimit: 5 }] }

describe.skipIf(!hasRedis)(`redisUsageStore${withRedis}`, () => {
  for (const { title, run } of usageStoreSuite(usageSubject(send)))
    test(`FLEET-43 the suite for usage stores: ${title}`, async () => {
      await expect(run()).resolves.toBeUndefined()
    })

  test('FLEET-40 FLEET-46 a counted request is one EVALSHA; a server without the script takes one EVAL more', async () => {
    const commands = new FaultyCommands(send)
    const store = redisUsageStore({ client: commands.send, prefix: newPrefix() })
    await send(['SCRIPT', 'FLUSH'], '')
    await store.take('one', DEMAND)
    expect(commands.sent.map(([name]) => name)).toEqual(['EVALSHA', 'EVAL'])
    await store.take('two', DEMAND)
    expect(commands.sent.map(([name]) => name)).toEqual(['EVALSHA', 'EVAL', 'EVALSHA'])
  })

  test('FLEET-47 the script uses the one key that it declares, and it is the key that decides on the node', async () => {
    const keys = new Set<string>()
    const store = redisUsageStore({
      client: (args, key) => {
        keys.add(`${key} ${args[2]} ${args[3]}`)
        return send(args, key)
      },
      prefix: 'shop',
    })
    await store.take('digest', DEMAND)
    await store.read('digest', DEMAND)
    expect([...keys]).toEqual(['shop:u:digest 1 shop:u:digest'])
  })

  test('FLEET-41 the time is that of the server: commands contain none', async () => {
    const commands = new FaultyCommands(send)
    await redisUsageStore({ client: commands.send, prefix: newPrefix() }).take('one', DEMAND)
    const args = commands.sent.at(-1)?.slice(4)
    expect(args).toEqual(['', '2', 'M', '0', '', '1', '5'])
  })

  test('FLEET-26 SEC-91 with a secret, keys are no digests that can be found by trying subjects', async () => {
    const prefix = newPrefix()
    const secret = 'a-secret-of-32-bytes-or-more-for-counters'
    const one = redisUsageStore({ client: send, prefix, secret })
    await one.take('digest', DEMAND)
    await one.take('digest', DEMAND)
    expect((await redisUsageStore({ client: send, prefix, secret }).take('digest', DEMAND)).verdict).toBe('quota')
    expect((await redisUsageStore({ client: send, prefix, secret: `${secret}2` }).take('digest', DEMAND)).verdict).toBe(
      'pass',
    )
    const keys = (await send(['KEYS', `${prefix}:*`], '')) as string[]
    expect(keys).toHaveLength(2)
    for (const key of keys) expect(key).toMatch(new RegExp(`^${prefix}:u:[\\w-]{43}$`))
  })

  test('SEC-94 services with different prefixes share no counter', async () => {
    const [one, other] = [newPrefix(), newPrefix()].map((prefix) => redisUsageStore({ client: send, prefix }))
    const verdicts = [await one?.take('k', DEMAND), await one?.take('k', DEMAND), await one?.take('k', DEMAND)]
    expect(verdicts.map((taken) => taken?.verdict)).toEqual(['pass', 'pass', 'quota'])
    expect((await other?.take('k', DEMAND))?.verdict).toBe('pass')
  })
})

describe('replies', () => {
  test.each<[string, unknown]>([
    ['text', 'OK'],
    ['nothing', null],
    ['an empty array', []],
    ['an unknown verdict', [3, 0, 1, 2, 0]],
    ['text in place of a number', [0, 'soon', 1, 2, 0]],
    ['a fraction', [0, 0.5, 1, 2, 0]],
    ['a bucket that was not asked for', [1, 5, 1, 2, 7]],
    ['an object', { verdict: 'pass' }],
  ])('FLEET-81 a reply that is %s rejects', async (_, value) => {
    const store = redisUsageStore({ client: async () => value })
    await expect(store.take('key', DEMAND)).rejects.toThrow('Redis returned an unexpected reply')
  })

  test.each<[string, unknown]>([
    ['text', 'OK'],
    ['too short', [1, 2]],
    ['a level that is no number', [1, 2, 'full']],
  ])('FLEET-81 a reply to a read that is %s rejects', async (_, value) => {
    await expect(redisUsageStore({ client: async () => value }).read('key', DEMAND)).rejects.toThrow('unexpected reply')
  })

  test('FLEET-43 numbers may be text or bigint, as clients can be set up', async () => {
    const store = redisUsageStore({ client: async () => ['0', 0n, '1', '1900000000000', 0] })
    expect(await store.take('key', DEMAND)).toEqual({ verdict: 'pass', remaining: 1, resetsAt: 1_900_000_000_000 })
  })

  test.each([
    'READONLY You can not write against a read only replica.',
    'OOM command not allowed',
    'LOADING Redis is loading',
  ])('FLEET-81 the error "%s" rejects and is not followed by another command', async (message) => {
    const commands = new FaultyCommands(async () => undefined)
    commands.fault = { kind: 'reject', message }
    await expect(redisUsageStore({ client: commands.send }).take('key', DEMAND)).rejects.toThrow(message)
    expect(commands.sent).toHaveLength(1)
  })
})

describe('options', () => {
  test.each([undefined, null, {}, 'redis://localhost', { get: () => null }])('SEC-105 %j is no client', (client) => {
    expectOptionError(
      () => redisUsageStore({ client: client as never }),
      'redisUsageStore.client',
      'found',
      'a client of ioredis',
    )
  })

  test.each(['', 'short', 7, new Uint8Array(31)])('SEC-105 the secret %j is rejected, and not shown', (secret) => {
    const build = () => redisUsageStore({ client: send, secret: secret as string })
    expectOptionError(build, 'redisUsageStore.secret', 'found', 'at least 32 bytes')
    expect(build).not.toThrow(/short/)
  })

  test.each(['', 'a b', '{tag}', 'a*', 'x'.repeat(65), 7])('SEC-105 the prefix %j is rejected', (prefix) => {
    expectOptionError(
      () => redisUsageStore({ client: send, prefix: prefix as string }),
      'redisUsageStore.prefix',
      'found',
      '1 to 64',
    )
  })
})
