/** Runs a suite and collects the tests that fail. @module */
import type { SuiteTest } from '@custom-authorizer/core/testing'

/** Titles of the tests that fail. */
export const failedTitles = async (suite: readonly SuiteTest[]): Promise<readonly string[]> => {
  const failed: string[] = []
  for (const { title, run } of suite)
    await run().catch(() => {
      failed.push(title)
    })
  return failed
}
