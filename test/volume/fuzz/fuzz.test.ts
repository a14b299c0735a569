// A short run of every fuzz target with a fixed seed. `npm run fuzz` runs longer, with a random seed.
import { afterAll, describe, expect, test } from 'vitest'
import { scaled } from '../../support/volume.ts'
import { runTargets } from './run.ts'
import { TARGETS } from './targets.ts'

const ITERATIONS = scaled(5000)
const FIVE_MINUTES_MS = 300_000
const SEED = 20_260_301

afterAll(async () => {
  for (const { close } of TARGETS) await close?.()
})

describe('fuzz targets', () => {
  test.each(TARGETS.map((target) => [target.rules, target.name, target] as const))(
    'SEC-120 %s a short run with a fixed seed finds no failure: %s',
    { timeout: FIVE_MINUTES_MS },
    async (_, __, target) => {
      const iterations = target.testIterations === undefined ? ITERATIONS : scaled(target.testIterations)
      const limits = { durationMs: FIVE_MINUTES_MS, iterations, seed: SEED }
      const { tallies, failure } = await runTargets([target], limits)
      expect(failure?.report).toBeUndefined()
      expect(tallies[0]?.iterations).toBeGreaterThanOrEqual(iterations)
    },
  )
})
