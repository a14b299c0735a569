/** Runs targets in turn, in slices, until the time limit or the number of inputs is reached. @module */
import * as fc from 'fast-check'
import type { FuzzTarget } from './target.ts'

export interface Limits {
  /** Time limit for all targets together, in milliseconds. */
  readonly durationMs: number
  /** Number of inputs per target. */
  readonly iterations: number
  /** Seed of the first slice; each further slice uses the next number. */
  readonly seed: number
  /** Runs of a property per slice. Default 10,000. */
  readonly sliceRuns?: number
}

export interface Tally {
  readonly target: FuzzTarget
  iterations: number
  elapsedMs: number
}

export interface Failure {
  readonly target: FuzzTarget
  /** Seed of the failing slice. A run with this seed fails in its first slice. */
  readonly seed: number
  /** The report of fast-check, with the smallest failing input. */
  readonly report: string
}

const SLICE_RUNS = 10_000

/** Runs slices of all targets in turn. Stops at the first failure, or if `stop` returns true. */
export const runTargets = async (
  targets: readonly FuzzTarget[],
  { durationMs, iterations, seed, sliceRuns = SLICE_RUNS }: Limits,
  stop: (tallies: readonly Tally[]) => boolean = () => false,
): Promise<{ readonly tallies: readonly Tally[]; readonly failure: Failure | undefined }> => {
  const tallies = targets.map((target): Tally => ({ target, iterations: 0, elapsedMs: 0 }))
  const end = performance.now() + durationMs
  for (let slice = 0; ; slice++) {
    const open = tallies.filter((tally) => tally.iterations < iterations)
    if (open.length === 0) return { tallies, failure: undefined }
    for (const tally of open) {
      if (performance.now() >= end || stop(tallies)) return { tallies, failure: undefined }
      const { target } = tally
      const perRun = target.inputsPerRun
      const left = Math.ceil((iterations - tally.iterations) / perRun)
      const numRuns = Math.max(1, Math.min(Math.ceil(sliceRuns / perRun), left))
      const sliceSeed = (seed + slice) | 0
      const start = performance.now()
      const details = await fc.check(target.property, {
        seed: sliceSeed,
        numRuns,
        endOnFailure: target.endOnFailure ?? false,
      })
      tally.elapsedMs += performance.now() - start
      if (details.failed) {
        const { errorInstance } = details
        const why = errorInstance instanceof Error ? errorInstance.stack : String(errorInstance)
        const report = await fc.asyncDefaultReportMessage(details)
        return { tallies, failure: { target, seed: sliceSeed, report: `${report}\n${why}` } }
      }
      tally.iterations += details.numRuns * perRun
      // Lets signals and timers run between two slices.
      await new Promise((resolve) => void setImmediate(resolve))
    }
  }
}
