/** Shared results while Redis fails: leases, deadlines, circuit breaker, and what may be used (fault table F01 to F39). */
import { allow } from '@custom-authorizer/core'
import { redisStore } from '@custom-authorizer/core/redis'
import { describe, expect, test } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import { type Fault, withServerClock } from '../../support/redis/faulty.ts'
import { newPrefix, redisFixture } from '../../support/redis/fixture.ts'
import {
  BlockedClock,
  pass,
  type ProcessParts,
  SECRET,
  settled,
  processesOn,
  type SharedProcess,
} from '../../support/redis/processes.ts'
import { hasRedis, withRedis } from '../../support/redis/server.ts'
import { withToken } from '../../support/with-token.ts'

const { send } = redisFixture()

const group = processesOn(send)
const { start } = group

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['is not connected', { kind: 'reject', message: "Stream isn't writeable and enableOfflineQueue options is false" }],
  ['is loading', { kind: 'reject', message: 'LOADING Redis is loading the dataset in memory' }],
  ['is a demoted master', { kind: 'reject', message: "READONLY You can't write against a read only replica." }],
  ['has no cluster', { kind: 'reject', message: 'CLUSTERDOWN The cluster is down' }],
  ['denies the command', { kind: 'reject', message: 'NOPERM this user has no permissions' }],
  ['returns text', { kind: 'reply', value: 'garbage' }],
  ['returns an array', { kind: 'reply', value: ['garbage', 7, '', {}] }],
  ['returns nothing', { kind: 'reply', value: null }],
]

/** A process with one result in memory, whose Redis then fails. */
const cutOff = async (fault: Fault, parts: Partial<ProcessParts> = {}): Promise<SharedProcess> => {
  const one = start(parts)
  await one.ask('ann')
  await settled(send, group.prefix)
  one.commands.fault = fault
  await pass([one], 1000)
  return one
}

describe.skipIf(!hasRedis)(`without a fresh poll${withRedis}`, () => {
  test.each(FAULTS)("FLEET-73 FLEET-81 while Redis %s, 'local' uses and fills the memory", async (_, fault) => {
    const one = await cutOff(fault)
    expect(await one.ask('ann')).toBe('200 ann hit')
    expect([await one.ask('bob'), await one.ask('bob')]).toEqual(['200 bob miss', '200 bob hit'])
    expect(one.commands.count('SET')).toBe(1)
  })

  test.each(FAULTS)("FLEET-73 while Redis %s, 'bypass' uses no cached result", async (_, fault) => {
    const one = await cutOff(fault, { onStoreError: 'bypass' })
    expect([await one.ask('ann'), await one.ask('ann')]).toEqual(['200 ann miss', '200 ann miss'])
    expect(one.called).toEqual(['ann', 'ann', 'ann'])
  })

  test('FLEET-73 an outage is reported once, and so is its end', async () => {
    const one = await cutOff({ kind: 'reject', message: 'LOADING' })
    for (let index = 0; index < 10; index++) {
      await one.ask('ann')
      await pass([one], 500)
      await flushMicrotasks()
    }
    const lines = () => one.logger.lines.filter((line) => line.includes('log of invalidations'))
    expect(lines()).toEqual([expect.stringContaining('cannot be read; results in memory are used')])
    one.commands.fault = { kind: 'none' }
    await pass([one], 1000)
    await one.ask('ann')
    await settled(send, group.prefix)
    expect(lines()[1]).toContain('the log of invalidations is read again')
  })

  test('FLEET-72 FLEET-49 without a reply the first requests wait until the deadline, and the others not at all', async () => {
    const one = await cutOff({ kind: 'hang' })
    const first = one.ask('ann')
    await flushMicrotasks()
    expect(one.clock.pending).toBeGreaterThan(0)
    one.clock.advanceSync(100)
    expect(await first).toBe('200 ann hit')
    expect(one.authorizer.evaluate(withToken('ann'))).not.toBeInstanceOf(Promise)
    // A caller that is not in memory does not wait either: nothing is read without a fresh poll.
    expect(one.authorizer.evaluate(withToken('carol'))).not.toBeInstanceOf(Promise)
  })

  test('FLEET-73 after an outage records are read before anything from Redis is used', async () => {
    const other = start()
    await other.ask('ann')
    await settled(send, group.prefix)
    const one = await cutOff({ kind: 'reject', message: 'down' })
    await one.ask('bob')
    await other.authorizer.invalidate({ principalId: 'ann' })
    await other.authorizer.invalidate({ principalId: 'bob' })
    one.commands.fault = { kind: 'none' }
    await pass([one], 1000)
    expect(await one.ask('ann')).toBe('200 ann miss')
    expect(await one.ask('bob')).toBe('200 bob miss')
  })

  test("FLEET-72 FLEET-77 a process that is cut off uses a result until maxStalenessMs with 'bypass', and until its TTL with 'local'", async () => {
    const [local, bypass] = [start({ ttlSeconds: 4 }), start({ ttlSeconds: 4, onStoreError: 'bypass' })]
    const other = start()
    await other.ask('warm up')
    for (const { ask } of [local, bypass]) await ask('ann')
    for (const { commands } of [local, bypass]) commands.fault = { kind: 'reject', message: 'cut off' }
    await other.authorizer.invalidate({ principalId: 'ann' })
    await pass([local, bypass], 999)
    await flushMicrotasks()
    expect([await local.ask('ann'), await bypass.ask('ann')]).toEqual(['200 ann hit', '200 ann hit'])
    await pass([local, bypass], 1)
    expect([await local.ask('ann'), await bypass.ask('ann')]).toEqual(['200 ann hit', '200 ann miss'])
    await pass([local], 3000)
    expect(await local.ask('ann')).toBe('200 ann miss')
  })

  test('FLEET-72 without traffic there are no polls, and the first request after it polls before it uses a result', async () => {
    const [one, other] = [start({ ttlSeconds: 3600 }), start()]
    for (const { ask } of [one, other]) await ask('ann')
    await settled(send, group.prefix)
    for (let halves = 0; halves < 3; halves++) {
      await pass([one], 500)
      await settled(send, group.prefix)
    }
    const polls = one.commands.count('EVALSHA')
    for (let halves = 0; halves < 6; halves++) {
      await pass([one], 500)
      await settled(send, group.prefix)
    }
    expect(one.commands.count('EVALSHA')).toBe(polls)
    await other.authorizer.invalidate({ principalId: 'ann' })
    expect(await one.ask('ann')).toBe('200 ann miss')
  })

  test('FLEET-72 polls run in the background every half of maxStalenessMs while there is traffic', async () => {
    const one = start({ maxStalenessMs: 600 })
    await one.ask('ann')
    const before = one.commands.count('EVALSHA')
    for (let polls = 1; polls <= 4; polls++) {
      void one.authorizer.evaluate(withToken('ann'))
      await pass([one], 300)
      await settled(send, group.prefix)
      expect(one.commands.count('EVALSHA')).toBe(before + polls)
      expect(one.authorizer.evaluate(withToken('ann'))).not.toBeInstanceOf(Promise)
    }
  })

  test('FLEET-73 SEC-66 minutes of outage call the function at most 1.1 times as often as a memory store', async () => {
    const callers = Array.from({ length: 20 }, (_, index) => `caller-${index}`)
    const calls = async (fault: Fault): Promise<number> => {
      const one = start({ ttlSeconds: 60, prefix: newPrefix() })
      for (const caller of callers) await one.ask(caller)
      one.commands.fault = fault
      for (let seconds = 0; seconds < 300; seconds++) {
        await pass([one], 1000)
        for (const caller of callers) await one.ask(caller)
      }
      return one.called.length
    }
    // A memory store would call for each caller at the start, and once a minute.
    const memory = callers.length * 6
    expect(await calls({ kind: 'reject', message: 'down' })).toBeLessThanOrEqual(memory * 1.1)
  })
})

/** Faults of reads only; polls work. */
const reading = async (fault: Fault): Promise<SharedProcess> => {
  const one = start({ authorize: () => allow({ principalId: 'p' }) })
  await one.ask('warm up')
  await settled(send, group.prefix)
  one.commands.applies = ([name]) => name === 'GET'
  one.commands.fault = fault
  return one
}

describe.skipIf(!hasRedis)(`reading results${withRedis}`, () => {
  test('FLEET-80 SEC-66 after five failures results are read once a second', async () => {
    const one = await reading({ kind: 'reject', message: 'LOADING' })
    const before = one.commands.count('GET')
    for (let index = 0; index < 20; index++) await one.ask(`caller-${index}`)
    expect(one.commands.count('GET') - before).toBe(5)
    expect(one.logger.lines.join()).toContain('the shared store keeps failing; it is read once a second')
    one.commands.fault = { kind: 'none' }
    await pass([one], 1000)
    for (let index = 20; index < 30; index++) await one.ask(`caller-${index}`)
    expect(one.commands.count('GET') - before).toBe(15)
  })

  test('FLEET-80 misses are no failures', async () => {
    const one = await reading({ kind: 'none' })
    const before = one.commands.count('GET')
    for (let index = 0; index < 20; index++) await one.ask(`caller-${index}`)
    expect(one.commands.count('GET') - before).toBe(20)
  })

  test('FLEET-80 FLEET-49 a read without a reply is a miss at storeTimeoutMs, and a late reply is dropped', async () => {
    const one = await reading({ kind: 'hang' })
    const pending = one.ask('ann')
    while (one.commands.sent.at(-1)?.[0] !== 'GET') await flushMicrotasks()
    one.clock.advanceSync(100)
    expect(await pending).toBe('200 p miss')
    expect(one.logger.lines.join()).toContain('the shared store did not respond within 100 ms; treated as a miss')
  })

  test('FLEET-80 the circuit of results is independent of polls, which continue', async () => {
    const one = await reading({ kind: 'reject', message: 'LOADING' })
    for (let index = 0; index < 10; index++) await one.ask(`caller-${index}`)
    const polls = one.commands.count('EVALSHA')
    await pass([one], 500)
    await settled(send, group.prefix)
    expect(one.commands.count('EVALSHA')).toBe(polls + 1)
  })

  test('SEC-66 FLEET-82 errors of Redis are not shown in the log', async () => {
    const one = await reading({ kind: 'reject', message: 'WRONGPASS hunter2' })
    await one.ask('ann')
    expect(one.logger.lines.join()).toContain('the shared store failed; treated as a miss')
    expect(one.logger.lines.join()).not.toContain('hunter2')
  })
})

describe.skipIf(!hasRedis)(`other faults${withRedis}`, () => {
  test('FLEET-73 F39 while only the log cannot be read, the memory is used and counters are not concerned', async () => {
    const one = start()
    await one.ask('ann')
    await settled(send, group.prefix)
    one.commands.applies = ([, , , key]) => key === `{${group.prefix}}:log`
    one.commands.fault = { kind: 'reject', message: 'CLUSTERDOWN The cluster is down' }
    await pass([one], 1000)
    const reads = one.commands.count('GET')
    expect([await one.ask('ann'), await one.ask('bob'), await one.ask('bob')]).toEqual([
      '200 ann hit',
      '200 bob miss',
      '200 bob hit',
    ])
    expect(one.commands.count('GET')).toBe(reads)
  })

  test('FLEET-80 F33 while every reply is 90 ms late, decisions are right and the circuit stays closed', async () => {
    const waiting: (() => void)[] = []
    const one = start({
      send: async (args, key) => {
        await new Promise<void>((resolve) => waiting.push(resolve))
        return send(args, key)
      },
    })
    const found: string[] = []
    for (let index = 0; index < 20; index++)
      void one.ask(`caller-${index}`).then((text) => found.push(text.slice(0, 3)))
    while (found.length < 20) {
      await flushMicrotasks()
      one.clock.advanceSync(waiting.length === 0 ? 0 : 90)
      for (const resolve of waiting.splice(0)) resolve()
      await settled(send, group.prefix)
    }
    expect(new Set(found)).toEqual(new Set(['200']))
    expect(one.logger.lines).toEqual([])
  })

  test.each([600_000, -600_000])('FLEET-65 F25 a wall clock that is %i ms off changes no lifetime', async (ms) => {
    const [one, other] = [start({ ttlSeconds: 60 }), start({ ttlSeconds: 60 })]
    other.clock.setTime(other.clock.now() + ms)
    await one.ask('ann')
    await settled(send, group.prefix)
    expect(await other.ask('ann')).toBe('200 ann hit')
    expect(other.decisions[0]?.cache.ageMs).toBeLessThan(5000)
    await pass([other], 61_000)
    expect(await other.ask('bob')).toBe('200 bob miss')
  })

  test('FLEET-89 FLEET-72 where timers do not run, the poll is sent with the next request', async () => {
    const clock = new BlockedClock()
    const one = start({ clock, kernel: { clock } })
    const other = start()
    for (const { ask } of [one, other]) await ask('ann')
    await settled(send, group.prefix)
    await other.authorizer.invalidate({ principalId: 'ann' })
    clock.jump(999)
    expect(await one.ask('ann')).toBe('200 ann hit')
    clock.jump(1)
    expect(await one.ask('ann')).toBe('200 ann miss')
  })

  test("FLEET-73 with 'bypass', a request whose poll fails uses no result in memory", async () => {
    const clock = new BlockedClock()
    const one = start({ clock, kernel: { clock }, onStoreError: 'bypass' })
    await one.ask('ann')
    await settled(send, group.prefix)
    one.commands.fault = { kind: 'reject', message: 'down' }
    clock.jump(1000)
    expect(await one.ask('ann')).toBe('200 ann miss')
  })

  test('FLEET-72 a result in Redis is not used while the log cannot be read, not even later', async () => {
    await start({ authorize: () => allow({ principalId: 'shared' }) }).ask('ann')
    await settled(send, group.prefix)
    const one = start({ authorize: () => allow({ principalId: 'own' }) })
    one.commands.applies = ([name]) => name === 'EVALSHA'
    one.commands.fault = { kind: 'reject', message: 'LOADING' }
    expect(await one.ask('ann')).toBe('200 own miss')
    await one.commands.idle()
    expect(await one.ask('ann')).toBe('200 own hit')
  })

  test('FLEET-72 a lease begins when the poll was sent, not when its reply arrived', async () => {
    const clock = new BlockedClock()
    let delayMs = 0
    const slow = start({
      clock,
      kernel: { clock },
      send: async (args, key) => {
        if (args[0] === 'EVALSHA') clock.jump(delayMs)
        return send(args, key)
      },
    })
    await slow.ask('ann')
    delayMs = 400
    clock.jump(1000)
    expect(await slow.ask('ann')).toBe('200 ann hit')
    delayMs = 0
    clock.jump(599)
    expect(slow.authorizer.evaluate(withToken('ann'))).not.toBeInstanceOf(Promise)
    clock.jump(1)
    expect(slow.authorizer.evaluate(withToken('ann'))).toBeInstanceOf(Promise)
  })

  test('FLEET-72 after one lost reply, a process without traffic asks again before it uses a result', async () => {
    const clock = new BlockedClock()
    const one = start({ clock, kernel: { clock } })
    const other = start()
    for (const { ask } of [one, other]) await ask('ann')
    await settled(send, group.prefix)
    clock.jump(1000)
    one.commands.applies = ([name]) => name === 'EVALSHA'
    one.commands.fault = { kind: 'reject', message: 'lost' }
    expect(await one.ask('ann')).toBe('200 ann hit')
    one.commands.fault = { kind: 'none' }
    await other.authorizer.invalidate({ principalId: 'ann' })
    clock.jump(500)
    expect(await one.ask('ann')).toBe('200 ann miss')
  })

  test('FLEET-67 FLEET-72 a request does not share a read that an earlier request began before its poll', async () => {
    const clock = new BlockedClock()
    const other = start({ authorize: () => allow({ principalId: 'old' }) })
    await other.ask('ann')
    await settled(send, group.prefix)
    const held: Record<string, (() => void)[]> = { GET: [], EVALSHA: [] }
    const holding = new Set<string>()
    const one = start({
      clock,
      kernel: { clock },
      authorize: () => allow({ principalId: 'new' }),
      send: async (args, key) => {
        const reply = await send(args, key)
        const [name = ''] = args
        if (holding.has(name)) await new Promise<void>((resolve) => held[name]?.push(resolve))
        return reply
      },
    })
    await one.ask('warm up')
    clock.jump(1000)
    holding.add('GET')
    const first = one.ask('ann')
    while (held['GET']?.length === 0) await flushMicrotasks()
    holding.delete('GET')
    await other.authorizer.invalidate({ identity: 'ann' })
    clock.jump(1000)
    holding.add('EVALSHA')
    const second = one.ask('ann')
    while (held['EVALSHA']?.length === 0) await flushMicrotasks()
    for (const release of held['GET'] ?? []) release()
    expect(await first).toBe('200 old hit')
    for (const release of held['EVALSHA'] ?? []) release()
    expect(await second).toBe('200 new miss')
  })

  test('FLEET-76 a process that has not polled for an hour starts cold', async () => {
    const clock = new BlockedClock()
    let aheadMs = 0
    const one = start({ clock, kernel: { clock }, ttlSeconds: 3600, send: withServerClock(send, () => aheadMs) })
    await one.ask('warm up')
    clock.jump(999)
    expect([await one.ask('ann'), await one.ask('ann')]).toEqual(['200 ann miss', '200 ann hit'])
    await settled(send, group.prefix)
    await send(['DEL', ...((await send(['KEYS', `${group.prefix}:d:*`], '')) as string[])], group.prefix)
    aheadMs = 3_599_900
    clock.jump(aheadMs)
    expect(await one.ask('ann')).toBe('200 ann miss')
  })

  test("FLEET-73 with 'bypass', nothing in memory is used while a poll is running", async () => {
    const clock = new BlockedClock()
    const one = start({ clock, kernel: { clock }, onStoreError: 'bypass' })
    await one.ask('ann')
    await settled(send, group.prefix)
    one.commands.fault = { kind: 'reject', message: 'down' }
    clock.jump(1000)
    expect(await one.ask('ann')).toBe('200 ann miss')
    // A poll that fails after more time than a failure is remembered for.
    const slow = start({
      clock,
      kernel: { clock },
      onStoreError: 'bypass',
      send: async (args, key) => {
        if (!isFailing) return send(args, key)
        clock.jump(600)
        throw new Error('down')
      },
    })
    let isFailing = false
    await slow.ask('bob')
    await settled(send, group.prefix)
    clock.jump(1000)
    isFailing = true
    expect(await slow.ask('bob')).toBe('200 bob miss')
  })

  test('FLEET-65 a suspended process empties its own memory, and not that of others', async () => {
    const other = start()
    for (const token of ['ann', 'bob']) await other.ask(token)
    await settled(send, group.prefix)
    const epoch = await send(['GET', `{${group.prefix}}:epoch`], '')
    const suspended = start({ send: withServerClock(send, () => aheadMs) })
    let aheadMs = 0
    await suspended.ask('ann')
    // Its monotonic clock stands still for 4 s.
    aheadMs = 4000
    suspended.clock.setTime(suspended.clock.now() + 4000)
    await pass([suspended], 1000)
    // What it has is forgotten; the result in Redis counts, and is 4 s older.
    const reads = suspended.commands.count('GET')
    expect(await suspended.ask('ann')).toBe('200 ann hit')
    expect(suspended.commands.count('GET')).toBe(reads + 1)
    expect(await send(['GET', `{${group.prefix}}:epoch`], '')).toBe(epoch)
    expect(await other.ask('bob')).toBe('200 bob hit')
  })

  test('FLEET-65 the time that a value waits for a poll counts', async () => {
    await start({ ttlSeconds: 3 }).ask('ann')
    await settled(send, group.prefix)
    const clock = new BlockedClock()
    let delayMs = 0
    const slow = start({
      clock,
      kernel: { clock },
      ttlSeconds: 3,
      maxStalenessMs: 60_000,
      timeoutMs: 10_000,
      send: async (args, key) => {
        const reply = await send(args, key)
        // The reply to the poll arrives long after that to the read.
        if (args[0] === 'EVALSHA' && delayMs > 0) {
          for (let turns = 0; turns < 20; turns++) await flushMicrotasks()
          clock.jump(delayMs)
        }
        return reply
      },
    })
    await slow.ask('warm up')
    clock.jump(60_000)
    delayMs = 3500
    expect(await slow.ask('ann')).toBe('200 ann miss')
  })

  test('FLEET-79 processes do not wait for each other: each calls the function once', async () => {
    const answers: (() => void)[] = []
    const authorize = async () => {
      await new Promise<void>((resolve) => answers.push(resolve))
      return allow({ principalId: 'ann' })
    }
    const processes = [start({ authorize }), start({ authorize })]
    const pending = processes.flatMap(({ ask }) => [ask('ann'), ask('ann')])
    while (answers.length < 2) await flushMicrotasks()
    for (const answer of answers) answer()
    await Promise.all(pending)
    expect(processes.map(({ called }) => called.length)).toEqual([1, 1])
  })
})

test('FLEET-87 the stores add no listener to a client', async () => {
  const used: string[] = []
  const client = new Proxy(
    { call: async () => null, options: {} },
    {
      get: (target, name, receiver) => {
        used.push(String(name))
        return Reflect.get(target, name, receiver) as unknown
      },
    },
  )
  const store = redisStore({ client, secrets: [SECRET] })
  await store.open({ name: 'pets', report: () => undefined }).usable()
  await store.close()
  expect(new Set(used)).toEqual(new Set(['call', 'options']))
})

describe.skipIf(!hasRedis)(`close${withRedis}`, () => {
  test('FLEET-74 close stops polls, and waits for records that are being written until their deadline', async () => {
    const one = start()
    await one.ask('ann')
    await settled(send, group.prefix)
    one.commands.fault = { kind: 'hang' }
    const lost = Promise.resolve(one.authorizer.invalidateAll()).catch(() => 'rejected')
    const closed = one.store.close()
    one.clock.advanceSync(100)
    expect(await lost).toBe('rejected')
    await expect(closed).resolves.toBeUndefined()
    expect(one.clock.pending).toBe(0)
  })
})
