/** What each README says to install, installed by each package manager. @module */
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { installWithNpm, type Packed } from '../download.ts'
import { packageFolders, readManifest, root } from '../packages/project.ts'
import { type Dependencies, MANAGERS, toolOf } from './managers.ts'
import { readmes } from './readmes.ts'

const PROGRAM = 'program.mjs'

/** The tarball of each package. */
const tarballs = (folder: string): Dependencies =>
  Object.fromEntries(
    packageFolders.map(readManifest).map(({ name, version }) => {
      const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
      return [name, `file:${join(folder, file)}`]
    }),
  )

/** A README's packages: ours from tarballs, others in the version that this repository is tested with. */
const dependenciesOf = (names: readonly string[], ours: Dependencies): Dependencies =>
  Object.fromEntries(names.map((name) => [name, ours[name] ?? readManifest(join(root, 'node_modules', name)).version]))

/** Resolves with the number of failures. */
export const testInstalls = async (packed: Packed): Promise<number> => {
  const tools = join(packed.folder, 'tools')
  await installWithNpm(
    tools,
    MANAGERS.flatMap(({ packages }) => packages),
  )
  const ours = tarballs(packed.tarballs)
  let failures = 0
  for (const [number, manager] of MANAGERS.entries()) {
    const tool = await toolOf(manager, tools)
    for (const [index, { path, installed, imported }] of readmes().entries()) {
      const folder = join(packed.folder, `project-${number}-${index}`)
      mkdirSync(folder)
      cpSync(join(import.meta.dirname, PROGRAM), join(folder, PROGRAM))
      const title = `${manager.name}, ${path}`
      try {
        await tool.install({ folder, dependencies: dependenciesOf(installed, ours), overrides: ours })
        await tool.run(folder, [PROGRAM, ...imported])
        console.log(`${title}: passed`)
      } catch (error) {
        failures++
        console.log(`${title}: FAILED\n${(error as Error).message}`)
      }
    }
  }
  return failures
}
