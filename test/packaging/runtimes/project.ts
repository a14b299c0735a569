/** A project with the packed packages and the runtimes, which are downloaded. @module */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../support/root.ts'

const run = promisify(execFile)
const PLATFORM = `${process.platform}-${process.arch}`

/** The packages that contain the runtimes, and the file in each. */
const PROGRAMS: Readonly<Record<string, Readonly<Record<string, readonly [name: string, file: string]>>>> = {
  'linux-x64': {
    bun: ['@oven/bun-linux-x64', 'bin/bun'],
    deno: ['@deno/linux-x64-glibc', 'deno'],
    workerd: ['@cloudflare/workerd-linux-64', 'bin/workerd'],
  },
  'linux-arm64': {
    bun: ['@oven/bun-linux-aarch64', 'bin/bun'],
    deno: ['@deno/linux-arm64-glibc', 'deno'],
    workerd: ['@cloudflare/workerd-linux-arm64', 'bin/workerd'],
  },
  'darwin-x64': {
    bun: ['@oven/bun-darwin-x64', 'bin/bun'],
    deno: ['@deno/darwin-x64', 'deno'],
    workerd: ['@cloudflare/workerd-darwin-64', 'bin/workerd'],
  },
  'darwin-arm64': {
    bun: ['@oven/bun-darwin-aarch64', 'bin/bun'],
    deno: ['@deno/darwin-arm64', 'deno'],
    workerd: ['@cloudflare/workerd-darwin-arm64', 'bin/workerd'],
  },
}

/** The version of a package that this repository is tested with. */
const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'runtimes-'))

  async install(): Promise<void> {
    const tarballs = join(this.folder, 'tarballs')
    await run(process.execPath, [join(root, 'scripts', 'pack.mjs'), tarballs], { cwd: root })
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
    const programs = Object.values(PROGRAMS[PLATFORM] ?? {}).map(([name]) => name)
    if (programs.length === 0) throw new Error(`There are no known packages with the runtimes for ${PLATFORM}`)
    const ours = readdirSync(tarballs)
      .filter((name) => /-(?:core|hono|jwt)-/.test(name))
      .map((name) => join(tarballs, name))
    const hosts = ['hono', '@hono/node-server'].map((name) => `${name}@${versionOf(name)}`)
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
    await run('npm', ['install', ...options, ...ours, ...hosts, ...programs], { cwd: this.folder })
    for (const name of ['app.js', 'serve'])
      cpSync(join(import.meta.dirname, name), join(this.folder, name), { recursive: true })
  }

  /** The program of a runtime. */
  program(name: string): string {
    const [found, file] = PROGRAMS[PLATFORM]?.[name] ?? ['', '']
    return join(this.folder, 'node_modules', found, file)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
