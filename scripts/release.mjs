// npm run release -- --dry-run | --version | --check | --publish | --notes: releases all packages under one version. A release is
// a tag `vVERSION`, for which .github/workflows/release.yml runs `--publish`.
import { pathToFileURL } from 'node:url'

import { readArguments } from './arguments.mjs'
import { checkRelease } from './release/check.mjs'
import { dryRun } from './release/dry-run.mjs'
import { releaseNotes } from './release/notes.mjs'
import { publish } from './release/publish.mjs'
import { applyChangesets } from './release/version.mjs'

const MODES = {
  'dry-run': dryRun,
  version: applyChangesets,
  check: checkRelease,
  publish,
  notes: () => {
    process.stdout.write(releaseNotes())
    return 0
  },
}

/** Runs the one mode that is chosen. Resolves with an exit code. */
export async function release(values) {
  const chosen = Object.keys(MODES).filter((name) => values[name] === true)
  if (chosen.length === 1) return MODES[chosen[0]]()
  const modes = Object.keys(MODES).map((name) => `--${name}`)
  console.error(`found ${chosen.length} modes; allowed: one of ${modes.join(', ')}`)
  return 2
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exitCode = await release(readArguments('release', process.argv.slice(2)).values)
