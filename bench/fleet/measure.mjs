/** Measures the subjects of the fleet with a server of Redis that is started for it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shuffled, summaryOf } from '../statistics.mjs'
import { Worker } from '../worker.mjs'

const SECTION = 'fleet'

/** A subject that waits for the network runs too rarely in a fixed time for V8 to compile it. */
const WARM_UP_RUNS = 6000

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Starts an empty server, and waits until it accepts connections. */
const startRedis = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-redis-'))
  const port = await freePort()
  const options = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
  const child = spawn('redis-server', options.map(String), { stdio: ['ignore', 'pipe', 'inherit'] })
  const failed = once(child, 'error').then(() => {
    throw new Error('The section fleet needs redis-server on the path')
  })
  const ready = async () => {
    for await (const chunk of child.stdout) if (String(chunk).includes('Ready to accept connections')) break
  }
  await Promise.race([ready(), failed])
  child.stdout.resume()
  const stop = async () => {
    child.kill()
    await once(child, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
  return { port, stop }
}

const runIn = async (name, command, input) => {
  const worker = new Worker('loop/worker.mjs', [SECTION, name], 0)
  try {
    return await worker.run(command, input)
  } finally {
    worker.end()
  }
}

export const measureFleet = async ({ repetitions, samples, milliseconds }, progress) => {
  const { port, stop } = await startRedis()
  process.env.BENCH_REDIS_PORT = String(port)
  try {
    const names = await runIn('', 'names')
    const found = new Map(names.map((name) => [name, { cpu: [], elapsed: [] }]))
    for (let repetition = 0; repetition < repetitions; repetition++) {
      progress(`${SECTION}: ${repetition + 1} of ${repetitions}`)
      for (const name of shuffled(names)) {
        const input = { samples, milliseconds, warmUpRuns: WARM_UP_RUNS }
        found.get(name).cpu.push(await runIn(name, 'time', input))
        found.get(name).elapsed.push(await runIn(name, 'elapsed', input))
      }
    }
    const rows = []
    for (const name of names) {
      const { cpu, elapsed } = found.get(name)
      rows.push({ name: `${SECTION}/${name}`, unit: 'µs', ...summaryOf(cpu, 3), elapsed: summaryOf(elapsed, 3) })
    }
    return rows
  } finally {
    await stop()
  }
}
