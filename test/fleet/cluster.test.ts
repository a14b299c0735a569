/** Redis Cluster: slots, moved slots and a promoted replica, with the clients that users have (FLEET-46, FLEET-85). */
import { commandsOf } from '../../packages/core/src/redis/client/commands.ts'
import { redisUsageStore, type RedisClient } from '@custom-authorizer/core/redis'
import { replyWithin, systemClock } from '@custom-authorizer/core/contract'
import { Cluster } from 'ioredis'
import { createCluster } from 'redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newPrefix } from '../support/redis/fixture.ts'
import { pass, sharedProcess } from '../support/redis/processes.ts'
import { freePort, hasRedis, RedisServer, withRedis } from '../support/redis/server.ts'

/** Two masters with half of the slots each, and a replica of the first one. */
let nodes: readonly RedisServer[] = []

const idOf = async (node: RedisServer): Promise<string> => String(await node.command('CLUSTER MYID'))
const isReady = async (node: RedisServer): Promise<boolean> =>
  String(await node.command('CLUSTER INFO')).includes('cluster_state:ok') &&
  String(await node.command('CLUSTER NODES'))
    .trim()
    .split('\n').length === 3

const isLinked = async (replica: RedisServer): Promise<boolean> =>
  String(await replica.command('INFO replication')).includes('master_link_status:up')

/** The port of the master of a key, as a node knows it. */
const ownerOf = (node: RedisServer, key: string): Promise<number> =>
  node.command(`TTL ${key}`).then(
    () => node.port,
    (error: unknown) => Number(/MOVED \d+ .*:(\d+)/.exec(String(error))?.[1]),
  )

/** Whether a node is the master of a key. */
const hasSlotOf = async (node: RedisServer, key: string): Promise<boolean> => (await ownerOf(node, key)) === node.port

beforeAll(async () => {
  if (!hasRedis) return
  const buses = [await freePort(), await freePort(), await freePort()] as const
  nodes = await Promise.all(
    buses.map((bus) =>
      RedisServer.start('--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--cluster-port', String(bus)),
    ),
  )
  const [one, two, replica] = nodes as [RedisServer, RedisServer, RedisServer]
  for (const [index, node] of nodes.entries()) await node.command(`CLUSTER SET-CONFIG-EPOCH ${index + 1}`)
  await one.command('CLUSTER ADDSLOTSRANGE 0 8191')
  await two.command('CLUSTER ADDSLOTSRANGE 8192 16383')
  await one.command(`CLUSTER MEET 127.0.0.1 ${two.port} ${buses[1]}`)
  await one.command(`CLUSTER MEET 127.0.0.1 ${replica.port} ${buses[2]}`)
  for (const node of nodes) while (!(await isReady(node)));
  const id = await idOf(one)
  // The replica accepts the command once it has heard of the master.
  while ((await replica.command(`CLUSTER REPLICATE ${id}`).catch(() => true)) !== 'OK');
  while (!(await isLinked(replica)));
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
})

interface Connected {
  readonly client: RedisClient
  close(): void
}

const CLIENTS: Readonly<Record<string, () => Promise<Connected>>> = {
  ioredis: async () => {
    const client = new Cluster(
      nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
      { redisOptions: { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 } },
    )
    client.on('error', () => undefined)
    await new Promise((resolve) => client.once('ready', resolve))
    return { client, close: () => client.disconnect() }
  },
  redis: async () => {
    const client = createCluster({ rootNodes: nodes.map(({ port }) => ({ url: `redis://127.0.0.1:${port}` })) })
    client.on('error', () => undefined)
    await client.connect()
    return { client, close: () => client.destroy() }
  },
}

const TWO = { quota: { limit: 2, period: 'MONTH' }, buckets: [] } as const

/** How much a node has written or received. */
const offsetOf = async (node: RedisServer): Promise<string | undefined> =>
  /master_repl_offset:(\d+)/.exec(String(await node.command('INFO replication')))?.[1]

describe.skipIf(!hasRedis).each(Object.keys(CLIENTS))(`a cluster with %s${withRedis}`, (name) => {
  let connected: Connected
  beforeAll(async () => {
    if (hasRedis) connected = await (CLIENTS[name] as () => Promise<Connected>)()
  })
  afterAll(() => connected?.close())

  test('FLEET-40 FLEET-85 counters of many subjects are in all slots, and each is one key', async () => {
    const store = redisUsageStore({ client: connected.client, prefix: newPrefix() })
    for (let index = 0; index < 40; index++) {
      const verdicts = [
        await store.take(`s${index}`, TWO),
        await store.take(`s${index}`, TWO),
        await store.take(`s${index}`, TWO),
      ]
      expect(verdicts.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'quota'])
    }
  })

  test('FLEET-60 FLEET-85 results are shared, and invalidations hold', async () => {
    const prefix = newPrefix()
    const send = commandsOf('test', connected.client)
    const [one, other] = [sharedProcess({ send, prefix }), sharedProcess({ send, prefix })]
    for (let index = 0; index < 20; index++) await one.ask(`caller-${index}`)
    await send(['GET', `${prefix}:none`], `${prefix}:none`)
    for (let index = 0; index < 20; index++) expect(await other.ask(`caller-${index}`)).toMatch(/ hit$/)
    await one.authorizer.invalidate({ principalId: 'caller-7' })
    await pass([other], 1000)
    expect(await other.ask('caller-7')).toMatch(/ miss$/)
    expect(await other.ask('caller-8')).toMatch(/ hit$/)
  })

  test('FLEET-85 a slot that moves to another node is followed, and a request counts once', async () => {
    const prefix = newPrefix()
    const store = redisUsageStore({ client: connected.client, prefix })
    const key = `${prefix}:u:moved`
    const masters: RedisServer[] = []
    for (const node of nodes) if (((await node.command('ROLE')) as unknown[])[0] === 'master') masters.push(node)
    const owns = await Promise.all(masters.map((node) => hasSlotOf(node, key)))
    const [from, to] = (owns[0] === true ? masters : masters.toReversed()) as [RedisServer, RedisServer]
    const slot = Number(await from.command(`CLUSTER KEYSLOT ${key}`))
    // The slot is empty, so that there are no keys to move.
    await to.command(`CLUSTER SETSLOT ${slot} IMPORTING ${await idOf(from)}`)
    await from.command(`CLUSTER SETSLOT ${slot} MIGRATING ${await idOf(to)}`)
    for (const node of [to, from]) await node.command(`CLUSTER SETSLOT ${slot} NODE ${await idOf(to)}`)
    expect((await store.take('moved', TWO)).verdict).toBe('pass')
    expect((await store.take('moved', TWO)).verdict).toBe('pass')
    expect((await store.take('moved', TWO)).verdict).toBe('quota')
  })

  test('FLEET-46 FLEET-85 after a replica was promoted, what was replicated still counts', async () => {
    const prefix = newPrefix()
    const store = redisUsageStore({ client: connected.client, prefix })
    const roles = await Promise.all(
      nodes.map(async (node) => ({ node, role: (await node.command('ROLE')) as unknown[] })),
    )
    const replica = roles.find(({ role }) => role[0] === 'slave')
    const master = nodes.find(({ port }) => port === Number(replica?.role[2]))
    if (replica === undefined || master === undefined) throw new Error('no replica')
    let subject = 0
    while (!(await hasSlotOf(master, `${prefix}:u:${subject}`))) subject++
    // A client needs some tries to learn of the new master. As in a usage plan, each has a deadline.
    const take = async (): Promise<string> => {
      for (;;) {
        const reply = await replyWithin(systemClock, 200, Promise.resolve(store.take(String(subject), TWO)))
        if (reply.status === 'ready') return reply.value.verdict
      }
    }
    expect(await take()).toBe('pass')
    while ((await offsetOf(master)) !== (await offsetOf(replica.node)));
    await replica.node.command('CLUSTER FAILOVER TAKEOVER')
    // Until the nodes agree, clients are sent from one to the other.
    for (const node of nodes) while ((await ownerOf(node, `${prefix}:u:${subject}`)) !== replica.node.port);
    while ((await take()) !== 'quota');
    expect(await replica.node.command(`HGET ${prefix}:u:${subject} qM0`)).toBe('2')
    while (!(await isLinked(master)));
  })
})
