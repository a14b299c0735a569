/** Tests for stores that count requests. @module */
import type { Bucket, Demand, QuotaSettings, Taken, UsageStore } from '../../usage-plan/index.ts'
import { assertEqual, assertThat, suiteOf, type SuiteTest } from './suite.ts'

/** A store, another one on the same server, and how to let time pass. */
export interface UsageStoreSubject {
  readonly store: UsageStore
  /** The store of another process. Default: the same one. */
  readonly other?: UsageStore
  /** Lets time pass for the stores: by their clock, or by waiting. */
  readonly advance: (ms: number) => void | Promise<void>
}

const bucket = (name: string, burstLimit: number, rateLimit = 0): Bucket => ({ name, rateLimit, burstLimit })
const bucketsOf = (...buckets: readonly Bucket[]): Demand => ({ quota: undefined, buckets })
const monthly = (limit: number): Demand => ({ quota: { limit, period: 'MONTH' }, buckets: [] })

/** Verdicts of requests, one after another. */
const verdicts = async (store: UsageStore, key: string, demands: readonly Demand[]): Promise<readonly string[]> => {
  const found: string[] = []
  for (const demand of demands) found.push((await store.take(key, demand)).verdict)
  return found
}

const repeated = (count: number, demand: Demand): readonly Demand[] => Array.from({ length: count }, () => demand)
const near = (found: number | undefined, expected: number, tolerance: number): boolean =>
  found !== undefined && Math.abs(found - expected) <= tolerance

const expectThrottle = (taken: Taken, name: string): number | undefined => {
  assertThat(taken.verdict === 'throttle' && taken.bucket === name, `the bucket "${name}" refuses`)
  return taken.verdict === 'throttle' ? taken.waitMs : undefined
}

const DAY_MS = 86_400_000

/** The first day of the next period, by the calendar in UTC, for a time. */
const NEXT: Readonly<Record<string, (now: Date) => number>> = {
  DAY: (now) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1),
  // Weeks that begin on a Wednesday.
  WEEK: (now) =>
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + ((10 - now.getUTCDay()) % 7 || 7)),
  // Months that begin on the 10th.
  MONTH: (now) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + (now.getUTCDate() >= 10 ? 1 : 0), 10),
}
const OFFSETS = { DAY: 0, WEEK: 3, MONTH: 9 } as const

const TESTS: Readonly<Record<string, (subject: UsageStoreSubject) => Promise<void>>> = {
  'a quota lets its number of requests pass, and states how many are left': async ({ store }) => {
    for (const left of [1, 0]) {
      const taken = await store.take('key', monthly(2))
      assertThat(taken.verdict === 'pass' && taken.remaining === left, `${left} requests are left`)
    }
    assertEqual(await verdicts(store, 'key', [monthly(2)]), ['quota'], 'verdicts')
  },
  'periods end at midnight UTC, at the first day of the week or month': async ({ store }) => {
    const times: number[] = []
    for (const period of ['DAY', 'WEEK', 'MONTH'] as const) {
      const quota: QuotaSettings = { limit: 1, period, offset: OFFSETS[period] }
      const passed = await store.take(period, { quota, buckets: [] })
      const refused = await store.take(period, { quota, buckets: [] })
      assertThat(passed.verdict === 'pass' && refused.verdict === 'quota', `the quota of a ${period} refuses`)
      if (passed.verdict !== 'pass' || refused.verdict !== 'quota') continue
      assertEqual(passed.resetsAt, refused.resetsAt, 'resetsAt')
      // The clock of the store may be any: its time is the end less the wait.
      const now = refused.resetsAt - refused.waitMs
      times.push(now)
      assertThat(refused.waitMs > 0 && refused.waitMs <= 31 * DAY_MS, 'waitMs is at most a month')
      assertEqual(refused.resetsAt, NEXT[period]?.(new Date(now)), `the end of the ${period}`)
    }
    assertThat(Math.max(...times) - Math.min(...times) < 60_000, 'waitMs is the time until resetsAt')
  },
  'a bucket starts full, is emptied, and is refilled by its rate': async ({ store, advance }) => {
    const demand = bucketsOf(bucket('', 2, 5))
    assertEqual(await verdicts(store, 'key', repeated(2, demand)), ['pass', 'pass'], 'verdicts')
    const waitMs = expectThrottle(await store.take('key', demand), '')
    assertThat(waitMs !== undefined && waitMs > 0 && waitMs <= 200, 'waitMs is at most a fifth of a second')
    await advance((waitMs ?? 0) + 10)
    assertEqual(await verdicts(store, 'key', repeated(2, demand)), ['pass', 'throttle'], 'verdicts after the wait')
    await advance(1100)
    assertEqual(await verdicts(store, 'key', repeated(3, demand)), ['pass', 'pass', 'throttle'], 'verdicts when full')
  },
  'a refusal names the bucket, and no time if it is never refilled': async ({ store }) => {
    const refused = await store.take('key', bucketsOf(bucket('', 5), bucket('/pets/GET', 0)))
    assertEqual(expectThrottle(refused, '/pets/GET'), undefined, 'waitMs')
  },
  'buckets of methods are separate': async ({ store }) => {
    const [get, post] = [bucketsOf(bucket('/pets/GET', 1)), bucketsOf(bucket('/pets/POST', 1))]
    assertEqual(
      await verdicts(store, 'key', [get, get, post, post]),
      ['pass', 'throttle', 'pass', 'throttle'],
      'verdicts',
    )
  },
  'a refused request takes nothing': async ({ store }) => {
    const both: Demand = { quota: { limit: 1, period: 'MONTH' }, buckets: [bucket('', 1), bucket('/a/GET', 0)] }
    await verdicts(store, 'key', repeated(3, both))
    const alone: Demand = { quota: { limit: 1, period: 'MONTH' }, buckets: [bucket('', 1)] }
    assertEqual(await verdicts(store, 'key', repeated(2, alone)), ['pass', 'quota'], 'verdicts after refusals')
  },
  'state is not forgotten when later requests have other limits': async ({ store, advance }) => {
    const never = bucketsOf(bucket('/reports/POST', 1))
    const quota: Demand = { quota: { limit: 1, period: 'MONTH' }, buckets: [] }
    assertEqual(await verdicts(store, 'key', [never, quota]), ['pass', 'pass'], 'verdicts')
    assertEqual(
      await verdicts(store, 'key', [bucketsOf(bucket('', 5, 1000))]),
      ['pass'],
      'the verdict of another method',
    )
    await advance(1600)
    assertEqual(await verdicts(store, 'key', [never, quota]), ['throttle', 'quota'], 'verdicts later')
  },
  'counters of different keys are separate': async ({ store }) => {
    for (const key of ['one', 'two', 'onf', 'pne', 'on'])
      assertEqual(await verdicts(store, key, repeated(2, monthly(1))), ['pass', 'quota'], `the key ${key}`)
  },
  'a changed quota applies at once, and keeps what was counted': async ({ store }) => {
    const demands = [monthly(1), monthly(1), monthly(2), monthly(2)]
    assertEqual(await verdicts(store, 'key', demands), ['pass', 'quota', 'pass', 'quota'], 'verdicts')
  },
  'a changed bucket keeps its level': async ({ store }) => {
    const demands = [
      ...repeated(2, bucketsOf(bucket('', 2))),
      bucketsOf(bucket('', 3)),
      bucketsOf(bucket('', 2, 0.001)),
    ]
    assertEqual(await verdicts(store, 'key', demands), ['pass', 'pass', 'throttle', 'throttle'], 'verdicts')
  },
  'parallel requests of all processes never exceed a quota or a bucket': async ({ store, other = store }) => {
    const both = [store, other]
    for (const [key, demand] of [
      ['quota', monthly(20)],
      ['bucket', bucketsOf(bucket('', 20))],
    ] as const) {
      const taken = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => both[index % 2]?.take(key, demand)),
      )
      assertEqual(taken.filter((each) => each?.verdict === 'pass').length, 20, `requests that pass the ${key}`)
    }
  },
  'reading a counter changes nothing': async ({ store }) => {
    const demand: Demand = { quota: { limit: 2, period: 'MONTH' }, buckets: [bucket('', 5)] }
    await store.take('key', demand)
    for (let reads = 0; reads < 3; reads++) {
      const { used, levels } = await store.read('key', demand)
      assertEqual(used, 1, 'used requests')
      assertThat(near(levels[''], 4, 0.001), 'four tokens are left')
    }
    assertEqual(await verdicts(store, 'key', repeated(2, demand)), ['pass', 'quota'], 'verdicts after reading')
  },
  'an unused counter is read as unused': async ({ store }) => {
    const { used, resetsAt, levels } = await store.read('unused', bucketsOf(bucket('', 3)))
    assertEqual([used, resetsAt], [0, undefined], 'the unused counter')
    assertThat(near(levels[''], 3, 0.001), 'the bucket is full')
  },
}

/**
 * Tests for a {@link UsageStore}, for any test runner.
 *
 * @param create builds an empty store for one test
 * @example
 * for (const { title, run } of usageStoreSuite(() => ({ store: new MyUsageStore(), advance }))) test(title, run)
 */
export const usageStoreSuite: (create: () => UsageStoreSubject | Promise<UsageStoreSubject>) => readonly SuiteTest[] =
  suiteOf(TESTS)
