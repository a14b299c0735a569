/** The client of the chat example, started as in its README. @module */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Example } from './example.ts'

export class ChatClient {
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>
  #output = ''

  private constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, args, { cwd: join(import.meta.dirname, '..', '..'), stdio: 'pipe' })
    this.#exit = once(this.#child, 'exit')
    this.#child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (this.#output += chunk))
  }

  /** Runs the command that the example printed for a token. */
  static async start(example: Example, token: string): Promise<ChatClient> {
    const [line = ''] = await example.lines(new RegExp(`^node .*token=${token}'$`))
    return new ChatClient(line.replaceAll("'", '').split(' ').slice(1))
  }

  send(text: string): void {
    this.#child.stdin?.write(`${text}\n`)
  }

  /** Waits for a number of lines, and returns all lines. */
  async lines(count: number): Promise<readonly string[]> {
    for (;;) {
      const lines = this.#output.split('\n').slice(0, -1)
      if (lines.length >= count) return lines
      if (this.#child.exitCode !== null) throw new Error('the client has exited')
      await Promise.race([once(this.#child.stdout as NodeJS.ReadableStream, 'data'), this.#exit])
    }
  }

  /** Closes the input; resolves with the exit code. */
  async leave(): Promise<number | null> {
    this.#child.stdin?.end()
    await this.#exit
    return this.#child.exitCode
  }

  kill(): void {
    this.#child.kill()
  }
}
