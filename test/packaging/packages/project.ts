/** A project in a temporary folder that has the packed packages installed, without a network. @module */
import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../support/root.ts'

export { root }
const run = promisify(execFile)

/** The files of one entry in `exports`, by condition. */
export interface Conditions {
  readonly [condition: string]: string | Conditions
}

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly type?: string
  readonly license?: string
  readonly repository?: { readonly directory?: string }
  readonly engines?: { readonly node?: string }
  readonly main?: string
  readonly types?: string
  readonly bin?: Readonly<Record<string, string>>
  readonly typesVersions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  readonly exports: Readonly<Record<string, string | Conditions>>
  readonly files?: readonly string[]
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly bundleDependencies?: readonly string[]
}

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

/** The declarations of an entry, for CommonJS and for ES modules. */
export const typesOf = ({ types }: Conditions): { readonly require: string; readonly default: string } =>
  types as unknown as { require: string; default: string }

/** Folders of the packages in this repository. */
export const packageFolders: readonly string[] = readdirSync(join(root, 'packages')).map((name) =>
  join(root, 'packages', name),
)

/** The folder of a package, resolved from another folder as Node.js does it. */
export const findInstalled = (name: string, from: string): string => {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(found)) return found
    if (dirname(folder) === folder) throw new Error(`${name} is not installed`)
  }
}

/** The folders of all third-party dependencies of a package, including transitive ones. */
export const broughtAlong = (from: string, seen: Map<string, string> = new Map()): Map<string, string> => {
  for (const name of Object.keys(readManifest(from).dependencies ?? {})) {
    if (name.startsWith('@custom-authorizer/') || seen.has(name)) continue
    const folder = findInstalled(name, from)
    seen.set(name, folder)
    broughtAlong(folder, seen)
  }
  return seen
}

/** Packages that users have installed already. They are linked from this repository instead of being downloaded. */
const HOSTS = [
  'express',
  'koa',
  'hono',
  '@hono/node-server',
  '@koa/router',
  '@types/express',
  '@types/koa',
  '@types/node',
]

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'packed-'))
  readonly tarballs = join(this.folder, 'tarballs')

  /** Packs the packages and installs the tarballs, without a network and without the npm cache. */
  async install(): Promise<void> {
    await this.node([join(root, 'scripts', 'pack.mjs'), this.tarballs], root)
    const others = new Map<string, string>()
    for (const folder of packageFolders) broughtAlong(folder, others)
    if (others.size > 0)
      await this.#npm(['pack', '--ignore-scripts', '--pack-destination', this.tarballs, ...others.values()])
    this.write('package.json', JSON.stringify({ private: true }))
    const files = readdirSync(this.tarballs).map((name) => join(this.tarballs, name))
    const offline = ['--offline', '--cache', join(this.folder, 'cache'), '--no-audit', '--no-fund']
    await this.#npm(['install', ...offline, '--ignore-scripts', '--legacy-peer-deps', '--no-package-lock', ...files])
    for (const name of HOSTS) this.#link(name)
  }

  /** Runs Node.js in the project and resolves with its output. */
  async node(args: readonly string[], cwd: string = this.folder): Promise<string> {
    try {
      const { stdout } = await run(process.execPath, args, { cwd, env: cleanEnvironment(), maxBuffer: 2 ** 24 })
      return stdout
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      throw new Error(`${basename(args[0] ?? '')} failed:\n${stdout}${stderr}`, { cause: error })
    }
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true })
    writeFileSync(join(this.folder, name), text)
  }

  /** The folder in which a package is installed. */
  installed(name: string): string {
    return join(this.folder, 'node_modules', name)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #npm(args: readonly string[]): Promise<void> {
    const script = process.env['npm_execpath']
    if (script === undefined) await run('npm', args, { cwd: this.folder, env: cleanEnvironment() })
    else await this.node([script, ...args])
  }

  #link(name: string): void {
    const target = this.installed(name)
    mkdirSync(dirname(target), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), target, 'junction')
  }
}

/** Removes the settings of the test runner and of npm in this repository. */
export const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_(?!execpath)|NODE_OPTIONS|NODE_ENV|VITEST|TEST)/.test(name),
    ),
  )
