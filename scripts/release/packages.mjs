// The packages of a release.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { manifests } from '../pack.mjs'
import { root } from '../workspace.mjs'

const dependsOn = ({ dependencies = {} }, { name }) => Object.hasOwn(dependencies, name)

/** The manifests, each after those that it depends on. */
export const ordered = () => manifests.toSorted((a, b) => Number(dependsOn(a, b)) - Number(dependsOn(b, a)))

/** The version that all packages share. */
export function sharedVersion() {
  const versions = new Set(manifests.map(({ version }) => version))
  if (versions.size !== 1) throw new Error(`the packages have several versions: ${[...versions].join(', ')}`)
  return [...versions][0]
}

/** Names of the changesets that no release contains yet. */
export const pendingChangesets = (folder = root) =>
  readdirSync(join(folder, '.changeset')).filter((name) => name.endsWith('.md'))

/** The entries of one version in the changelog of a package, without its heading; `undefined` if it has none. */
export function changelogOf({ folder }, version) {
  let text
  try {
    text = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')
  } catch {
    return undefined
  }
  const section = text.split(/^## /m).find((each) => each.startsWith(`${version}\n`))
  return section?.slice(version.length).trim()
}
