// Prepares a clone: installs dependencies if the lockfile is newer, and compiles what changed. It has no dependencies, because
// it runs before anything is installed.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program in the foreground, forwards signals to it, and resolves with its exit code as a shell reports it. With `quiet`
 * the output is printed only if the program fails, with `silent` not even then.
 */
export function run(command, args, { quiet = false, silent = false, cwd = root, env = process.env } = {}) {
  return new Promise((settle, reject) => {
    const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit'
    const child = spawn(command, args, { cwd, env, stdio })
    const forward = (signal) => {
      // At a terminal, Ctrl-C reaches the child as well.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    for (const signal of signals) process.on(signal, forward)
    // npm sends signals to the shell in between, which exits without forwarding them.
    const parent = process.ppid
    const watch = setInterval(() => process.ppid !== parent && child.kill(), 250).unref()
    const output = []
    child.stdout?.on('data', (chunk) => output.push(chunk))
    child.stderr?.on('data', (chunk) => output.push(chunk))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearInterval(watch)
      for (const name of signals) process.off(name, forward)
      const exitCode = code ?? 128 + constants.signals[signal]
      if (exitCode !== 0 && !silent) for (const chunk of output) process.stdout.write(chunk)
      settle(exitCode)
    })
  })
}

/** Packages whose commands the scripts run directly, without a shell or npx, on any platform. */
const tools = {
  attw: '@arethetypeswrong/cli',
  changeset: '@changesets/cli',
  knip: 'knip',
  oxfmt: 'oxfmt',
  oxlint: 'oxlint',
  publint: 'publint',
  tsc: 'typescript',
  vitest: 'vitest',
}

/** Runs a command of an installed package. */
export function runTool(name, args, options) {
  const directory = join(root, 'node_modules', tools[name])
  const { bin } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const file = typeof bin === 'string' ? bin : bin[name]
  return run(process.execPath, [join(directory, file), ...args], options)
}

/** Whether the dependencies of a manifest are installed, and not older than the lockfile. */
function isInstalled(folder) {
  const marker = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(marker) || statSync(marker).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs) return false
  return Object.keys(dependenciesOf(folder)).every((name) => existsSync(join(root, 'node_modules', name)))
}

function dependenciesOf(folder) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  return { ...dependencies, ...devDependencies }
}

/** Installs the lockfile, unless it is installed already. */
export async function install() {
  if (isInstalled('.')) return 0
  console.log('Installing all dependencies: npm ci (320 MB, once)')
  return npm(['ci', '--loglevel=error'])
}

/** Installs what an example and the packages that it uses need, unless it is installed already. */
export async function installExample(name) {
  const folder = `examples/${name}`
  if (isInstalled(folder)) return 0
  // What is installed for the tests would be removed.
  if (existsSync(join(root, 'node_modules', 'vitest'))) return install()
  console.log(`Installing what the example needs: npm ci --workspace ${folder} (50 MB, once)`)
  return npm(['ci', '--loglevel=error', '--workspace', folder])
}

/** Installs the lockfile of a folder that is no workspace, unless it is installed already. */
export function installFolder(folder, what, size) {
  const marker = join(root, folder, 'node_modules', '.package-lock.json')
  const lockfile = join(root, folder, 'package-lock.json')
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lockfile).mtimeMs) return 0
  console.log(`Installing ${what}: npm ci --prefix ${folder} (${size}, once)`)
  return npm(['ci', '--prefix', folder, '--ignore-scripts', '--loglevel=error'])
}

/** Compiles packages incrementally, as ES modules and as CommonJS. Default: all. */
export async function build(options, names = readdirSync(join(root, 'packages'))) {
  const compiled = await runTool('tsc', ['-b', ...names.map((name) => `packages/${name}`)], options)
  if (compiled !== 0) return compiled
  const { buildCommonJs } = await import('./commonjs.mjs')
  return buildCommonJs(names, options)
}

export function npm(args, options) {
  const script = process.env.npm_execpath
  return script ? run(process.execPath, [script, ...args], options) : run('npm', args, options)
}
