/** Faults of Redis with two or more real processes (fault table of the specification, F01 to F41). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newPrefix } from '../support/redis/fixture.ts'
import { OLD_SECRET, SECRET } from '../support/redis/processes.ts'
import { RedisProxy } from '../support/redis/proxy.ts'
import { root } from '../support/root.ts'
import { hasRedis, RedisServer, withRedis } from '../support/redis/server.ts'
import { Fleet, type FleetProcess, type WorkerOptions } from './fleet.ts'

let fleet: Fleet
let server: RedisServer
let proxy: RedisProxy
let prefix = ''

beforeAll(async () => {
  if (hasRedis) fleet = await Fleet.build()
})
afterAll(() => fleet?.remove())
beforeEach(async () => {
  if (!hasRedis) return
  server = await RedisServer.start()
  proxy = await RedisProxy.start(server.port)
  prefix = newPrefix()
})
afterEach(async () => {
  if (!hasRedis) return
  await fleet.stopAll()
  await proxy.stop()
  await server.stop()
})

/** Tests without a fault of the connection have a deadline that a busy machine keeps. */
const PATIENT = { timeoutMs: 1000 } as const

const start = (name: string, options: Partial<WorkerOptions> = {}): Promise<FleetProcess> =>
  fleet.start({ name, port: server.port, prefix, secrets: [SECRET], limit: 100, timeoutMs: 100, ...options })

/** Two processes: A is connected to the server, B through the proxy. */
const pair = async (options: Partial<WorkerOptions> = {}): Promise<readonly [FleetProcess, FleetProcess]> =>
  Promise.all([start('A', options), start('B', { ...options, port: proxy.port })])

describe.skipIf(!hasRedis)(`results and invalidations${withRedis}`, () => {
  test('FLEET-60 FLEET-74 a result of one process is a hit in another, and an invalidation holds in both', async () => {
    const [a, b] = await pair(PATIENT)
    expect(await a.do('ask', 'ann')).toBe('200 by A1')
    await b.until('ask', 'ann', (answer) => answer === '200 by A1')
    expect(await a.do('invalidate', 'ann')).toBe('confirmed')
    // B uses the older result until its next poll, and then calls the function.
    await b.until('ask', 'ann', (answer) => answer !== '200 by A1')
    expect(await a.do('ask', 'ann')).not.toBe('200 by A1')
  })

  test('F16 FLEET-71 a call that was running in B when A invalidated serves its own request only', async () => {
    const [a, b] = await pair(PATIENT)
    await a.do('ask', 'warm up')
    await b.do('hold')
    const running = b.do('ask', 'ann')
    await b.until('called', '', (called) => called === 1)
    expect(await a.do('invalidate', 'ann')).toBe('confirmed')
    await b.do('answer')
    expect(await running).toBe('200 by B1')
    expect(await a.do('ask', 'ann')).toBe('200 by A2')
    await b.until('ask', 'ann', (answer) => answer !== '200 by B1')
  })

  test.each(['ioredis', 'redis'] as const)(
    'F18 F19 FLEET-72 FLEET-73 B is cut off silently while A invalidates, then connected again (%s)',
    async (client) => {
      const [a, b] = await pair({ client })
      const strict = await start('C', { client, port: proxy.port, onStoreError: 'bypass' })
      for (const process of [b, strict]) await process.do('ask', 'ann')
      const kept = await b.do('ask', 'ann')
      proxy.hold()
      expect(await a.do('invalidate', 'ann')).toBe('confirmed')
      await strict.until('ask', 'ann', (answer) => answer !== kept)
      // With 'local', B continues with what it has in memory, and says so.
      expect(await b.do('ask', 'ann')).toBe(kept)
      const calls = await b.do('called')
      await b.until('log', '', (lines) => lines.join().includes('the log of invalidations cannot be read'))
      expect(await b.do('ask', 'ann')).toBe(kept)
      expect(await b.do('called')).toBe(calls)
      proxy.release()
      await b.until('ask', 'ann', (answer) => answer !== kept)
      await b.until('log', '', (lines) => lines.join().includes('is read again'))
    },
  )

  test('F20 FLEET-75 after a failover to a server that lacks the last invalidation, no cached result counts', async () => {
    const replica = await RedisServer.start()
    await replica.follow(server)
    const a = await start('A', { port: proxy.port })
    const b = await start('B', { port: proxy.port })
    for (const process of [a, b]) await process.do('ask', 'ann')
    const kept = await b.do('ask', 'ann')
    await a.do('invalidate', 'bob')
    while ((await replica.command(`XLEN {${prefix}}:log`)) !== 1);
    await replica.command('REPLICAOF NO ONE')
    expect(await a.do('invalidate', 'ann')).toBe('confirmed')
    proxy.retarget(replica.port)
    // A knows the record that was lost, so B learns of a new epoch although no record selects its result.
    await b.until('ask', 'ann', (answer) => answer !== kept)
    await replica.stop()
  })

  test('F37 FLEET-75 a lost record is noticed by the process that knows it, although another process has appended since', async () => {
    const [a, b] = await pair(PATIENT)
    for (const process of [a, b]) await process.do('ask', 'ann')
    const kept = await b.do('ask', 'ann')
    expect(await a.do('invalidate', 'ann')).toBe('confirmed')
    const [[id]] = (await server.command(`XREVRANGE {${prefix}}:log + - COUNT 1`)) as [[string]]
    await server.command(`XDEL {${prefix}}:log ${id}`)
    expect(await b.do('invalidate', 'bob')).toBe('confirmed')
    await b.until('ask', 'ann', (answer) => answer !== kept)
  })

  test('F21 FLEET-85 after a failover that lost nothing, the cache stays warm and counters are exact', async () => {
    const replica = await RedisServer.start()
    const a = await start('A', { ...PATIENT, port: proxy.port, limit: 5 })
    const b = await start('B', { ...PATIENT, port: proxy.port, limit: 5 })
    for (const process of [a, b]) await process.do('ask', 'ann')
    const kept = await b.do('ask', 'ann')
    await a.do('countMany', 'ann 3')
    await replica.follow(server)
    await replica.command('REPLICAOF NO ONE')
    proxy.retarget(replica.port)
    await a.until('count', 'bob', (answer) => answer === '200')
    expect(await a.do('countMany', 'ann 4')).toEqual({ '200': 2, '429 QUOTA_EXCEEDED': 2 })
    await b.until('count', 'bob', (answer) => answer === '200')
    const calls = await b.do('called')
    expect(await b.do('ask', 'ann')).toBe(kept)
    expect(await b.do('called')).toBe(calls)
    await replica.stop()
  })

  test.each([
    ['ioredis', 'garbage\r\n'],
    ['redis', 'garbage\r\n'],
    ['ioredis', '*1\r\n$3\r\nabc\r\n'],
    ['redis', '*1\r\n$3\r\nabc\r\n'],
  ] as const)('F12 FLEET-82 with %s, replies that are %j grant nothing and end no process', async (client, bytes) => {
    const b = await start('B', { client, port: proxy.port })
    await b.do('ask', 'ann')
    proxy.garble(bytes)
    const found = await b.do('abortMany', '0 200')
    expect(
      Object.keys(found).every((status) => ['200', '503 ABORTED', '499 ABORTED', '500 ABORTED'].includes(status)),
    ).toBe(true)
    expect(await b.do('count', 'ann')).toBe('200 without store')
    proxy.release()
    await b.until('count', 'ann', (answer) => answer === '200')
  })

  test('F36 FLEET-62 FLEET-70 while a secret is rotated, both halves obey invalidations', async () => {
    const a = await start('A', { ...PATIENT, secrets: [OLD_SECRET] })
    const b = await start('B', { ...PATIENT, secrets: [SECRET, OLD_SECRET] })
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      for (const process of [a, b]) await process.do('ask', 'ann')
      const kept = await other.do('ask', 'ann')
      expect(await one.do('invalidate', 'ann')).toBe('confirmed')
      await other.until('ask', 'ann', (answer) => answer !== kept)
    }
  })
})

describe.skipIf(!hasRedis)(`outages${withRedis}`, () => {
  test.each(['ioredis', 'redis'] as const)(
    'F01 FLEET-73 without a server at start decisions are right, and results are shared once it appears (%s)',
    async (client) => {
      await server.kill()
      const options = { client, waitsForServer: false } as const
      const [a, b] = [await start('A', options), await start('B', options)]
      expect([await a.do('ask', 'ann'), await b.do('ask', 'ann')]).toEqual(['200 by A1', '200 by B1'])
      expect(await a.do('count', 'ann')).toBe('200 without store')
      await server.restart()
      await a.until('count', 'ann', (answer) => answer === '200')
      await b.until('count', 'ann', (answer) => answer === '200')
      for (let index = 0; ; index++) {
        const token = `caller-${index}`
        const answer = await a.do('ask', token)
        if ((await b.do('ask', token)) === answer) break
      }
      expect(await b.do('log')).not.toEqual([])
    },
  )

  test('F02 F03 F28 FLEET-82 no response reaches another caller while the server is stopped, continued and killed', async () => {
    const [a, b] = await pair()
    const check = async (): Promise<void> => {
      for (const found of await Promise.all([a.do('abortMany', '0 1000'), b.do('abortMany', '50 1000')]))
        expect(
          Object.keys(found).every((status) => ['200', '503 ABORTED', '499 ABORTED', '500 ABORTED'].includes(status)),
        ).toBe(true)
    }
    await check()
    server.signal('SIGSTOP')
    await check()
    server.signal('SIGCONT')
    await check()
    await server.kill()
    await check()
    await server.restart()
    await check()
  })
})

const onlyCounter = async (): Promise<string> => {
  const keys = (await server.command(`KEYS ${prefix}:u:*`)) as string[]
  expect(keys).toHaveLength(1)
  return keys[0] as string
}

describe.skipIf(!hasRedis)(`counting${withRedis}`, () => {
  test('FLEET-52 SEC-89 processes together let exactly the quota pass', async () => {
    const workers = await Promise.all(['A', 'B', 'C', 'D'].map((name) => start(name, { ...PATIENT, limit: 500 })))
    const found = await Promise.all(workers.map((worker) => worker.do('countMany', 'ann 250')))
    expect(found.reduce((sum, each) => sum + (each['200'] ?? 0), 0)).toBe(500)
    expect(found.reduce((sum, each) => sum + (each['429 QUOTA_EXCEEDED'] ?? 0), 0)).toBe(500)
  })

  test.each(['ioredis', 'redis'] as const)(
    'F05 FLEET-48 FLEET-50 a reply that is lost after execution counts once, and the request is not sent again (%s)',
    async (client) => {
      const b = await start('B', { ...PATIENT, client, port: proxy.port })
      expect(await b.do('count', 'ann')).toBe('200')
      const key = await onlyCounter()
      const lost = proxy.cutNextReplyTo('EVALSHA')
      expect(await b.do('count', 'ann')).toBe('200 without store')
      await lost
      await b.until('count', 'ann', (answer) => answer === '200')
      const used = Number(await server.command(`HGET ${key} qM0`))
      // The first, the lost one, and those that were counted after the connection was made again.
      expect(used).toBe(3)
    },
  )

  test('F04 FLEET-50 while replies are held back, requests are counted by the process and never twice by the server', async () => {
    const b = await start('B', { ...PATIENT, port: proxy.port })
    await b.do('count', 'ann')
    const key = await onlyCounter()
    proxy.hold()
    const found = await b.do('countMany', 'ann 3')
    expect(found).toEqual({ '200 without store': 3 })
    proxy.release()
    await b.until('count', 'ann', (answer) => answer === '200')
    const used = Number(await server.command(`HGET ${key} qM0`))
    expect(used).toBe(5)
  })

  test('F41 FLEET-40 a process with another version of the script counts in the same hash', async () => {
    const a = await start('A', { ...PATIENT, limit: 6 })
    expect(await a.do('count', 'ann')).toBe('200')
    const key = await onlyCounter()
    const page = readFileSync(join(root, 'docs', 'specification', 'fleet', 'counting.md'), 'utf8')
    const reference = page.split('```lua\n')[1]?.split('```')[0] ?? ''
    const other = new Redis({ port: server.port, host: '127.0.0.1' })
    const verdicts: unknown[] = []
    for (let turn = 0; turn < 4; turn++) {
      const reply = (await other.call('EVAL', reference, '1', key, '', '6', 'M', '0', '0', '1')) as unknown[]
      verdicts.push(reply[0], await a.do('count', 'ann'))
    }
    other.disconnect()
    expect(verdicts).toEqual([0, '200', 0, '200', 0, '429 QUOTA_EXCEEDED', 2, '429 QUOTA_EXCEEDED'])
  })

  test('F20 FLEET-52 through a failover a quota overruns by the calls that were not replicated', async () => {
    const replica = await RedisServer.start()
    const a = await start('A', { ...PATIENT, port: proxy.port, limit: 10 })
    await a.do('countMany', 'ann 4')
    await replica.follow(server)
    await replica.command('REPLICAOF NO ONE')
    expect(await a.do('countMany', 'ann 3')).toEqual({ '200': 3 })
    proxy.retarget(replica.port)
    // Another principal, so that requests during the failover do not count.
    await a.until('count', 'bob', (answer) => answer === '200')
    let passed = 0
    for (let answer = ''; answer !== '429 QUOTA_EXCEEDED'; answer = await a.do('count', 'ann'))
      if (answer === '200') passed++
    expect(4 + 3 + passed).toBe(13)
    await replica.stop()
  })
})
