/** Starts processes that share a server, and talks to them. @module */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/root.ts'
import { bundle } from '../support/vite.ts'

export interface WorkerOptions {
  readonly name: string
  readonly port: number
  readonly prefix: string
  readonly secrets: readonly string[]
  readonly client?: 'ioredis' | 'redis'
  readonly onStoreError?: 'local' | 'bypass'
  /** Quota per month of each principal. */
  readonly limit: number
  /** Deadline of commands in milliseconds. */
  readonly timeoutMs: number
  /** Default true. */
  readonly waitsForServer?: boolean
}

/** What a process can be asked to do, and the type of its answer. */
export interface Answers {
  /** Evaluates a request. `200 by A2` is the result of the second call of the function in process A. */
  ask: string
  /** Evaluates a request with the usage plan. */
  count: string
  /** Evaluates many requests with the usage plan at the same time: `principal number`. */
  countMany: Readonly<Record<string, number>>
  /** Evaluates many requests, of which a third is aborted: `first number`. */
  abortMany: Readonly<Record<string, number>>
  invalidate: 'confirmed' | 'rejected'
  /** The authorizer function does not answer until `answer`. */
  hold: ''
  answer: ''
  /** Number of calls of the function. */
  called: number
  log: readonly string[]
}

export interface Action {
  readonly id: number
  readonly name: keyof Answers
  readonly argument: string
}

export class FleetProcess {
  readonly #child: ChildProcess
  readonly #pending = new Map<number, (result: unknown) => void>()
  #next = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (message: { readonly id: number; readonly result: unknown }) => {
      this.#pending.get(message.id)?.(message.result)
      this.#pending.delete(message.id)
    })
  }

  static async start(program: string, options: WorkerOptions): Promise<FleetProcess> {
    const child = fork(program, [JSON.stringify(options)], { cwd: root })
    const process = new FleetProcess(child)
    const failed = once(child, 'exit').then(() => {
      throw new Error(`the process ${options.name} has ended`)
    })
    failed.catch(() => undefined)
    await Promise.race([once(child, 'message'), failed])
    return process
  }

  do<Name extends keyof Answers>(name: Name, argument = ''): Promise<Answers[Name]> {
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, (result) => {
        if (typeof result === 'string' && result.startsWith('failed: ')) reject(new Error(result))
        else resolve(result as Answers[Name])
      })
      this.#child.send({ id, name, argument } satisfies Action)
    })
  }

  /** Asks until the answer is as expected. Ends with the time limit of the test. */
  async until<Name extends keyof Answers>(
    name: Name,
    argument: string,
    isExpected: (answer: Answers[Name]) => boolean,
  ): Promise<Answers[Name]> {
    for (;;) {
      const answer = await this.do(name, argument)
      if (isExpected(answer)) return answer
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }
}

/** Builds the program of a process, and starts processes with it. */
export class Fleet {
  readonly #folder: string
  readonly #processes: FleetProcess[] = []

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async build(): Promise<Fleet> {
    // Inside of the project, so that the clients are found.
    const cache = join(root, 'node_modules', '.cache')
    mkdirSync(cache, { recursive: true })
    const folder = mkdtempSync(join(cache, 'fleet-'))
    await bundle({
      configFile: false,
      root,
      logLevel: 'error',
      resolve: { conditions: ['@custom-authorizer/source', 'module', 'node', 'production'] },
      ssr: {
        resolve: { conditions: ['@custom-authorizer/source', 'module', 'node', 'production'] },
        noExternal: true,
        external: ['ioredis', 'redis'],
      },
      build: {
        ssr: join(root, 'test', 'fleet', 'worker.ts'),
        outDir: folder,
        emptyOutDir: true,
        minify: false,
        rollupOptions: { output: { entryFileNames: 'worker.mjs' } },
      },
    })
    return new Fleet(folder)
  }

  async start(options: WorkerOptions): Promise<FleetProcess> {
    const process = await FleetProcess.start(join(this.#folder, 'worker.mjs'), options)
    this.#processes.push(process)
    return process
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#processes.splice(0).map((process) => process.stop()))
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
