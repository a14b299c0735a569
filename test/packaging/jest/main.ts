/** The packed packages in projects that use Jest (SEC-121). @module */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../support/root.ts'
import { installWithNpm, type Packed, runFile, tarballsIn } from '../download.ts'
import { readManifest } from '../packages/project.ts'

const VERSIONS = ['29', '30']
const HOSTS = ['express', 'koa', 'hono']

/** How a project runs its tests, as arguments of Jest and of Node.js. */
const MODES: readonly { readonly name: string; readonly jest: readonly string[]; readonly node: readonly string[] }[] =
  [
    { name: 'CommonJS', jest: ['service.test.js'], node: [] },
    // The export conditions of jest-environment-jsdom.
    {
      name: 'CommonJS with the conditions of browsers',
      jest: ['service.test.js', '--testEnvironmentOptions', '{"customExportConditions":["browser"]}'],
      node: [],
    },
    {
      name: 'ES modules',
      jest: ['--testMatch', '**/copies.test.mjs'],
      node: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    },
  ]

const install = async (folder: string, version: string, tarballs: string): Promise<void> => {
  const hosts = HOSTS.map((name) => `${name}@${readManifest(join(root, 'node_modules', name)).version}`)
  await installWithNpm(folder, [`jest@${version}`, ...hosts, ...tarballsIn(tarballs)])
  // In the folders in which the tests import each other.
  for (const path of ['jest/tests', 'packages/consumer/copies.mjs'])
    cpSync(join(import.meta.dirname, '..', path), join(folder, path), { recursive: true })
}

/** Resolves with the number of failures. */
export const testJest = async ({ folder, tarballs }: Packed): Promise<number> => {
  let failures = 0
  for (const version of VERSIONS) {
    const project = join(folder, `jest-${version}`)
    await install(project, version, tarballs)
    for (const { name, jest, node } of MODES) {
      const args = [...node, join(project, 'node_modules', 'jest', 'bin', 'jest.js'), '--silent', ...jest]
      const failure = await runFile(process.execPath, args, { cwd: project }).then(
        () => undefined,
        (error: unknown) => error as Error,
      )
      console.log(`Jest ${version}, ${name}: ${failure === undefined ? 'passed' : 'FAILED'}`)
      if (failure === undefined) continue
      failures++
      console.log(failure.message)
    }
  }
  return failures
}
