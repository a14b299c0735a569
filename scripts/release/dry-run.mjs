// A release without consequences: applies the changesets in a clone of the last commit, and checks what would be published.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { root, run } from '../workspace.mjs'
import { pendingChangesets } from './packages.mjs'

/** Links the installed packages into a clone, in which the packages of this repository are those of the clone. */
function linkDependencies(clone) {
  for (const folder of ['.', ...readdirSync(join(root, 'packages')).map((name) => join('packages', name))]) {
    const installed = join(root, folder, 'node_modules')
    if (!existsSync(installed)) continue
    mkdirSync(join(clone, folder, 'node_modules'), { recursive: true })
    for (const name of readdirSync(installed)) {
      if (name === '.cache' || name === '@custom-authorizer') continue
      symlinkSync(join(installed, name), join(clone, folder, 'node_modules', name))
    }
  }
  mkdirSync(join(clone, 'node_modules', '@custom-authorizer'))
  for (const name of readdirSync(join(clone, 'packages')))
    symlinkSync(join(clone, 'packages', name), join(clone, 'node_modules', '@custom-authorizer', name))
}

/** Resolves with an exit code. Without changesets, it checks the current version. The clone remains only if the dry run fails. */
export async function dryRun() {
  const clone = realpathSync(mkdtempSync(join(tmpdir(), 'release-')))
  const steps = [
    () => run('git', ['clone', '--quiet', '--no-hardlinks', root, clone], { quiet: true }),
    () => linkDependencies(clone) ?? 0,
    () =>
      pendingChangesets(clone).length === 0
        ? 0
        : run(process.execPath, ['scripts/release.mjs', '--version'], { cwd: clone }),
    () => run(process.execPath, ['scripts/release.mjs', '--check'], { cwd: clone }),
    () => run(process.execPath, ['scripts/release.mjs', '--notes'], { cwd: clone }),
  ]
  for (const step of steps) {
    const exitCode = await step()
    if (exitCode !== 0) {
      console.error(`The dry run failed in ${clone}`)
      return exitCode
    }
  }
  const results = join(root, 'node_modules', '.cache', 'release')
  rmSync(results, { recursive: true, force: true })
  cpSync(join(clone, 'node_modules', '.cache', 'release'), results, { recursive: true })
  rmSync(clone, { recursive: true, force: true })
  console.log(`\nNothing was changed or published. The tarballs of the last commit: ${results}`)
  return 0
}
