/** Results that processes share over Redis: hits, keys, secrets, and values that must not be used. */
import { allow, unauthorized } from '@custom-authorizer/core'
import { fakeClock, sharedStoreSuite } from '@custom-authorizer/core/testing'
import { redisStore } from '@custom-authorizer/core/redis'
import { describe, expect, test } from 'vitest'
import { withServerClock } from '../../support/redis/faulty.ts'
import { newPrefix, redisFixture } from '../../support/redis/fixture.ts'
import {
  BlockedClock,
  OLD_SECRET,
  pass,
  type ProcessParts,
  SECRET,
  settled,
  processesOn,
} from '../../support/redis/processes.ts'
import { hasRedis, withRedis } from '../../support/redis/server.ts'

const { send } = redisFixture()

const group = processesOn(send)
const { start } = group

const allowCanary = () => allow({ principalId: 'canary-principal', context: { email: 'canary@example.com' } })
const allowLarge = () => allow({ principalId: 'ann', context: { text: 'x'.repeat(60_000) } })

/** The key of the only result in Redis. */
const onlyKey = async (): Promise<string> => {
  await settled(send, group.prefix)
  const keys = (await send(['KEYS', `${group.prefix}:d:*`], '')) as string[]
  expect(keys).toHaveLength(1)
  return keys[0] as string
}
const valueOf = async (key: string): Promise<string> => String(await send(['GET', key], key))

/** A process that has stored one result, and the key of it. */
const stored = async (parts: Partial<ProcessParts> = {}): Promise<{ readonly key: string; readonly value: string }> => {
  expect(await start(parts).ask('ann')).toBe('200 ann miss')
  const key = await onlyKey()
  return { key, value: await valueOf(key) }
}

/** Two stores on one server, with a clock of the test. */
const subject = () => {
  const clock = new BlockedClock()
  const own = newPrefix()
  const make = () => redisStore({ client: send, secrets: [SECRET], prefix: own, clock })
  return { stores: [make(), make()] as const, settle: () => clock.jump(1000) }
}

describe.skipIf(!hasRedis)(`suite for shared stores${withRedis}`, () => {
  for (const { title, run } of sharedStoreSuite(subject))
    test(`FLEET-71 the suite for shared stores: ${title}`, async () => {
      await expect(run()).resolves.toBeUndefined()
    })
})

describe.skipIf(!hasRedis)(`hits${withRedis}`, () => {
  test('FLEET-60 a result that one process obtained is a hit in another, which does not call the function', async () => {
    const [one, other] = [start(), start()]
    expect(await one.ask('ann')).toBe('200 ann miss')
    await settled(send, group.prefix)
    expect(await other.ask('ann', 'POST /other')).toBe('200 ann hit')
    expect(other.called).toEqual([])
    expect(other.decisions[0]?.cache).toMatchObject({ state: 'hit', issuedFor: { method: 'GET', path: '/pets' } })
  })

  test('FLEET-60 a hit in memory sends no command and is synchronous', async () => {
    const { authorizer, ask, commands } = start()
    await ask('ann')
    await settled(send, group.prefix)
    const before = commands.sent.length
    for (let index = 0; index < 100; index++) expect(await ask('ann')).toBe('200 ann hit')
    expect(commands.sent).toHaveLength(before)
    const { withToken } = await import('../../support/with-token.ts')
    expect(authorizer.evaluate(withToken('ann'))).not.toBeInstanceOf(Promise)
  })

  test('FLEET-67 a read takes one GET, and the first one sends a poll together with it', async () => {
    const { commands, ask } = start()
    const names = (): readonly string[] => commands.sent.map(([name]) => name ?? '')
    const first = ask('ann')
    for (let turns = 0; turns < 20; turns++) await Promise.resolve()
    expect([...names()].sort()).toEqual(['EVALSHA', 'GET'])
    await first
    const { length } = commands.sent
    await ask('bob')
    await settled(send, group.prefix)
    expect(
      names()
        .slice(length)
        .filter((name) => name !== 'SET' && name !== 'EVAL'),
    ).toEqual(['GET'])
  })

  test('FLEET-67 concurrent requests of one caller share a read and a call', async () => {
    const { commands, called, ask } = start({ authorize: async () => allow({ principalId: 'ann' }) })
    const all = await Promise.all(Array.from({ length: 500 }, () => ask('ann')))
    expect(new Set(all.map((each) => each.slice(0, 7)))).toEqual(new Set(['200 ann']))
    expect([called.length, commands.count('GET')]).toEqual([1, 1])
  })

  test('FLEET-67 concurrent requests of one caller call a synchronous function once', async () => {
    const { called, ask } = start()
    await Promise.all(Array.from({ length: 500 }, () => ask('ann')))
    expect(called).toEqual(['ann'])
  })

  test.each([
    [2000, '200 ann hit', 2000],
    [2900, '200 ann hit', 2900],
    [3000, '200 ann miss', undefined],
  ])(
    'FLEET-65 after %i ms by the clock of the server, a shared result with a lifetime of 3 s is "%s", and its age is right',
    async (aheadMs, expected, age) => {
      await stored({ ttlSeconds: 3 })
      const other = start({ ttlSeconds: 3, send: withServerClock(send, () => aheadMs) })
      expect(await other.ask('ann')).toBe(expected)
      const { ageMs } = other.decisions[0]?.cache ?? {}
      if (age === undefined) expect(ageMs).toBeUndefined()
      else expect(ageMs).toBeGreaterThanOrEqual(age - 60)
    },
  )

  test('FLEET-65 a shared result is kept in memory for the rest of its lifetime', async () => {
    const { key } = await stored({ ttlSeconds: 3 })
    const other = start({ ttlSeconds: 3, send: withServerClock(send, () => 2000) })
    expect(await other.ask('ann')).toBe('200 ann hit')
    await send(['DEL', key], key)
    await pass([other], 800)
    expect(await other.ask('ann')).toBe('200 ann hit')
    expect(other.decisions.at(-1)?.cache.ageMs).toBeGreaterThanOrEqual(2740)
    await pass([other], 300)
    expect(await other.ask('ann')).toBe('200 ann miss')
  })

  test('FLEET-65 a value from the future is a miss', async () => {
    await stored()
    const other = start({ send: withServerClock(send, () => -2000) })
    expect(await other.ask('ann')).toBe('200 ann miss')
    expect(other.store.counts.misses.expired).toBe(1)
  })

  test('FLEET-65 a value has the lifetime of the result as its expiry in Redis', async () => {
    const { key } = await stored({ ttlSeconds: 300 })
    const ttl = Number(await send(['PTTL', key], key))
    expect(ttl).toBeGreaterThan(290_000)
    expect(ttl).toBeLessThanOrEqual(300_000)
  })

  test('SEC-59 a shared result is not used after its own expiresAt', async () => {
    const expiresAt = fakeClock().now() + 1500
    const authorize = () => allow({ principalId: 'ann', expiresAt })
    await stored({ authorize })
    const other = start({ authorize })
    expect(await other.ask('ann')).toBe('200 ann hit')
    await pass([other], 1500)
    expect(await other.ask('ann')).toBe('500 BAD_RESULT')
  })
})

describe.skipIf(!hasRedis)(`keys and secrets${withRedis}`, () => {
  test.each<[string, Partial<ProcessParts>]>([
    ['version', { kernel: { version: '2' } }],
    ['name', { kernel: { name: 'shop' } }],
    ['secret', { secrets: [OLD_SECRET] }],
  ])('SEC-53 FLEET-61 a process with another %s does not read the result', async (_, parts) => {
    await stored()
    const other = start(parts)
    expect(await other.ask('ann')).toBe('200 ann miss')
    expect(other.logger.lines).toEqual([])
  })

  test('SEC-56 FLEET-61 FLEET-63 keys and values contain no credential, principal or context value', async () => {
    const one = start({ authorize: allowCanary })
    await one.ask('canary-token')
    await one.authorizer.invalidate({ principalId: 'canary-principal' })
    await one.authorizer.invalidate({ identity: 'canary-token' })
    const dump: unknown[] = []
    for (const key of (await send(['KEYS', `*${group.prefix}*`], '')) as string[]) {
      const type = await send(['TYPE', key], key)
      dump.push(key, type === 'stream' ? await send(['XRANGE', key, '-', '+'], key) : await valueOf(key))
    }
    expect(dump).toHaveLength(6)
    const text = JSON.stringify(dump)
    for (const secret of ['canary', SECRET]) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(0, 6))
      expect(text).not.toContain(Buffer.from(secret).toString('hex'))
    }
  })

  test('FLEET-63 the same result is encrypted differently each time', async () => {
    const { value } = await stored()
    await send(['DEL', await onlyKey()], '')
    const again = await stored()
    expect(again.value).not.toBe(value)
    expect(again.value.split('.').at(-2)).not.toBe(value.split('.').at(-2))
  })

  test('FLEET-62 after a rotation results of the previous secret are not read', async () => {
    await stored({ secrets: [OLD_SECRET] })
    const other = start({ secrets: [SECRET, OLD_SECRET] })
    expect(await other.ask('ann')).toBe('200 ann miss')
  })

  test('FLEET-72 SEC-105 a deadline above half of maxStalenessMs is rejected', () => {
    expect(() => redisStore({ client: send, secrets: [SECRET], maxStalenessMs: 400, timeoutMs: 201 })).toThrow(
      'redisStore.timeoutMs: found a number; allowed: at most half of maxStalenessMs',
    )
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['an empty list', []],
    ['a short secret', ['short']],
    ['text in place of a list', SECRET],
    ['short bytes', [new Uint8Array(31)]],
    ['an empty previous secret', [SECRET, '']],
  ])('FLEET-62 SEC-105 %s is no list of secrets, and the error shows none', (_, secrets) => {
    const build = () => redisStore({ client: send, secrets: secrets as never })
    expect(build).toThrow(/redisStore\.secrets: found/)
    expect(build).not.toThrow(/short|current-secret/)
  })
})

/** Flips one bit of a character of base64 text. */
const flipped = (text: string, at: number): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const index = alphabet.indexOf(text[at] ?? '')
  return text.slice(0, at) + (alphabet[index ^ 1] ?? 'A') + text.slice(at + 1)
}

type Change = (value: string) => string
const part =
  (index: number, change: Change): Change =>
  (value) =>
    value
      .split('.')
      .map((each, at) => (at === index ? change(each) : each))
      .join('.')

describe.skipIf(!hasRedis)(`values that must not be used${withRedis}`, () => {
  test.each<[string, Change]>([
    ['garbage', () => 'garbage'],
    ['empty', () => ''],
    ['truncated', (value) => value.slice(0, -4)],
    ['with one more part', (value) => `${value}.x`],
    ['of another version', part(0, () => 'v2')],
    ['of another secret', part(1, () => 'abcdefgh')],
    ['of another epoch', part(2, () => 'another')],
    ['of another position', part(3, () => '9999999999999-0')],
    ['younger than it is', part(4, (text) => String(Number(text) + 60_000))],
    ['with a longer lifetime', part(5, () => '3600000')],
    ['with another nonce', part(6, (text) => flipped(text, 3))],
    ['with a flipped bit', part(7, (text) => flipped(text, 10))],
    ['with another tag', part(8, (text) => flipped(text, 5))],
    ['with a shorter tag', part(8, (text) => text.slice(0, 6))],
    ['too long', (value) => value + 'A'.repeat(70_000)],
  ])('FLEET-64 SEC-65 a value that is %s is a miss, is counted and is deleted', async (_, change) => {
    const { key, value } = await stored()
    await send(['SET', key, change(value)], key)
    const other = start()
    // The function is called again, and what it returns decides.
    expect(await other.ask('ann')).toBe('200 ann miss')
    expect(other.store.counts.misses).toEqual({ absent: 0, expired: 0, unreadable: 1 })
    expect(other.commands.count('DEL')).toBe(1)
    expect(other.logger.lines).toEqual([])
  })

  test('FLEET-64 SEC-65 a value that belongs to another caller is a miss', async () => {
    const { value } = await stored()
    const one = start()
    await one.ask('bob')
    await settled(send, group.prefix)
    const keys = (await send(['KEYS', `${group.prefix}:d:*`], '')) as string[]
    for (const key of keys) await send(['SET', key, value], key)
    const other = start()
    expect(await other.ask('bob')).toBe('200 bob miss')
    expect(await other.ask('ann')).toBe('200 ann hit')
  })

  test.each<[string, unknown]>([
    ['an array', ['v1']],
    ['a number', 7],
    ['an object', { value: 'v1' }],
  ])('FLEET-64 a reply that is %s is a miss', async (_, value) => {
    const other = start()
    other.commands.applies = ([name]) => name === 'GET'
    other.commands.fault = { kind: 'reply', value }
    expect(await other.ask('ann')).toBe('200 ann miss')
  })

  test('FLEET-64 FLEET-65 a value is a miss after its lifetime, also if Redis still has it', async () => {
    const { key } = await stored({ ttlSeconds: 2 })
    await send(['PERSIST', key], key)
    const other = start({ ttlSeconds: 2, send: withServerClock(send, () => 2100) })
    expect(await other.ask('ann')).toBe('200 ann miss')
    expect(other.store.counts.misses.expired).toBe(1)
  })

  test('FLEET-66 failures, 401 and results that replace a missing one are not written', async () => {
    const answers = { none: () => unauthorized(), fails: () => Promise.reject(new Error('down')) }
    for (const authorize of Object.values(answers)) await start({ authorize }).ask('ann')
    await settled(send, group.prefix)
    expect(await send(['KEYS', `${group.prefix}:d:*`], '')).toEqual([])
  })

  test('FLEET-66 nothing is written after a lookup that failed, and the response does not wait for the write', async () => {
    const failing = start()
    failing.commands.applies = ([name]) => name === 'GET'
    failing.commands.fault = { kind: 'reject', message: 'LOADING' }
    expect(await failing.ask('ann')).toBe('200 ann miss')
    await settled(send, group.prefix)
    expect(failing.commands.count('SET')).toBe(0)
    const slow = start()
    slow.commands.applies = ([name]) => name === 'SET'
    slow.commands.fault = { kind: 'hang' }
    expect(await slow.ask('bob')).toBe('200 bob miss')
    expect(slow.commands.count('SET')).toBe(1)
  })

  test('FLEET-64 a result of more than 64 KiB is not written, and is counted', async () => {
    const one = start({ authorize: allowLarge })
    expect(await one.ask('ann')).toBe('200 ann miss')
    await settled(send, group.prefix)
    expect(one.store.counts).toMatchObject({ writes: 0, tooLarge: 1 })
    expect(await one.ask('ann')).toBe('200 ann hit')
  })

  test('FLEET-81 OOM: reading continues, and the log says that results are not written', async () => {
    const one = start()
    one.commands.applies = ([name]) => name === 'SET'
    one.commands.fault = { kind: 'reject', message: 'OOM command not allowed when used memory > maxmemory' }
    await one.ask('ann')
    await settled(send, group.prefix)
    expect(one.logger.lines.join()).toContain('the shared store could not write a result')
    expect(await one.ask('bob')).toBe('200 bob miss')
  })
})
