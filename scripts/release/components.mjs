// The list of components (SBOM) of a release, in the format CycloneDX: the packages, and their libraries with the hashes of the
// lockfile. Libraries have no dependencies of their own (SEC-117).
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { root } from '../workspace.mjs'

const purlOf = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`

/** `sha512-…` of a lockfile as a hash of CycloneDX. */
const hashOf = (integrity) => ({
  alg: 'SHA-512',
  content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex'),
})

const component = (name, version, license, more = {}) => ({
  type: 'library',
  'bom-ref': purlOf(name, version),
  name,
  version,
  purl: purlOf(name, version),
  licenses: [{ license: { id: license } }],
  ...more,
})

/** @param sources the manifests of the packages, with their folders */
export function componentsOf(sources) {
  const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const own = new Map(sources.map((source) => [source.name, source]))
  const components = new Map()
  const dependencies = []
  for (const { name, version, license, folder, dependencies: ranges = {} } of sources) {
    const libraries = Object.keys(ranges).map((library) => {
      if (own.has(library)) return purlOf(library, own.get(library).version)
      const path = `node_modules/${library}`
      const found = locked[`${relative(root, folder)}/${path}`] ?? locked[path]
      const purl = purlOf(library, found.version)
      components.set(purl, component(library, found.version, found.license, { hashes: [hashOf(found.integrity)] }))
      return purl
    })
    const purl = purlOf(name, version)
    components.set(purl, component(name, version, license))
    dependencies.push({ ref: purl, dependsOn: libraries })
  }
  return { bomFormat: 'CycloneDX', specVersion: '1.5', version: 1, components: [...components.values()], dependencies }
}
