/** Invalidations that hold in every process: the log, its positions, and its losses. */
import { allow, AuthorizerError } from '@custom-authorizer/core'
import { describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { withServerClock } from '../../support/redis/faulty.ts'
import { redisFixture } from '../../support/redis/fixture.ts'
import {
  OLD_SECRET,
  pass,
  type ProcessParts,
  SECRET,
  settled,
  processesOn,
  type SharedProcess,
} from '../../support/redis/processes.ts'
import { hasRedis, withRedis } from '../../support/redis/server.ts'

const { send } = redisFixture()

const group = processesOn(send)
const { start } = group

const log = (): string => `{${group.prefix}}:log`
const epochKey = (): string => `{${group.prefix}}:epoch`
const epoch = (): Promise<unknown> => send(['GET', epochKey()], epochKey())

/** Two processes that both have the results of two callers in memory. */
const warm = async (parts: Partial<ProcessParts> = {}): Promise<readonly [SharedProcess, SharedProcess]> => {
  const both = [start(parts), start(parts)] as const
  for (const { ask } of both)
    for (const token of ['ann', 'bob']) {
      await ask(token)
      await settled(send, group.prefix)
    }
  for (const { ask } of both) expect(await ask('ann')).toBe('200 ann hit')
  return both
}

/** Reads the log in a process, as the next request after its lease does. */
const afterLease = async (processes: readonly SharedProcess[]): Promise<void> => {
  await pass(processes, 1000)
}

/** A result of another process with a newer position than the last one that `one` has read. */
const withNewerResult = async (): Promise<SharedProcess> => {
  const one = start({ authorize: () => allow({ principalId: 'new' }) })
  const other = start({ authorize: () => allow({ principalId: 'ann' }) })
  for (const { ask } of [one, other]) await ask('warm up')
  await other.authorizer.invalidate({ principalId: 'none' })
  await other.commands.idle()
  await other.ask('ann')
  await settled(send, group.prefix)
  return one
}

describe.skipIf(!hasRedis)(`invalidate${withRedis}`, () => {
  test.each<[string, (process: SharedProcess) => unknown, string]>([
    ['a principal', ({ authorizer }) => authorizer.invalidate({ principalId: 'ann' }), 'hit'],
    ['an identity', ({ authorizer }) => authorizer.invalidate({ identity: 'ann' }), 'hit'],
    ['all', ({ authorizer }) => authorizer.invalidateAll(), 'miss'],
  ])(
    'SEC-60 FLEET-74 invalidating %s holds here at once, and within maxStalenessMs in another process',
    async (_, invalidate, bob) => {
      const [one, other] = await warm()
      const confirmed = invalidate(one)
      expect(await one.ask('ann')).toBe('200 ann miss')
      await confirmed
      await afterLease([other])
      expect(await other.ask('bob')).toBe(`200 bob ${bob}`)
      // The first process has written its new result, which is later than the invalidation only if it knows of it.
      expect(other.called).not.toContain('ann')
      expect(['200 ann miss', '200 ann hit']).toContain(await other.ask('ann'))
    },
  )

  test('FLEET-71 an entry that is already in Redis is not used after an invalidation', async () => {
    const [one] = await warm()
    await one.authorizer.invalidate({ principalId: 'ann' })
    const fresh = start()
    expect(await fresh.ask('ann')).toBe('200 ann miss')
    expect(await fresh.ask('bob')).toBe('200 bob hit')
  })

  test('FLEET-71 SEC-60 a call that was running in another process serves its own request only', async () => {
    const answer = new Deferred<void>()
    const slow = start({ authorize: async () => answer.promise.then(() => allow({ principalId: 'old' })) })
    const one = start({ authorize: () => allow({ principalId: 'new' }) })
    await one.ask('warm up')
    const running = slow.ask('ann')
    while (slow.called.length === 0) await flushMicrotasks()
    await one.authorizer.invalidate({ identity: 'ann' })
    answer.resolve()
    expect(await running).toBe('200 old miss')
    await settled(send, group.prefix)
    await afterLease([slow, one])
    expect(await one.ask('ann')).toBe('200 new miss')
    await settled(send, group.prefix)
    expect(await slow.ask('ann')).toBe('200 new hit')
  })

  test('FLEET-78 a request after the invalidation does not join a call that began before it', async () => {
    const answers: Deferred<void>[] = []
    const slow = start({
      authorize: async () => {
        const answer = new Deferred<void>()
        answers.push(answer)
        await answer.promise
        return allow({ principalId: 'ann' })
      },
    })
    const one = start()
    await one.ask('warm up')
    const before = slow.ask('ann')
    while (answers.length < 1) await flushMicrotasks()
    await one.authorizer.invalidate({ principalId: 'ann' })
    await afterLease([slow])
    const after = slow.ask('ann')
    while (answers.length < 2) await flushMicrotasks()
    for (const answer of answers) answer.resolve()
    expect([await before, await after]).toEqual(['200 ann miss', '200 ann miss'])
    expect(slow.called).toEqual(['ann', 'ann'])
  })

  test('FLEET-71 what a process writes before it has read the record is not used by one that has', async () => {
    const [one, other] = await warm()
    await one.authorizer.invalidate({ principalId: 'carol' })
    expect(await other.ask('carol')).toBe('200 carol miss')
    await settled(send, group.prefix)
    expect(await one.ask('carol')).toBe('200 carol miss')
  })

  test('FLEET-74 FLEET-77 invalidate rejects if the record is not confirmed, and then holds in this process only', async () => {
    const [one, other] = await warm()
    one.commands.applies = ([name, , , key]) => name === 'EVALSHA' && key === log()
    for (const fault of [
      { kind: 'reject', message: 'READONLY' },
      { kind: 'reply', value: 'OK' },
    ] as const) {
      one.commands.fault = fault
      const failure: unknown = await Promise.resolve(one.authorizer.invalidate({ principalId: 'ann' })).catch(
        (error: unknown) => error,
      )
      expect(failure).toBeInstanceOf(AuthorizerError)
      expect(failure).toMatchObject({ code: 'ERR_STORE' })
      expect(String(failure)).not.toContain('ann')
    }
    expect(await one.ask('ann')).toBe('200 ann miss')
    await afterLease([other])
    expect(await other.ask('ann')).toBe('200 ann hit')
  })

  test('FLEET-74 an invalidation that was not confirmed hides what Redis has from this process', async () => {
    const [one] = await warm()
    one.commands.fault = { kind: 'reject', message: 'READONLY' }
    one.commands.applies = ([name, , , key]) => name === 'EVALSHA' && key === log()
    await expect(Promise.resolve(one.authorizer.invalidate({ principalId: 'ann' }))).rejects.toThrow('not confirmed')
    expect(one.called.filter((token) => token === 'ann')).toHaveLength(1)
    expect(await one.ask('ann')).toBe('200 ann miss')
    // Its own result is later, and may be used.
    expect(await one.ask('ann')).toBe('200 ann hit')
  })

  test('FLEET-74 invalidate rejects at the deadline, and the client is not asked again', async () => {
    const [one] = await warm()
    one.commands.fault = { kind: 'lose' }
    const { length } = one.commands.sent
    const pending = Promise.resolve(one.authorizer.invalidate({ principalId: 'ann' })).catch(
      (error: unknown) => (error as AuthorizerError).code,
    )
    one.clock.advanceSync(100)
    expect(await pending).toBe('ERR_STORE')
    expect(one.commands.sent.slice(length).filter(([, , , key]) => key === log())).toHaveLength(1)
  })

  test('FLEET-74 FLEET-71 the result that replaces an invalidated one stays in use', async () => {
    const [one] = await warm()
    await one.authorizer.invalidate({ principalId: 'ann' })
    await one.commands.idle()
    expect(await one.ask('ann')).toBe('200 ann miss')
    await afterLease([one])
    expect(await one.ask('ann')).toBe('200 ann hit')
  })

  test('FLEET-71 FLEET-66 a result of a call that began under an earlier epoch is not written', async () => {
    const answer = new Deferred<void>()
    const slow = start({ authorize: async () => answer.promise.then(() => allow({ principalId: 'ann' })) })
    const pending = slow.ask('ann')
    while (slow.called.length === 0) await flushMicrotasks()
    await send(['DEL', epochKey()], epochKey())
    await afterLease([slow])
    const sets = slow.commands.count('SET')
    answer.resolve()
    expect(await pending).toBe('200 ann miss')
    await slow.commands.idle()
    expect(slow.commands.count('SET')).toBe(sets)
  })

  test('FLEET-74 FLEET-75 an invalidation that was not confirmed still hides what Redis has after a new epoch', async () => {
    const [one, other] = await warm({
      authorize: (request) => allow({ principalId: request.header('authorization') ?? '' }),
    })
    one.commands.fault = { kind: 'reject', message: 'READONLY' }
    one.commands.applies = ([name, , , key]) => name === 'EVALSHA' && key === log()
    await expect(Promise.resolve(one.authorizer.invalidate({ principalId: 'ann' }))).rejects.toThrow('not confirmed')
    one.commands.fault = { kind: 'none' }
    await send(['DEL', epochKey()], epochKey())
    await afterLease([other])
    // Under the new epoch, the other process has called the function after a record, and has written the result.
    await other.authorizer.invalidate({ principalId: 'carol' })
    await afterLease([other])
    expect(await other.ask('ann')).toBe('200 ann miss')
    await other.commands.idle()
    await afterLease([one])
    expect(await one.ask('ann')).toBe('200 ann miss')
  })

  test.each<[string, object]>([
    ['principal', { principalId: 'ann' }],
    ['identity', { identity: 'ann' }],
  ])(
    'SEC-60 FLEET-74 invalidating a %s hides what other processes have written, also under newer positions',
    async (_, selector) => {
      const one = await withNewerResult()
      one.commands.applies = ([, , , key]) => key === log()
      const confirmed = one.authorizer.invalidate(selector as { principalId: string })
      // While the record is being written, and after it was confirmed but not read.
      expect(await one.ask('ann')).toBe('200 new miss')
      await confirmed
      group.empty()
      const again = await withNewerResult()
      again.commands.applies = ([name, , count]) => name === 'EVALSHA' && count === '2'
      await again.authorizer.invalidate(selector as { principalId: string })
      again.commands.fault = { kind: 'hang' }
      expect(await again.ask('ann')).toBe('200 new miss')
    },
  )

  test('FLEET-74 an invalidation that was not confirmed hides results with newer positions, too', async () => {
    const one = await withNewerResult()
    one.commands.applies = ([, , , key]) => key === log()
    one.commands.fault = { kind: 'reject', message: 'READONLY' }
    await expect(Promise.resolve(one.authorizer.invalidate({ principalId: 'ann' }))).rejects.toThrow('not confirmed')
    expect(await one.ask('ann')).toBe('200 new miss')
  })

  test('FLEET-70 one log serves all authorizers of a prefix, and names separate them', async () => {
    const [one, other] = [start(), start({ kernel: { name: 'shop' } })]
    for (const { ask } of [one, other]) await ask('ann')
    await one.authorizer.invalidateAll()
    await afterLease([other])
    expect(await other.ask('ann')).toBe('200 ann hit')
    expect(await send(['KEYS', `{${group.prefix}}:*`], '')).toHaveLength(2)
  })
})

describe.skipIf(!hasRedis)(`secrets${withRedis}`, () => {
  test('FLEET-70 FLEET-62 while a secret is replaced, both halves of the processes obey each other', async () => {
    const before = start({ secrets: [OLD_SECRET] })
    const after = start({ secrets: [SECRET, OLD_SECRET] })
    for (const { ask } of [before, after]) for (const token of ['ann', 'bob']) await ask(token)
    await before.authorizer.invalidate({ principalId: 'ann' })
    await afterLease([after])
    expect([await after.ask('ann'), await after.ask('bob')]).toEqual(['200 ann miss', '200 bob hit'])
    // The older half does not know the new secret: its records select everything.
    await after.authorizer.invalidate({ principalId: 'ann' })
    await afterLease([before])
    expect([await before.ask('ann'), await before.ask('bob')]).toEqual(['200 ann miss', '200 bob miss'])
  })
})

/** The IDs in the log, oldest first. */
const records = async (): Promise<readonly string[]> =>
  ((await send(['XRANGE', log(), '-', '+'], log())) as [string, unknown][]).map(([id]) => id)

describe.skipIf(!hasRedis)(`losses of the log${withRedis}`, () => {
  test('FLEET-75 a lost end of the log is noticed by a process that knows it: no cached result counts', async () => {
    const [one, other] = await warm()
    await one.authorizer.invalidate({ principalId: 'none' })
    await one.authorizer.invalidate({ principalId: 'ann' })
    const before = await epoch()
    await send(['XDEL', log(), (await records()).at(-1) ?? ''], log())
    await afterLease([one, other])
    expect(await one.ask('bob')).toBe('200 bob miss')
    expect(await epoch()).not.toBe(before)
    expect(await other.ask('ann')).toBe('200 ann miss')
  })

  test('FLEET-75 a lost end is noticed although another record follows it', async () => {
    const [one, other] = await warm()
    await one.authorizer.invalidate({ principalId: 'ann' })
    await send(['XDEL', log(), (await records()).at(-1) ?? ''], log())
    await other.authorizer.invalidate({ principalId: 'none' })
    await afterLease([one, other])
    await one.ask('warm up')
    await afterLease([other])
    expect(await other.ask('ann')).toBe('200 ann miss')
    expect(await other.ask('bob')).toMatch(/^200 bob (miss|hit)$/)
    expect(other.called.filter((token) => token === 'ann').length).toBe(1)
  })

  test.each(['DEL', 'FLUSHALL'])(
    'FLEET-75 FLEET-77 an evicted or emptied log (%s) is a cold cache',
    async (command) => {
      const [one, other] = await warm()
      await one.authorizer.invalidate({ principalId: 'none' })
      await send(command === 'DEL' ? ['DEL', log()] : ['FLUSHALL'], log())
      await afterLease([one, other])
      expect(await one.ask('ann')).toBe('200 ann miss')
      expect(await other.ask('bob')).toBe('200 bob miss')
      expect(await one.ask('ann')).toBe('200 ann hit')
    },
  )

  test('FLEET-75 of several processes that notice a loss, one replaces the epoch and the others follow', async () => {
    const [one, other] = await warm()
    await one.authorizer.invalidate({ principalId: 'none' })
    await afterLease([other])
    await other.ask('ann')
    await send(['DEL', log()], log())
    await afterLease([one])
    await one.ask('warm up')
    const replaced = await epoch()
    await afterLease([other])
    await other.ask('warm up')
    expect(await epoch()).toBe(replaced)
  })

  test('FLEET-75 a process without requests notices that its record is lost', async () => {
    const [one, other] = await warm()
    await one.authorizer.invalidate({ principalId: 'ann' })
    await one.commands.idle()
    await send(['XDEL', log(), (await records()).at(-1) ?? ''], log())
    const before = await epoch()
    // Nothing asks this process for a result. The second poll has no request before it.
    await pass([one], 1000)
    expect(await epoch()).not.toBe(before)
    await afterLease([other])
    expect(await other.ask('ann')).toBe('200 ann miss')
  })

  test('FLEET-75 a process polls for two minutes after its own record, and longer while Redis cannot be reached', async () => {
    const one = start()
    await one.authorizer.invalidate({ principalId: 'ann' })
    await one.commands.idle()
    const polls = (): number => one.commands.count('EVALSHA')
    await pass([one], 119_000)
    const before = polls()
    one.commands.fault = { kind: 'reject', message: 'down' }
    await pass([one], 100_000)
    one.commands.fault = { kind: 'none' }
    const during = polls()
    expect(during - before).toBeGreaterThan(100)
    await pass([one], 119_000)
    const after = polls()
    expect(after - during).toBeGreaterThan(100)
    await pass([one], 3000)
    const ended = polls()
    await pass([one], 10_000)
    expect(polls()).toBe(ended)
  })

  test('FLEET-75 another invalidation does not hide the loss of the one before', async () => {
    const [one, other] = await warm()
    await one.authorizer.invalidate({ principalId: 'ann' })
    await one.commands.idle()
    const before = await epoch()
    await send(['XDEL', log(), (await records()).at(-1) ?? ''], log())
    await one.authorizer.invalidate({ principalId: 'none' })
    expect(await epoch()).not.toBe(before)
    await afterLease([other])
    expect(await other.ask('ann')).toBe('200 ann miss')
  })

  test('FLEET-75 an epoch that a process has left is not taken up again', async () => {
    const [one] = await warm()
    const old = String(await epoch())
    await send(['SET', epochKey(), 'another'], epochKey())
    await afterLease([one])
    await one.ask('warm up')
    await send(['SET', epochKey(), old], epochKey())
    await afterLease([one])
    await one.ask('warm up')
    expect([old, 'another']).not.toContain(await epoch())
  })

  test.each<[string, readonly string[]]>([
    ['is malformed', ['SET', 'not an epoch!']],
    ['is empty', ['SET', '']],
    ['is too long', ['SET', 'x'.repeat(65)]],
    ['is a list', ['LPUSH', 'x']],
  ])(
    'FLEET-75 an epoch that %s is replaced, so that invalidations continue to hold',
    async (_, [name = '', value = '']) => {
      const [one, other] = await warm()
      await send(['DEL', epochKey()], epochKey())
      await send([name, epochKey(), value], epochKey())
      await one.authorizer.invalidate({ principalId: 'ann' })
      await afterLease([other])
      expect(await other.ask('ann')).toBe('200 ann miss')
      expect(await epoch()).toMatch(/^[0-9a-f-]{36}$/)
    },
  )

  test('FLEET-76 a record that was trimmed is no loss, and appending trims records that are too old', async () => {
    const old = `${Date.now() - 3_700_000}-0`
    await send(['XADD', log(), old, 'k', 'x', 's', 'y'], log())
    const [one] = await warm()
    const before = await epoch()
    await send(['XTRIM', log(), 'MAXLEN', '0'], log())
    await afterLease([one])
    expect(await one.ask('ann')).toBe('200 ann hit')
    expect(await epoch()).toBe(before)
  })

  test('FLEET-76 more than 1,000 records at once count as one that selects everything', async () => {
    const [one, other] = await warm()
    for (let batch = 0; batch < 3; batch++)
      await Promise.all(
        Array.from({ length: 400 }, async (_, index) =>
          one.authorizer.invalidate({ principalId: `p${batch}-${index}` }),
        ),
      )
    await afterLease([other])
    expect(await other.ask('bob')).toBe('200 bob miss')
    expect(await other.ask('bob')).toBe('200 bob hit')
  })

  test('FLEET-65 FLEET-75 a step of the server clock starts a new epoch', async () => {
    const one = start()
    let offset = 0
    const stepping = start({ send: withServerClock(send, () => offset) })
    for (const { ask } of [one, stepping]) await ask('ann')
    const before = await epoch()
    offset = -3_600_000
    await afterLease([one, stepping])
    expect(await stepping.ask('ann')).toBe('200 ann miss')
    expect(await epoch()).not.toBe(before)
    await afterLease([one])
    expect(await one.ask('ann')).toBe('200 ann miss')
  })
})
