/** A child process on its own core that runs commands. */
import { spawn, spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

const PIN = 'taskset'
const canPin = availableParallelism() > 1 && spawnSync(PIN, ['-c', '0', 'true']).status === 0

export class Worker {
  #child
  #settle

  /** @param {number} core the core to run on, if `taskset` is available */
  constructor(file, args, core, execArgv = []) {
    const command = [process.execPath, ...execArgv, join(import.meta.dirname, file), ...args]
    const [program, ...rest] = canPin ? [PIN, '-c', String(core), ...command] : command
    this.#child = spawn(program, rest, {
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child.on('message', (message) => this.#settle?.resolve(message))
    this.#child.on('exit', (code) => this.#settle?.reject(new Error(`${file} ended with ${code}`)))
  }

  static get pinned() {
    return canPin
  }

  /** Runs a command in the child process and resolves with its result. */
  async run(command, input) {
    const { result, failure } = await new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#child.send({ command, input })
    })
    this.#settle = undefined
    if (failure !== undefined) throw new Error(failure)
    return result
  }

  end() {
    this.#settle = undefined
    if (this.#child.connected) this.#child.disconnect()
  }
}
