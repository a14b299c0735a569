// The release notes: the changelogs of all packages for one version. Entries that several packages share are listed once.
import { changelogOf, ordered, sharedVersion } from './packages.mjs'

/** Splits a section of a changelog into its entries, with the kind of change. */
function entriesOf(section) {
  return section
    .split(/^### /m)
    .filter((part) => part.trim() !== '')
    .flatMap((part) => part.slice(part.indexOf('\n')).split(/^(?=- )/m))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** Markdown text. */
export function releaseNotes() {
  const version = sharedVersion()
  const places = new Map()
  for (const manifest of ordered()) {
    for (const entry of entriesOf(changelogOf(manifest, version) ?? '')) {
      const names = places.get(entry) ?? []
      places.set(entry, [...names, manifest.name])
    }
  }
  const sections = new Map()
  for (const [entry, names] of places) {
    const title = names.length === ordered().length ? 'All packages' : names.join(', ')
    sections.set(title, [...(sections.get(title) ?? []), entry])
  }
  const parts = [...sections].map(([title, entries]) => `## ${title}\n\n${entries.join('\n')}\n`)
  return [`# ${version}\n`, ...parts].join('\n')
}
