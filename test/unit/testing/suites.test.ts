/** The suites for stores: the stores of this library pass, and wrong ones fail. */
import { MemoryStore, type Store, type StoredResult, type StoreSelector } from '@custom-authorizer/core'
import {
  fakeClock,
  type StoreSubject,
  storeSuite,
  type SuiteTest,
  type UsageStoreSubject,
  usageStoreSuite,
} from '@custom-authorizer/core/testing'
import { type Demand, MemoryUsageStore, type Taken, type UsageStore } from '@custom-authorizer/core/usage-plan'
import { describe, expect, test } from 'vitest'

/** Titles of the tests that fail. */
const failures = async (suite: readonly SuiteTest[]): Promise<readonly string[]> => {
  const failed: string[] = []
  for (const { title, run } of suite)
    await run().catch(() => {
      failed.push(title)
    })
  return failed
}

const memory = (): StoreSubject => {
  const clock = fakeClock()
  return { store: new MemoryStore({ clock }), advance: (ms) => clock.advanceSync(ms) }
}

/** A store that changes the arguments of another one. */
const changedStore = (change: (store: Store) => Partial<Store>) => (): StoreSubject => {
  const { store, advance } = memory()
  const { get, set, delete: remove } = change(store)
  const own: Store = {
    get: get ?? ((scope, key) => store.get(scope, key)),
    set: set ?? ((scope, key, stored, ttl) => store.set(scope, key, stored, ttl)),
    delete: remove ?? ((scope, selector) => store.delete(scope, selector)),
  }
  return { store: own, advance }
}
const withText = ({ issuedFor, result }: StoredResult): StoredResult => ({
  issuedFor,
  result: { ...result, context: {} },
})

describe('storeSuite', () => {
  for (const { title, run } of storeSuite(memory))
    test(`SEC-59 SEC-60 MemoryStore: ${title}`, async () => {
      await expect(run()).resolves.toBeUndefined()
    })

  test.each<[string, (store: Store) => Partial<Store>]>([
    [
      'ignores scopes',
      (store) => ({ set: (_, ...rest) => store.set('a', ...rest), get: (_, key) => store.get('a', key) }),
    ],
    [
      'joins scope and key',
      (store) => ({
        set: (scope, key, ...rest) => store.set('', scope + key, ...rest),
        get: (scope, key) => store.get('', scope + key),
      }),
    ],
    ['never expires', (store) => ({ set: (scope, key, stored) => store.set(scope, key, stored, 3600) })],
    [
      'loses the context',
      (store) => ({ set: (scope, key, stored, ttl) => store.set(scope, key, withText(stored), ttl) }),
    ],
    ['does not delete', () => ({ delete: () => undefined })],
    [
      'deletes by key only',
      (store) => ({
        delete: (scope, selector: StoreSelector) => (selector.by === 'key' ? store.delete(scope, selector) : undefined),
      }),
    ],
    ['always deletes all', (store) => ({ delete: (scope) => store.delete(scope, { by: 'all' }) })],
    [
      'has a negative age',
      (store) => ({
        get: async (scope, key) => {
          const hit = await store.get(scope, key)
          return hit && { ...hit, ageMs: -1 }
        },
      }),
    ],
  ])('SEC-65 a store that %s fails', async (_, change) => {
    expect(await failures(storeSuite(changedStore(change)))).not.toEqual([])
  })
})

const usageMemory = (): UsageStoreSubject => {
  const clock = fakeClock()
  return { store: new MemoryUsageStore({ clock }), advance: (ms) => clock.advanceSync(ms) }
}

/** A store that changes demands, keys or answers of another one. */
interface Change {
  readonly key?: (key: string) => string
  readonly demand?: (demand: Demand) => Demand
  readonly answer?: (taken: Taken) => Taken
}
const changedUsage =
  ({ key = (each) => each, demand = (each) => each, answer = (each) => each }: Change) =>
  (): UsageStoreSubject => {
    const { store, advance } = usageMemory()
    const own: UsageStore = {
      take: async (name, wanted) => answer(await store.take(key(name), demand(wanted))),
      read: (name, wanted) => store.read(key(name), demand(wanted)),
    }
    return { store: own, advance }
  }
const withQuota =
  (change: Partial<NonNullable<Demand['quota']>>) =>
  ({ quota, buckets }: Demand): Demand => ({
    quota: quota && { ...quota, ...change },
    buckets,
  })
const withBuckets =
  (change: (rateLimit: number) => number, name?: string) =>
  ({ quota, buckets }: Demand): Demand => ({
    quota,
    buckets: buckets.map((each) => ({
      name: name ?? each.name,
      rateLimit: change(each.rateLimit),
      burstLimit: each.burstLimit,
    })),
  })

/** A store whose answers have another member, and whose levels are a bit lower. */
const tolerant = (): UsageStoreSubject => {
  const { store, advance } = usageMemory()
  return {
    advance,
    store: {
      take: async (key, demand) => ({ source: 'x', ...(await store.take(key, demand)) }),
      read: async (key, demand) => {
        const { levels, ...rest } = await store.read(key, demand)
        return {
          levels: Object.fromEntries(Object.entries(levels).map(([name, level]) => [name, level - 1e-7])),
          ...rest,
        }
      },
    },
  }
}

describe('usageStoreSuite', () => {
  for (const { title, run } of usageStoreSuite(usageMemory))
    test(`FLEET-43 MemoryUsageStore: ${title}`, async () => {
      await expect(run()).resolves.toBeUndefined()
    })

  test.each<[string, Change]>([
    ['never refills', { demand: withBuckets(() => 0) }],
    ['refills too fast', { demand: withBuckets((rate) => rate * 1000) }],
    ['has one bucket for all methods', { demand: withBuckets((rate) => rate, 'one') }],
    ['has months only', { demand: withQuota({ period: 'MONTH', offset: 0 }) }],
    ['has days only', { demand: withQuota({ period: 'DAY', offset: 0 }) }],
    ['ignores offsets', { demand: withQuota({ offset: 0 }) }],
    ['ignores quotas', { demand: ({ buckets }) => ({ quota: undefined, buckets }) }],
    ['ignores buckets', { demand: ({ quota }) => ({ quota, buckets: [] }) }],
    ['cuts keys off', { key: (key) => key.slice(0, 1) }],
    ['ignores the beginning of keys', { key: (key) => key.slice(1) }],
    [
      'always has one request left',
      { answer: (taken) => (taken.verdict === 'pass' ? { ...taken, remaining: 1 } : taken) },
    ],
    ['states no end', { answer: (taken) => (taken.verdict === 'pass' ? { ...taken, resetsAt: 0 } : taken) }],
    ['always waits 1 ms', { answer: (taken) => (taken.verdict === 'quota' ? { ...taken, waitMs: 1 } : taken) }],
    ['does not wait', { answer: (taken) => (taken.verdict === 'throttle' ? { ...taken, waitMs: 0 } : taken) }],
  ])('FLEET-43 a store that %s fails', async (_, change) => {
    expect(await failures(usageStoreSuite(changedUsage(change)))).not.toEqual([])
  })

  test.each<[string, (subject: UsageStoreSubject) => UsageStoreSubject]>([
    ['does not share', (subject) => ({ ...subject, other: new MemoryUsageStore() })],
    [
      'checks before it takes',
      ({ store, advance }) => ({
        advance,
        store: {
          take: async (key, demand) => {
            const { used } = await store.read(key, demand)
            const isLeft = demand.quota === undefined || used < demand.quota.limit
            await Promise.resolve()
            if (isLeft)
              await store.take(
                key,
                demand.quota === undefined ? demand : { ...demand, quota: { ...demand.quota, limit: 99 } },
              )
            return isLeft
              ? { verdict: 'pass', remaining: 1, resetsAt: 1 }
              : { verdict: 'quota', waitMs: 1, resetsAt: 1 }
          },
          read: (key, demand) => store.read(key, demand),
        },
      }),
    ],
    [
      'forgets counters after a second',
      ({ store, advance }) => {
        let now = 0
        const memories = new Map<number, UsageStore>()
        const current = (): UsageStore => {
          const epoch = Math.floor(now / 1500)
          const found = memories.get(epoch) ?? (epoch === 0 ? store : new MemoryUsageStore())
          memories.set(epoch, found)
          return found
        }
        return {
          store: {
            take: (key, demand) => current().take(key, demand),
            read: (key, demand) => current().read(key, demand),
          },
          advance: (ms) => {
            now += ms
            return advance(ms)
          },
        }
      },
    ],
  ])('FLEET-45 SEC-89 a store that %s fails', async (_, change) => {
    expect(await failures(usageStoreSuite(() => change(usageMemory())))).not.toEqual([])
  })

  test('FLEET-43 other members and small differences of levels are allowed', async () => {
    expect(await failures(usageStoreSuite(tolerant))).toEqual([])
  })
})
