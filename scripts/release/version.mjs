// Turns the changesets into versions and changelogs, in this working tree.
import { npm, runTool } from '../workspace.mjs'
import { pendingChangesets } from './packages.mjs'

/** Resolves with an exit code. */
export async function applyChangesets() {
  if (pendingChangesets().length === 0) {
    console.error('There is nothing to release: .changeset contains no changeset.')
    return 1
  }
  const applied = await runTool('changeset', ['version'], { quiet: true })
  if (applied !== 0) return applied
  return npm(['install', '--package-lock-only', '--ignore-scripts'], { quiet: true })
}
