/** The processes of a measurement: servers on one core, and the load on another one. */
import { Worker } from '../worker.mjs'

const SERVER_CORE = 0
const LOAD_CORE = 1

export const startLoad = () => new Worker('http/load-worker.mjs', [], LOAD_CORE)

/** Starts the server of a row, and connects the load to it. */
export const startServer = async (section, row, credentials, load, flags = []) => {
  const worker = new Worker(
    'http/server-worker.mjs',
    [section, row.variant, row.timed ? 'timed' : ''],
    SERVER_CORE,
    flags,
  )
  const credential = credentials[row.alg]
  const port = await worker.run('start', credential)
  const id = row.name
  await load.run('connect', { id, port, load: row.load, authorization: `Bearer ${credential.token}` })
  return { id, worker, slices: [] }
}
