/** Random histories of counted requests. @module */
import type { Bucket, Demand, QuotaPeriod, QuotaSettings, ThrottleSettings } from '@custom-authorizer/core/usage-plan'
import * as fc from 'fast-check'
import type { ReferenceInstant } from '../../../support/usage-plan/reference-counter.ts'

const SECOND = 1000
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A random number from 0 to `count` - 1. */
export type Draw = (count: number) => number

/** Mulberry32. A number of fast-check is the seed, because drawing each value from fast-check takes ten times as long. */
export const drawFrom = (seed: number): Draw => {
  let state = seed
  return (count) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count
  }
}
const oneOf = <T>(draw: Draw, values: readonly [T, ...T[]]): T => values[draw(values.length)] ?? values[0]

type Period = readonly [period: QuotaPeriod, offsets: number]

/** Each period with the number of its offsets. */
const PERIODS: readonly [Period, ...Period[]] = [
  ['DAY', 1],
  ['WEEK', 7],
  ['MONTH', 28],
]

/** The period and offset of a quota. */
export const periodFrom = (draw: Draw): Required<Pick<QuotaSettings, 'period' | 'offset'>> => {
  const [period, offsets] = oneOf(draw, PERIODS)
  return { period, offset: draw(offsets) }
}

/** An instant in the 100 years from 1970, often near midnight of the first days of a month. */
export const instantFrom = (draw: Draw): number => {
  const day =
    draw(2) === 0 ? draw(36_525) * DAY : Date.UTC(1970 + draw(100), draw(12), 1 + oneOf(draw, [0, draw(31), 27]))
  return day + oneOf(draw, [0, -1, 1, DAY - 1, draw(DAY)])
}

/** Whole thousandths, which the reference implementation counts exactly. */
const RATES = [0, 0.001, 0.1, 0.3, 0.5, 0.7, 1, 1, 2, 2.5, 3.3, 10, 1000, 5000] as const
const BURSTS = [0, 1, 1, 2, 2, 3, 5, 10] as const
const LIMITS = [0, 1, 2, 2, 3, 3, 5, 100] as const

const throttleFrom = (draw: Draw): ThrottleSettings => ({
  rateLimit: oneOf(draw, RATES),
  burstLimit: oneOf(draw, BURSTS),
})
const bucketFrom = (draw: Draw, name: string): Bucket => ({ name, ...throttleFrom(draw) })

const demandFrom = (draw: Draw): Demand => ({
  quota: draw(3) === 0 ? undefined : { limit: oneOf(draw, LIMITS), ...periodFrom(draw) },
  buckets: ['', '/pets/GET', '/pets/POST'].filter(() => draw(2) === 0).map((name) => bucketFrom(draw, name)),
})

/** Some changes of a plan leave the rest of it as it was, as an operator does. */
const changedFrom = (draw: Draw, plan: Demand): Demand => {
  const { quota, buckets } = plan
  const changes: readonly [() => Demand, ...(() => Demand)[]] = [
    () => plan,
    () => ({ ...plan, quota: quota && { ...quota, limit: oneOf(draw, LIMITS) } }),
    () => ({ ...plan, quota: quota && { ...quota, ...periodFrom(draw) } }),
    () => ({ ...plan, quota: undefined }),
    () => ({
      ...plan,
      buckets: buckets.map(({ name, burstLimit }) => ({ name, burstLimit, rateLimit: oneOf(draw, RATES) })),
    }),
    () => ({
      ...plan,
      buckets: buckets.map(({ name, rateLimit }) => ({ name, rateLimit, burstLimit: oneOf(draw, BURSTS) })),
    }),
    () => demandFrom(draw),
  ]
  return oneOf(draw, changes)()
}

/** Around the limits of rates, windows and repairs. */
const FORWARD = [0, 0, 0, 1, 10, 500, 999, SECOND, 2 * SECOND, HOUR, DAY, 8 * DAY, 40 * DAY] as const
const BACK = [1, 500, 999, SECOND, SECOND + 1, 5 * SECOND, HOUR, DAY, 2 * DAY, 3 * DAY, 20 * DAY, 70 * DAY] as const

const moveFrom = (draw: Draw): number => {
  if (draw(5) === 0) return -oneOf(draw, BACK)
  return draw(4) === 0 ? draw(3000) : oneOf(draw, FORWARD)
}

/** Both clocks move together, or one of them alone. */
const movesFrom = (draw: Draw): ReferenceInstant => {
  const move = moveFrom(draw)
  return oneOf(draw, [
    { wall: move, monotonic: move },
    { wall: move, monotonic: move },
    { wall: move, monotonic: move },
    { wall: move, monotonic: 0 },
    { wall: 0, monotonic: move },
  ])
}

export interface Step {
  readonly now: ReferenceInstant
  readonly subject: string
  readonly demand: Demand
}

const historyOf = (first: number, seeds: readonly number[]): readonly Step[] => {
  const draw = drawFrom(first)
  const start = instantFrom(draw)
  let now: ReferenceInstant = { wall: start, monotonic: draw(2) === 0 ? start : draw(HOUR) }
  const plan = demandFrom(draw)
  const plans = [plan, plan, changedFrom(draw, plan), changedFrom(draw, plan)] as const
  return seeds.map((seed): Step => {
    const next = drawFrom(seed)
    const { wall, monotonic } = movesFrom(next)
    now = { wall: now.wall + wall, monotonic: now.monotonic + monotonic }
    return { now, subject: oneOf(next, ['ann', 'ann', 'ann', 'bob']), demand: oneOf(next, plans) }
  })
}

const seeds = fc.noBias(fc.nat())

/** Three to twelve requests of two subjects. A failure is reduced to as few of them as possible. */
export const histories: fc.Arbitrary<readonly Step[]> = fc
  .tuple(seeds, fc.noBias(fc.array(seeds, { minLength: 3, maxLength: 12 })))
  .map(([first, rest]) => historyOf(first, rest))
