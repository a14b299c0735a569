/** `npm run packages`: the packed packages in projects that use Jest (SEC-121). @module */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../support/root.ts'
import { readManifest } from '../packages/project.ts'

const run = promisify(execFile)
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
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
  const ours = readdirSync(tarballs).map((name) => join(tarballs, name))
  const hosts = HOSTS.map((name) => `${name}@${readManifest(join(root, 'node_modules', name)).version}`)
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
  await run('npm', ['install', ...options, `jest@${version}`, ...hosts, ...ours], { cwd: folder })
  // In the folders in which the tests import each other.
  for (const path of ['jest/tests', 'packages/consumer/copies.mjs'])
    cpSync(join(import.meta.dirname, '..', path), join(folder, path), { recursive: true })
}

/** Resolves with the exit code. */
export const main = async (): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'jest-'))
  const tarballs = join(folder, 'tarballs')
  let failures = 0
  try {
    console.log('packing the packages, downloading Jest')
    await run(process.execPath, [join(root, 'scripts', 'pack.mjs'), tarballs], { cwd: root })
    for (const version of VERSIONS) {
      const project = join(folder, `jest-${version}`)
      await install(project, version, tarballs)
      for (const { name, jest, node } of MODES) {
        const args = [...node, join(project, 'node_modules', 'jest', 'bin', 'jest.js'), '--silent', ...jest]
        const failure = await run(process.execPath, args, { cwd: project }).then(
          () => undefined,
          (error: unknown) => error as { readonly stderr?: string },
        )
        console.log(`Jest ${version}, ${name}: ${failure === undefined ? 'passed' : 'FAILED'}`)
        if (failure === undefined) continue
        failures++
        console.log(failure.stderr ?? failure)
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return failures === 0 ? 0 : 1
}
