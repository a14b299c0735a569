/** A real `redis-server` on a free port of this machine. @module */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

const PROGRAM = process.env['REDIS_SERVER'] ?? 'redis-server'

/** Whether the server program is on the path. Without it, tests with Redis are skipped. */
export const hasRedis: boolean = spawnSync(PROGRAM, ['--version']).status === 0

// Continuous integration must not pass without these tests.
if (!hasRedis && process.env['REQUIRE_REDIS'] !== undefined) throw new Error(`${PROGRAM} is not on the path`)

/** The reason of a skipped test, for its title. */
export const withRedis: string = hasRedis ? '' : ' (skipped: install redis-server, or set REDIS_SERVER)'

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  server.close()
  await once(server, 'close')
  return port
}

/** Sends one command over a connection of its own. */
const ask = async (port: number, [name = '', ...args]: readonly string[]): Promise<unknown> => {
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await client.call(name, ...args)
  } finally {
    client.disconnect()
  }
}

/** Runs a program until the input of the shell ends: also if the process of the tests is killed. */
const UNTIL_INPUT_ENDS = `"$@" & pid=$!
echo "pid $pid"
exec 3<&0
(cat <&3 > /dev/null; kill -9 $pid) > /dev/null 2>&1 &
exec 3<&-
wait $pid`

export class RedisServer {
  readonly port: number
  readonly #args: readonly string[]
  readonly #folder: string
  #child: ChildProcess | undefined
  #pid = 0

  private constructor(port: number, args: readonly string[]) {
    this.port = port
    this.#args = args
    this.#folder = mkdtempSync(join(tmpdir(), 'redis-'))
  }

  /** Starts an empty server, and waits until it responds. */
  static async start(...args: readonly string[]): Promise<RedisServer> {
    // Another program may take the port before the server does.
    for (let attempts = 1; ; attempts++) {
      const server = new RedisServer(await freePort(), args)
      try {
        await server.restart()
        return server
      } catch (error) {
        await server.stop()
        if (attempts === 5) throw error
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts the server again, empty, on the same port. */
  async restart(): Promise<void> {
    const listen = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder]
    const options = ['--save', '', '--appendonly', 'no', '--repl-diskless-sync-delay', '0', ...this.#args]
    const child = spawn('sh', ['-c', UNTIL_INPUT_ENDS, 'sh', PROGRAM, ...listen, ...options], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.stdin.on('error', () => undefined)
    this.#child = child
    let output = ''
    for await (const chunk of child.stdout) {
      output += String(chunk)
      if (output.includes('Ready to accept connections')) break
    }
    this.#pid = Number(/^pid (\d+)$/m.exec(output)?.[1])
    child.stdout.resume()
    if (!output.includes('Ready to accept connections')) throw new Error(`${PROGRAM} has not started: ${output}`)
    await this.command('PING')
  }

  /** Sends one command, such as `XLEN key`. */
  command(text: string): Promise<unknown> {
    return ask(this.port, text.split(' '))
  }

  /** Makes this server a replica of another one, and waits until it has all data. */
  async follow({ port }: RedisServer): Promise<void> {
    await this.command(`REPLICAOF 127.0.0.1 ${port}`)
    while (!String(await this.command('INFO replication')).includes('master_link_status:up'));
  }

  /** Stops the process without ending it, or continues it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    process.kill(this.#pid, signal)
  }

  /** Ends the server at once, without saving. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.stdin?.end()
    await exited
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
