/** How package managers install a project, and run a program in it. @module */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runFile } from '../download.ts'

/** Dependencies of a project: versions, or `file:` and the path of a tarball. */
export type Dependencies = Readonly<Record<string, string>>

/** A project that has to be installed. */
interface Planned {
  readonly folder: string
  readonly dependencies: Dependencies
  /** Packages that have to come from tarballs, also as dependencies of other packages. */
  readonly overrides: Dependencies
}

export interface Manager {
  readonly name: string
  /** Packages with its program, for npm. */
  readonly packages: readonly string[]
  /** The program below `node_modules`; `undefined` for npm itself. */
  readonly program: string | undefined
  readonly install: readonly string[]
  /** Arguments before the program that runs in the project; `[]` runs it with Node.js. */
  readonly run: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Writes the manifest, and the settings of the package manager. */
  readonly write: (project: Planned) => void
}

const writeManifest = ({ folder, dependencies }: Planned, more: object): void =>
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'project', version: '1.0.0', private: true, dependencies, ...more }),
  )

const writeResolutions = (project: Planned): void => writeManifest(project, { resolutions: project.overrides })

export const MANAGERS: readonly Manager[] = [
  {
    name: 'npm',
    packages: [],
    program: undefined,
    install: ['install', '--ignore-scripts', '--no-audit', '--no-fund'],
    run: [],
    env: {},
    write: (project) => writeManifest(project, { overrides: project.overrides }),
  },
  {
    name: 'pnpm',
    packages: ['pnpm@10'],
    program: 'pnpm/bin/pnpm.cjs',
    install: ['install', '--ignore-scripts', '--no-frozen-lockfile', '--store-dir', 'store'],
    run: [],
    env: {},
    write: (project) => {
      writeManifest(project, {})
      // JSON is YAML.
      writeFileSync(join(project.folder, 'pnpm-workspace.yaml'), JSON.stringify({ overrides: project.overrides }))
    },
  },
  {
    name: 'Yarn 1',
    packages: ['yarn@1'],
    program: 'yarn/bin/yarn.js',
    install: ['install', '--ignore-scripts', '--non-interactive', '--no-lockfile', '--cache-folder', 'cache'],
    run: [],
    env: {},
    write: writeResolutions,
  },
  {
    name: "Yarn 4, Plug'n'Play",
    packages: ['@yarnpkg/cli-dist@4'],
    program: '@yarnpkg/cli-dist/bin/yarn.js',
    install: ['install', '--mode=skip-build'],
    run: ['node'],
    env: { YARN_ENABLE_IMMUTABLE_INSTALLS: 'false', YARN_ENABLE_TELEMETRY: 'false', YARN_ENABLE_GLOBAL_CACHE: 'false' },
    write: (project) => {
      writeResolutions(project)
      writeFileSync(join(project.folder, 'yarn.lock'), '')
      writeFileSync(join(project.folder, '.yarnrc.yml'), JSON.stringify({ nodeLinker: 'pnp' }))
    },
  },
]

/** The registry that npm uses here, for the other package managers. */
const registrySettings = async (folder: string): Promise<Readonly<Record<string, string>>> => {
  const registry = (await runFile('npm', ['config', 'get', 'registry'], { cwd: folder })).trim()
  const insecure: Record<string, string> = registry.startsWith('http:')
    ? { YARN_UNSAFE_HTTP_WHITELIST: new URL(registry).hostname }
    : {}
  return { npm_config_registry: registry, YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ''), ...insecure }
}

/** A package manager that is installed. */
export interface Tool {
  install(project: Planned): Promise<void>
  /** Runs a program with Node.js, and resolves with its output. */
  run(folder: string, args: readonly string[]): Promise<string>
}

/** @param tools the project in which the package managers are installed */
export const toolOf = async ({ program, install, run, env, write }: Manager, tools: string): Promise<Tool> => {
  const settings = { ...(await registrySettings(tools)), ...env }
  const execute = (cwd: string, args: readonly string[]): Promise<string> =>
    program === undefined
      ? runFile('npm', args, { cwd, env: settings })
      : runFile(process.execPath, [join(tools, 'node_modules', program), ...args], { cwd, env: settings })
  return {
    install: async (project) => {
      write(project)
      await execute(project.folder, install)
    },
    run: (folder, args) =>
      run.length === 0 ? runFile(process.execPath, args, { cwd: folder }) : execute(folder, [...run, ...args]),
  }
}
