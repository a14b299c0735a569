/** A child process on its own core that runs commands. */
import { spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

const PIN = 'taskset'
const canPin = availableParallelism() > 1 && spawnSync(PIN, ['-c', '0', 'true']).status === 0

/** A command that takes longer has failed: 10 minutes. */
const DEADLINE_MS = 600_000

export class Worker {
  #file
  #child
  #settle
  #ready

  /** @param {number} core the core to run on, if `taskset` is available */
  constructor(file, args, core, execArgv = []) {
    const command = [process.execPath, ...execArgv, join(import.meta.dirname, file), ...args]
    const [program, ...rest] = canPin ? [PIN, '-c', String(core), ...command] : command
    this.#file = [file, ...args].join(' ')
    this.#child = spawn(program, rest, {
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child.on('message', (message) => this.#settle?.resolve(message))
    this.#child.on('exit', (code) => this.#settle?.reject(new Error(`${this.#file} ended with ${code}`)))
    this.#ready = this.#message()
  }

  static get pinned() {
    return canPin
  }

  /** Runs a command in the child process and resolves with its result. */
  async run(command, input) {
    await this.#ready
    const answer = this.#message()
    this.#child.send({ command, input })
    const { result, failure } = await answer
    if (failure !== undefined) throw new Error(failure)
    return result
  }

  end() {
    this.#settle = undefined
    if (this.#child.connected) this.#child.disconnect()
  }

  /** The next message of the child process. */
  async #message() {
    let timer
    try {
      return await new Promise((resolve, reject) => {
        this.#settle = { resolve, reject }
        timer = setTimeout(() => {
          this.#child.kill()
          reject(new Error(`${this.#file} did not respond`))
        }, DEADLINE_MS)
      })
    } finally {
      clearTimeout(timer)
      this.#settle = undefined
    }
  }
}
