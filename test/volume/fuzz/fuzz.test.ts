// A short run of every fuzz target, the same each time. Longer ones, each time with others: `npm run fuzz`.
import { afterAll, describe, expect, test } from 'vitest'
import { runTargets } from './run.ts'
import { TARGETS } from './targets.ts'

const ITERATIONS = 2000
const SEED = 20_260_301

afterAll(async () => {
  for (const { close } of TARGETS) await close?.()
})

describe('SEC-120 a short run of the fuzz targets', () => {
  test.each(TARGETS.map((target) => [target.rules, target.name, target] as const))('%s %s', async (_, __, target) => {
    const limits = { durationMs: 60_000, iterations: ITERATIONS, seed: SEED }
    const { tallies, failure } = await runTargets([target], limits)
    expect(failure?.report).toBeUndefined()
    expect(tallies[0]?.iterations).toBeGreaterThanOrEqual(ITERATIONS)
  })
})
