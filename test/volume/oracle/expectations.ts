/** What every part of the cases has to show. @module */
import { expect, test } from 'vitest'
import { runPart, settings } from './run-cases.ts'

const TEN_MINUTES_MS = 600_000

/** Registers the test of one part. */
export const testPart = (part: number, parts: number): void => {
  const { cases, seed, only } = settings()
  test(
    `SEC-43 SEC-41 agrees with iam-simulate, part ${part + 1} of ${parts} of ${cases} cases with seed ${seed}`,
    { timeout: TEN_MINUTES_MS },
    () => {
      const figures = runPart(part, parts)
      if (process.env['ORACLE_REPORT'] !== undefined) console.log(JSON.stringify({ ...figures, mismatches: undefined }))
      expect(figures.mismatched, figures.mismatches.join('\n\n')).toBe(0)
      if (only !== undefined) return
      // Differences stay the exception, and every answer is given often enough to mean something.
      expect(figures.agreed).toBeGreaterThan(figures.asked * 0.965)
      for (const answer of ['Allowed', 'ExplicitlyDenied', 'ImplicitlyDenied'])
        expect(figures.answers[answer]).toBeGreaterThan(figures.asked * 0.1)
    },
  )
}
