// What a manifest needs for a publication.

const OWN = /^@custom-authorizer\//
/** Ranges that a registry can resolve. */
const RANGE = /^[\^~<>=\d][\d.<>=|^~ ]*$/

/** What is wrong with the manifest in a tarball. */
export function* manifestProblems(manifest, version) {
  if (manifest.version !== version) yield `has version ${manifest.version}`
  if (manifest.private === true) yield 'is private'
  if (manifest.publishConfig?.provenance !== true) yield 'is published without provenance'
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
    for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
      if (!RANGE.test(range)) yield `${kind}: ${name} has the range ${range}`
      if (OWN.test(name) && range !== version) yield `${kind}: ${name} is ${range}, not ${version}`
    }
  }
}
