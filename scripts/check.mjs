// npm run check [step ...]: all checks except the tests. All steps run, so that one run shows all problems.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { CHECK_STEPS } from './commands.mjs'
import { manifests, pack, tarballOf } from './pack.mjs'
import { buildSite } from './site.mjs'
import { words } from './words.mjs'
import { root, run, runTool } from './workspace.mjs'

const quiet = { quiet: true }

const steps = {
  format: () => runTool('oxfmt', ['--check'], quiet),
  lint: () => runTool('oxlint', [], quiet),
  types: () => runTool('tsc', ['-b', 'tsconfig.check.json'], quiet),
  words,
  unused: () => runTool('knip', ['--no-progress'], quiet),
  packages: checkPackages,
  site: () => buildSite(),
}

export async function check(names) {
  const failed = []
  for (const name of CHECK_STEPS) {
    if (names.length > 0 && !names.includes(name)) continue
    const start = performance.now()
    const exitCode = await steps[name]()
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(`${name.padEnd(10)} ${exitCode === 0 ? 'ok' : 'FAILED'} ${seconds} s`)
    if (exitCode !== 0) failed.push(name)
  }
  if (failed.length > 0) console.log(`Failed: ${failed.join(', ')}`)
  return failed.length > 0 ? 1 : 0
}

/**
 * Packs each package as for publication, and checks the manifest, the types, and that every subpath can be imported and
 * required.
 */
async function checkPackages() {
  // Unpacked below the root, so that dependencies resolve without an installation.
  const directory = join(root, 'node_modules', '.cache', 'packed')
  rmSync(directory, { recursive: true, force: true })
  const packed = await pack(directory, quiet)
  if (packed !== 0) return packed

  const subpaths = []
  for (const manifest of manifests) {
    const { name, exports } = manifest
    const tarball = tarballOf(directory, manifest)
    const target = join(directory, 'node_modules', name)
    mkdirSync(target, { recursive: true })
    const exitCodes = await Promise.all([
      runTool('publint', ['--strict', tarball], quiet),
      runTool('attw', ['--profile', 'strict', '--no-emoji', '--format', 'ascii', tarball], quiet),
      run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'], quiet),
    ])
    const failed = exitCodes.find((exitCode) => exitCode !== 0)
    if (failed !== undefined) return failed
    for (const subpath of Object.keys(exports)) if (!subpath.endsWith('.json')) subpaths.push(join(name, subpath))
  }

  const consumer = join(directory, 'consumer.cjs')
  writeFileSync(
    consumer,
    `for (const name of ${JSON.stringify(subpaths)}) {
      const required = require(name)
      import(name).then((imported) => {
        for (const each of new Set([...Object.keys(imported), ...Object.keys(required)]))
          if (imported[each] !== required[each]) throw new Error(name + ': ' + each + ' differs when imported and when required')
      })
    }`,
  )
  return run(process.execPath, [consumer], quiet)
}
