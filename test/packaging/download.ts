/** Projects in temporary folders whose dependencies are downloaded. @module */
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cleanEnvironment } from './packages/project.ts'

const execute = promisify(execFile)

/** What each part of the tests gets: a folder of its own, and the folder with the tarballs of the packages. */
export interface Packed {
  readonly folder: string
  readonly tarballs: string
}

/** Runs a program without the settings of this repository, and resolves with its output. The error contains the output. */
export const runFile = async (
  file: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<string> => {
  try {
    const { stdout } = await execute(file, args, { cwd, env: { ...cleanEnvironment(), ...env }, maxBuffer: 2 ** 24 })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string }
    throw new Error(`${stdout}${stderr}`.trim() || String(error), { cause: error })
  }
}

/** Paths of the tarballs of the packages. */
export const tarballsIn = (folder: string): string[] => readdirSync(folder).map((name) => join(folder, name))

/** Creates a project, and installs packages with npm. */
export const installWithNpm = async (folder: string, packages: readonly string[]): Promise<void> => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
  await runFile('npm', ['install', ...options, ...packages], { cwd: folder })
}
