// Publishes a release from its workflow. npm exchanges the identity of the workflow for a short-lived credential, and signs the
// provenance with it.
import { tarballOf } from '../pack.mjs'
import { npm } from '../workspace.mjs'
import { checkRelease, releaseFolder } from './check.mjs'
import { ordered, sharedVersion } from './packages.mjs'

/** Whether a version is published already, by an earlier run that failed later. */
const isPublished = async ({ name, version }) =>
  (await npm(['view', `${name}@${version}`, 'version'], { quiet: true, silent: true })) === 0

/** Resolves with an exit code. */
export async function publish() {
  const tag = `v${sharedVersion()}`
  if (process.env.GITHUB_REF_TYPE !== 'tag' || process.env.GITHUB_REF_NAME !== tag) {
    console.error(`Packages are published by the release workflow, for the tag ${tag}.`)
    return 1
  }
  const checked = await checkRelease()
  if (checked !== 0) return checked
  for (const source of ordered()) {
    if (await isPublished(source)) continue
    const tarball = tarballOf(releaseFolder, source)
    const published = await npm(['publish', tarball, '--provenance', '--access', 'public', '--ignore-scripts'])
    if (published !== 0) return published
  }
  return 0
}
