/** The script that counts, on a real server: vectors, windows, and comparison with the counter in memory. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  Bucket,
  Demand,
  QuotaPeriod,
  QuotaSettings,
  Taken,
  ThrottleSettings,
} from '@custom-authorizer/core/usage-plan'
import {
  type Arbitrary,
  array,
  assert as assertProperty,
  asyncProperty,
  constant,
  constantFrom,
  double,
  integer,
  nat,
  oneof,
  option,
  record,
  tuple,
} from 'fast-check'
import { describe, expect, test } from 'vitest'
import { takenOf } from '../../../packages/core/src/redis/counters/redis-usage-store.ts'
import { COUNT } from '../../../packages/core/src/redis/scripts/count.ts'
import { Script } from '../../../packages/core/src/redis/scripts/script.ts'
import { TIME, WINDOWS } from '../../../packages/core/src/redis/scripts/windows.ts'
import { Counter } from '../../../packages/core/src/usage-plan/counting/counter.ts'
import { counterDigest } from '../../../packages/core/src/usage-plan/keys/counter-name.ts'
import { windowEnd } from '../../../packages/core/src/usage-plan/counting/window.ts'
import { newPrefix, redisFixture } from '../../support/redis/fixture.ts'
import { hasRedis, withRedis } from '../../support/redis/server.ts'
import { root } from '../../support/root.ts'
import { scaled } from '../../support/volume.ts'

const { send } = redisFixture()

const PERIODS: Readonly<Record<QuotaPeriod, string>> = { DAY: 'D', WEEK: 'W', MONTH: 'M' }

const argumentsOf = (now: number, { quota, buckets }: Demand): readonly string[] => [
  String(now),
  quota === undefined ? '-1' : String(quota.limit),
  quota === undefined ? 'D' : PERIODS[quota.period],
  String(quota?.offset ?? 0),
  ...buckets.flatMap(({ name, rateLimit, burstLimit }) => [name, String(rateLimit), String(burstLimit)]),
]

/** Takes one request at a time that the test chooses. */
const takeAt = async (key: string, now: number, demand: Demand, script = COUNT): Promise<Taken> =>
  takenOf(await script.run(send, [key], argumentsOf(now, demand)), demand)

interface VectorPlan {
  readonly throttle?: ThrottleSettings
  readonly quota?: QuotaSettings
  readonly methods?: Readonly<Record<string, ThrottleSettings>>
}
interface Vector {
  readonly id: string
  readonly rule: string
  readonly title: string
  readonly plan: VectorPlan
  readonly steps: readonly {
    readonly at: number
    readonly expect: Taken['verdict']
    readonly plan?: VectorPlan
    readonly key?: string
    readonly planId?: string
    readonly method?: string
  }[]
}

const vectors = readFileSync(join(root, 'test', 'unit', 'usage-plan', 'counter-vectors.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector)

const demandOf = ({ throttle, quota, methods }: VectorPlan, method = ''): Demand => {
  const own = methods?.[method]
  return {
    quota,
    buckets: [
      ...(throttle === undefined ? [] : [{ name: '', ...throttle }]),
      ...(own === undefined ? [] : [{ name: method, ...own }]),
    ],
  }
}

describe.skipIf(!hasRedis)(`vectors${withRedis}`, () => {
  test.each(vectors)('FLEET-43 $rule vector $id in Redis: $title', async ({ plan, steps }) => {
    const prefix = newPrefix()
    const verdicts: string[] = []
    for (const { at, plan: changed, key = 'k', planId = 'p', method } of steps)
      verdicts.push(
        (await takeAt(`${prefix}:${await counterDigest(planId, key)}`, at, demandOf(changed ?? plan, method))).verdict,
      )
    expect(verdicts).toEqual(steps.map((step) => step.expect))
  })
})

const bucketArbitrary = (name: string): Arbitrary<Bucket> =>
  record({
    name: constant(name),
    rateLimit: oneof(constantFrom(0, 0.1, 0.333, 1, 10, 100), double({ min: 0.001, max: 1000, noNaN: true })),
    burstLimit: integer({ min: 0, max: 5 }),
  })
const quotaArbitrary: Arbitrary<QuotaSettings> = constantFrom<QuotaPeriod>('DAY', 'WEEK', 'MONTH').chain((period) =>
  record({
    limit: integer({ min: 0, max: 6 }),
    period: constant(period),
    offset: integer({ min: 0, max: { DAY: 0, WEEK: 6, MONTH: 27 }[period] }),
  }),
)
const demandArbitrary: Arbitrary<Demand> = record({
  quota: option(quotaArbitrary, { nil: undefined }),
  plan: option(bucketArbitrary(''), { nil: undefined }),
  method: option(bucketArbitrary('/pets/GET'), { nil: undefined }),
}).map(({ quota, plan, method }) => ({ quota, buckets: [plan, method].filter((each) => each !== undefined) }))

/** Steps of the clock: mostly forward, at times back. */
const stepArbitrary = oneof(
  { weight: 8, arbitrary: integer({ min: 0, max: 3000 }) },
  { weight: 1, arbitrary: constantFrom(86_400_000, 31 * 86_400_000) },
  { weight: 1, arbitrary: constantFrom(-500, -3_600_000, -90 * 86_400_000) },
)

describe.skipIf(!hasRedis)(`comparison with the counter in memory${withRedis}`, () => {
  test('FLEET-42 FLEET-43 random plans, changes and clock steps have the same answers in Redis and in memory', async () => {
    const runs = scaled(2000)
    await assertProperty(
      asyncProperty(
        array(demandArbitrary, { minLength: 1, maxLength: 3 }),
        array(tuple(stepArbitrary, nat(2)), { minLength: 1, maxLength: 25 }),
        async (demands, steps) => {
          const key = newPrefix()
          const counter = new Counter()
          let now = Date.UTC(2031, 2, 14, 23, 59, 58)
          for (const [step, choice] of steps) {
            now += step
            const demand = demands[choice % demands.length] as Demand
            expect(await takeAt(key, now, demand)).toEqual(counter.take(demand, { wall: now, monotonic: now }))
          }
        },
      ),
      { numRuns: runs },
    )
  })

  test('FLEET-44 the script computes the end of each window like the calendar, over 100 years', async () => {
    const probe = new Script(`${TIME}\n${WINDOWS}\nreturn window_end(ARGV[2], tonumber(ARGV[3]))`)
    const start = Date.UTC(2000, 0, 1)
    const instants = Array.from({ length: scaled(20_000) }, (_, index): [number, QuotaPeriod, number] => {
      const random = start + Math.floor(Math.random() * 100 * 365.25 * 86_400_000)
      const day = random - (random % 86_400_000)
      // A third of the instants are the beginning of a day, and a third the millisecond before it.
      const now = [random, day, day - 1][Math.floor(index / 3) % 3] as number
      const turn = Math.floor(index / 9)
      return (
        [
          [now, 'DAY', 0],
          [now, 'WEEK', turn % 7],
          [now, 'MONTH', turn % 28],
        ] as const
      )[index % 3] as [number, QuotaPeriod, number]
    })
    const found = await Promise.all(
      instants.map(([now, period, offset]) =>
        probe.run(send, ['window'], [String(now), PERIODS[period], String(offset)]),
      ),
    )
    expect(found).toEqual(instants.map((instant) => windowEnd(...instant)))
  })

  test('FLEET-40 two versions of the script count in the same hash', async () => {
    const fenced = readFileSync(join(root, 'docs', 'specification', 'fleet', 'counting.md'), 'utf8').split(
      '```lua\n',
    )[1]
    const reference = new Script((fenced ?? '').split('```')[0] ?? '')
    const demand: Demand = {
      quota: { limit: 5, period: 'MONTH' },
      buckets: [{ name: '', rateLimit: 1, burstLimit: 4 }],
    }
    const key = newPrefix()
    const now = Date.UTC(2031, 0, 1)
    const verdicts: number[] = []
    for (let index = 0; index < 8; index++) {
      const at = now + (index >= 4 ? 2000 : 0)
      if (index % 2 === 0) verdicts.push(['pass', 'throttle', 'quota'].indexOf((await takeAt(key, at, demand)).verdict))
      else {
        // The reference step has the number of buckets and the cost as arguments.
        const [clock = '', limit = '', period = '', offset = '', ...buckets] = argumentsOf(at, demand)
        const reply = await reference.run(send, [key], [clock, limit, period, offset, '1', '1', ...buckets])
        verdicts.push((reply as number[])[0] ?? -1)
      }
    }
    expect(verdicts).toEqual([0, 0, 0, 0, 0, 2, 2, 2])
  })
})

const ttlAt = async (key: string, now: number): Promise<number> => Number(await send(['PEXPIRETIME', key], key)) - now
const passesOf = (part: readonly Taken[]): number => part.filter(({ verdict }) => verdict === 'pass').length
const withRate = (rateLimit: number): Demand => ({
  quota: undefined,
  buckets: [{ name: '', rateLimit, burstLimit: 2 }],
})

describe.skipIf(!hasRedis)(`state in Redis${withRedis}`, () => {
  const day = Date.UTC(2031, 5, 15, 12)

  test.each<[string, Demand, number]>([
    ['the end of the window', { quota: { limit: 5, period: 'DAY' }, buckets: [] }, 12 * 3_600_000 + 1000],
    ['a full bucket', { quota: undefined, buckets: [{ name: '', rateLimit: 0.5, burstLimit: 9 }] }, 2000 + 1000],
    [
      '31 days for a bucket that is never refilled',
      { quota: { limit: 5, period: 'DAY' }, buckets: [{ name: '', rateLimit: 0, burstLimit: 9 }] },
      31 * 86_400_000 + 1000,
    ],
  ])('FLEET-45 a counter expires one second after %s', async (_, demand, expected) => {
    const key = newPrefix()
    await takeAt(key, day, demand)
    expect(await ttlAt(key, day)).toBe(expected)
  })

  test('FLEET-45 a counter without an expiry gets one with the next request, also if that is refused', async () => {
    const key = newPrefix()
    const demand: Demand = { quota: { limit: 1, period: 'DAY' }, buckets: [] }
    await takeAt(key, day, demand)
    await send(['PERSIST', key], key)
    expect((await takeAt(key, day, demand)).verdict).toBe('quota')
    expect(await ttlAt(key, day)).toBeGreaterThan(0)
  })

  const slowMethod: Demand = { quota: undefined, buckets: [{ name: '/reports/POST', rateLimit: 0.001, burstLimit: 1 }] }
  const fast: Demand = { quota: undefined, buckets: [{ name: '', rateLimit: 100, burstLimit: 200 }] }
  const yearly: Demand = { quota: { limit: 1, period: 'MONTH' }, buckets: [] }

  test.each<[string, Demand]>([
    ['of a method with a slow bucket', slowMethod],
    ['with a quota', yearly],
    [
      'with a bucket that is never refilled',
      { quota: undefined, buckets: [{ name: 'x', rateLimit: 0, burstLimit: 1 }] },
    ],
  ])('FLEET-45 the state of a request %s stays, for any later request of the subject', async (_, demand) => {
    const key = newPrefix()
    await takeAt(key, day, demand)
    const expires = await ttlAt(key, day)
    // Another method of the plan, or a process whose plan has no such limit.
    await takeAt(key, day + 5, fast)
    expect(await ttlAt(key, day)).toBe(expires)
    expect((await takeAt(key, day + 10, demand)).verdict).not.toBe('pass')
  })

  test('FLEET-45 a refused request extends the expiry if its limits need that', async () => {
    const key = newPrefix()
    await takeAt(key, day, fast)
    await takeAt(key, day, { quota: undefined, buckets: [{ name: '', rateLimit: 0.001, burstLimit: 0 }] })
    expect(await ttlAt(key, day)).toBeLessThan(3000)
    const slow: Demand = {
      quota: { limit: 0, period: 'MONTH' },
      buckets: [{ name: '', rateLimit: 0.001, burstLimit: 300 }],
    }
    expect((await takeAt(key, day, slow)).verdict).toBe('quota')
    expect(await ttlAt(key, day)).toBeGreaterThan(15 * 86_400_000)
  })

  test.each([1e-9, 1e-13, 1e-16, 1e-300])(
    'FLEET-45 SEC-92 a rate of %f has a finite wait and an expiry',
    async (rateLimit) => {
      const key = newPrefix()
      const demand: Demand = { quota: undefined, buckets: [{ name: '', rateLimit, burstLimit: 1 }] }
      expect((await takeAt(key, day, demand)).verdict).toBe('pass')
      const refused = await takeAt(key, day + 1, demand)
      expect(refused).toMatchObject({ verdict: 'throttle', bucket: '' })
      expect(refused.verdict === 'throttle' && refused.waitMs).toBeLessThanOrEqual(3650 * 86_400_000)
      const ttl = await ttlAt(key, day)
      expect(ttl).toBeGreaterThan(86_400_000)
      expect(ttl).toBeLessThanOrEqual(3651 * 86_400_000)
    },
  )

  test('FLEET-43 a refused request writes nothing', async () => {
    const key = newPrefix()
    const demand: Demand = {
      quota: { limit: 5, period: 'DAY' },
      buckets: [
        { name: '', rateLimit: 1, burstLimit: 3 },
        { name: '/pets/GET', rateLimit: 0, burstLimit: 1 },
      ],
    }
    await takeAt(key, day, demand)
    const before = await send(['HGETALL', key], key)
    expect((await takeAt(key, day + 700, demand)).verdict).toBe('throttle')
    expect(await send(['HGETALL', key], key)).toEqual(before)
  })

  test('FLEET-40 a plan and a subject have one hash, for every kind of plan', async () => {
    const prefix = newPrefix()
    await takeAt(`${prefix}:one`, day, {
      quota: { limit: 5, period: 'WEEK', offset: 2 },
      buckets: [
        { name: '', rateLimit: 1, burstLimit: 3 },
        { name: '/pets/GET', rateLimit: 1, burstLimit: 1 },
      ],
    })
    expect(await send(['KEYS', `${prefix}*`], '')).toEqual([`${prefix}:one`])
    const fields = (await send(['HKEYS', `${prefix}:one`], '')) as string[]
    expect(fields.sort()).toEqual(['l', 'l/pets/GET', 'qW2', 't', 't/pets/GET', 'wW2'])
  })

  test('FLEET-52 SEC-89 parallel requests across the end of a window pass exactly the quota in each window', async () => {
    const key = newPrefix()
    const end = Date.UTC(2031, 5, 16)
    const demand: Demand = { quota: { limit: 50, period: 'DAY' }, buckets: [] }
    const taken = await Promise.all(
      Array.from({ length: 400 }, (_, index) => takeAt(key, end + (index < 200 ? -1 : index - 200), demand)),
    )
    expect([passesOf(taken.slice(0, 200)), passesOf(taken.slice(200))]).toEqual([50, 50])
  })

  test('FLEET-42 a raised rate applies at once, because the level is stored', async () => {
    const key = newPrefix()
    await takeAt(key, day, withRate(1))
    await takeAt(key, day, withRate(1))
    expect(await takeAt(key, day, withRate(1))).toMatchObject({ verdict: 'throttle', waitMs: 1000 })
    expect(await takeAt(key, day, withRate(100))).toMatchObject({ verdict: 'throttle', waitMs: 10 })
    expect((await takeAt(key, day + 10, withRate(100))).verdict).toBe('pass')
  })
})
