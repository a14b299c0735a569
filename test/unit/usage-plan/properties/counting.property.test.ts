/** Compares the counting step with the reference implementation on random histories and instants. */
import { MemoryUsageStore, type Taken } from '@custom-authorizer/core/usage-plan'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { windowEnd } from '../../../../packages/core/src/usage-plan/counting/window.ts'
import {
  ReferenceCounter,
  type ReferenceInstant,
  type ReferenceTaken,
  referenceWindowEnd,
} from '../../../support/usage-plan/reference-counter.ts'
import { scaled } from '../../../support/volume.ts'
import { drawFrom, histories, instantFrom, periodFrom, type Step } from './histories.ts'

const FIVE_MINUTES_MS = 300_000
const HISTORIES = 1_000_000
const INSTANTS = 20_000

/** Every run uses the same inputs; a counterexample prints its seed and path. */
const runs = (numRuns: number): { seed: number; numRuns: number } => ({ seed: 20_260_301, numRuns })

/** Waits may differ by a rounding of one millisecond. */
const isSameWait = (one: number | undefined, other: number | undefined): boolean =>
  one === other || (one !== undefined && other !== undefined && Math.abs(one - other) <= 1)

const isSame = (one: Taken, other: ReferenceTaken): boolean => {
  if (one.verdict === 'pass')
    return other.verdict === 'pass' && one.remaining === other.remaining && one.resetsAt === other.resetsAt
  if (one.verdict === 'throttle')
    return (
      other.verdict === 'throttle' &&
      isSameWait(one.waitMs, other.waitMs) &&
      other.waits.has(one.bucket) &&
      isSameWait(one.waitMs, other.waits.get(one.bucket))
    )
  return other.verdict === 'quota' && one.resetsAt === other.resetsAt && isSameWait(one.waitMs, other.waitMs)
}

/** A store with room for the subjects of a history, at a time that is given for each call. */
const storeAt = (): ((now: ReferenceInstant) => MemoryUsageStore) => {
  let now: ReferenceInstant = { wall: 0, monotonic: 0 }
  const clock = { now: () => now.wall, monotonic: () => now.monotonic, setTimeout: () => () => undefined }
  const store = new MemoryUsageStore({ clock, maxCounters: 2 })
  return (time) => {
    now = time
    return store
  }
}

/** The results of both implementations, step by step. */
const replay = (steps: readonly Step[], each: (ours: Taken, reference: ReferenceTaken) => void): void => {
  const at = storeAt()
  const reference = new ReferenceCounter()
  for (const { now, subject, demand } of steps)
    each(at(now).take(subject, demand), reference.take(subject, demand, now))
}

describe('counting step', { timeout: FIVE_MINUTES_MS }, () => {
  test('FLEET-14 FLEET-43 FLEET-12 FLEET-15 FLEET-16 FLEET-17 FLEET-18 FLEET-19 FLEET-20 FLEET-21 FLEET-22 FLEET-42 random histories have the results of the reference implementation', () => {
    const found = { pass: 0, throttle: 0, quota: 0 }
    const count = scaled(HISTORIES, 1000)
    fc.assert(
      fc.property(histories, (steps) => {
        replay(steps, (ours, reference) => {
          found[reference.verdict]++
          if (!isSame(ours, reference)) expect(ours).toEqual(reference)
        })
      }),
      runs(count),
    )
    for (const verdict of ['pass', 'throttle', 'quota'] as const) expect(found[verdict]).toBeGreaterThan(count)
  })

  test('FLEET-23 reading a counter changes nothing, also after a step of the clock', () => {
    fc.assert(
      fc.property(histories, (steps) => {
        const [at, readAt] = [storeAt(), storeAt()]
        for (const [index, { now, subject, demand }] of steps.entries()) {
          const { now: otherTime, demand: otherDemand } = steps[(index * 5) % steps.length] ?? { now, demand }
          readAt(otherTime).read(subject, otherDemand)
          readAt(otherTime).read(subject, demand)
          expect(readAt(now).take(subject, demand)).toEqual(at(now).take(subject, demand))
        }
      }),
      runs(scaled(50_000, 1000)),
    )
  })

  test('FLEET-44 FLEET-17 FLEET-18 windows end where stepping through the days ends them', () => {
    fc.assert(
      fc.property(fc.noBias(fc.nat()), (seed) => {
        const draw = drawFrom(seed)
        const { period, offset } = periodFrom(draw)
        const now = instantFrom(draw)
        expect([now, period, offset, windowEnd(now, period, offset)]).toEqual([
          now,
          period,
          offset,
          referenceWindowEnd(now, period, offset),
        ])
      }),
      runs(INSTANTS),
    )
  })
})
