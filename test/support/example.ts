/** Runs an example in its own process, on a free port. @module */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseCommands, type PrintedCommand } from './curl.ts'
import { root } from './root.ts'

/** Builds the packages, which examples import like users do. */
export const buildPackages = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const script = "import('./scripts/workspace.mjs').then(async ({ build }) => { process.exitCode = await build() })"
    execFile(process.execPath, ['-e', script], { cwd: root }, (error, stdout) => {
      if (error === null) resolve()
      else reject(new Error(`the packages could not be built: ${stdout}`))
    })
  })

export class Example {
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>
  #output = ''
  #errors = ''

  private constructor(name: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [join(root, 'examples', name, 'src/index.js'), ...args], {
      env: { ...process.env, PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#closed = once(this.#child, 'close')
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (this.#output += chunk))
    this.#child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.#errors += chunk))
  }

  /** Starts an example and waits until it listens. */
  static start(name: string, ...args: readonly string[]): Promise<Example> {
    return Example.startWith({}, name, ...args)
  }

  /** Like {@link start}, with additional environment variables. */
  static async startWith(
    env: Readonly<Record<string, string>>,
    name: string,
    ...args: readonly string[]
  ): Promise<Example> {
    const example = new Example(name, args, env)
    await example.lines(/^Listening /)
    return example
  }

  get commands(): readonly PrintedCommand[] {
    return parseCommands(this.#output)
  }

  /** The lines of the output so far that match. */
  printed(pattern: RegExp): readonly string[] {
    return this.#output.split('\n').filter((line) => pattern.test(line))
  }

  /** Waits until at least `count` lines match, and returns all matching lines. */
  async lines(pattern: RegExp, count = 1): Promise<readonly string[]> {
    for (;;) {
      const found = this.#output
        .split('\n')
        .slice(0, -1)
        .filter((line) => pattern.test(line))
      if (found.length >= count) return found
      if (this.#child.exitCode !== null) throw new Error(`the example has exited: ${this.#errors}`)
      await Promise.race([once(this.#child.stdout as NodeJS.ReadableStream, 'data'), this.#closed])
    }
  }

  /** What the example has written to the standard error so far; complete after {@link stop}. */
  get errors(): string {
    return this.#errors
  }

  /** Stops the example with a signal; resolves with its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    await this.#closed
    return this.#child.exitCode
  }
}
