// node scripts/pack.mjs <directory>: builds the packages and packs each as for publication.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { readArguments } from './arguments.mjs'
import { build, npm, root } from './workspace.mjs'

/** The manifests of all packages, with their folders. */
export const manifests = readdirSync(join(root, 'packages')).map((name) => {
  const folder = join(root, 'packages', name)
  return Object.assign(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')), { folder })
})

/** The path of a package's tarball in a directory. */
export function tarballOf(directory, { name, version }) {
  return join(directory, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
}

/** Builds and packs all packages. Resolves with an exit code. */
export async function pack(directory, options) {
  mkdirSync(directory, { recursive: true })
  const built = await build(options)
  if (built !== 0) return built
  const folders = manifests.map(({ folder }) => folder)
  return npm(['pack', '--ignore-scripts', '--pack-destination', directory, ...folders], options)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { positionals } = readArguments('scripts/pack.mjs', process.argv.slice(2))
  process.exitCode = await pack(resolve(positionals[0]), { quiet: true })
}
