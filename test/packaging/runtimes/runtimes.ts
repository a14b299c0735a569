/** Starts a server on each runtime. @module */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { bundle } from '../../support/vite.ts'
import type { Project } from './project.ts'

/** A server that listens on loopback. */
interface Running {
  readonly port: number
  readonly version: string
  readonly stop: () => Promise<void>
}

export interface Runtime {
  readonly name: string
  readonly start: (project: Project, secret: string) => Promise<Running>
}

const STARTED_WITHIN_MS = 30_000

/** Waits for the line that names the port. */
const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    let output = ''
    const timer = setTimeout(() => reject(new Error(`it did not start: ${output}`)), STARTED_WITHIN_MS)
    const onOutput = (chunk: Buffer): void => {
      output += chunk.toString()
      const port = /port["\s:]+(\d+)/.exec(output)?.[1]
      if (port === undefined) return
      clearTimeout(timer)
      resolve(Number(port))
    }
    child.stdout?.on('data', onOutput)
    child.stderr?.on('data', onOutput)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`it ended with ${code}: ${output}`))
    })
  })

const running = async (child: ChildProcess, version: string, known?: number): Promise<Running> => {
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  try {
    return { port: known ?? (await portOf(child)), version, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const versionOf = (program: string): string =>
  execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n')[0]?.trim() ?? ''

const script = (name: string, programOf: (project: Project) => string, args: readonly string[] = []): Runtime => ({
  name,
  start: (project, secret) => {
    const program = programOf(project)
    const child = spawn(program, [...args, join('serve', `${name}.js`), secret], { cwd: project.folder })
    return running(child, versionOf(program))
  },
})

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

/** Workers are one file each. */
const bundleWorker = (project: Project): Promise<void> =>
  bundle({
    root: project.folder,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, target: 'webworker', resolve: { conditions: ['workerd', 'worker', 'browser', 'import'] } },
    build: {
      ssr: join('serve', 'workerd.js'),
      outDir: 'bundle',
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'worker.js', codeSplitting: false } },
    },
  })

const configOf = (port: number, secret: string): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "bundle/worker.js")],
    compatibilityDate = "2026-01-01",
    bindings = [(name = "SECRET", text = "${secret}")],
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`

const workerd: Runtime = {
  name: 'workerd',
  start: async (project, secret) => {
    await bundleWorker(project)
    const port = await freePort()
    writeFileSync(join(project.folder, 'workerd.capnp'), configOf(port, secret))
    const program = project.program('workerd')
    // It reports its port as a JSON line on the control descriptor.
    const child = spawn(program, ['serve', 'workerd.capnp', '--control-fd=1'], { cwd: project.folder })
    const started = await running(child, versionOf(program))
    return { ...started, port }
  },
}

export const RUNTIMES: readonly Runtime[] = [
  script('node', () => process.execPath),
  script('bun', (project) => project.program('bun')),
  script('deno', (project) => project.program('deno'), ['run', '--allow-net=127.0.0.1', '--allow-read', '--allow-env']),
  workerd,
]
