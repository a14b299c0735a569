// Builds and packs a release, and checks what would be published.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { pack, tarballOf } from '../pack.mjs'
import { npm, root } from '../workspace.mjs'
import { componentsOf } from './components.mjs'
import { manifestProblems } from './manifest.mjs'
import { changelogOf, ordered, pendingChangesets, sharedVersion } from './packages.mjs'

/** The tarballs, `SHA256SUMS` and `sbom.cdx.json`. */
export const releaseFolder = join(root, 'node_modules', '.cache', 'release')

const readManifest = (tarball) =>
  JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }))
const filesIn = (tarball) => execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).split('\n')

const REQUIRED = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']

function* problemsOf(source, version) {
  const tarball = tarballOf(releaseFolder, source)
  yield* manifestProblems(readManifest(tarball), version)
  const files = new Set(filesIn(tarball))
  for (const name of REQUIRED) if (!files.has(`package/${name}`)) yield `does not contain ${name}`
  if (changelogOf(source, version) === undefined) yield `has no entry for ${version} in CHANGELOG.md`
}

/** Everything that prevents a publication. */
function findProblems(version) {
  const problems = ordered().flatMap((source) =>
    [...problemsOf(source, version)].map((problem) => `${source.name} ${problem}`),
  )
  const pending = pendingChangesets()
  if (pending.length > 0)
    problems.push(`changesets are pending: ${pending.join(', ')}; run npm run release -- --version`)
  return problems
}

function writeChecksums() {
  const lines = ordered().map((source) => {
    const tarball = tarballOf(releaseFolder, source)
    return `${createHash('sha256').update(readFileSync(tarball)).digest('hex')}  ${basename(tarball)}\n`
  })
  writeFileSync(join(releaseFolder, 'SHA256SUMS'), lines.join(''))
}

function writeComponents() {
  writeFileSync(join(releaseFolder, 'sbom.cdx.json'), `${JSON.stringify(componentsOf(ordered()), null, 2)}\n`)
}

/** Builds from scratch, packs and checks all packages, without publishing. Resolves with an exit code. */
export async function checkRelease() {
  rmSync(releaseFolder, { recursive: true, force: true })
  for (const { folder } of ordered()) rmSync(join(folder, 'dist'), { recursive: true, force: true })
  const packed = await pack(releaseFolder, { quiet: true })
  if (packed !== 0) return packed
  const version = sharedVersion()
  const problems = findProblems(version)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) return 1
  writeChecksums()
  writeComponents()
  for (const source of ordered()) {
    const tarball = tarballOf(releaseFolder, source)
    const accepted = await npm(['publish', tarball, '--dry-run', '--ignore-scripts', '--offline'], { quiet: true })
    if (accepted !== 0) return accepted
    console.log(`${source.name}@${version} can be published: ${basename(tarball)}`)
  }
  return 0
}
