/**
 * Measures the bytes that a server allocates in the heap of V8 per request. The processes have a young generation of 64 MiB,
 * so that the heap only grows during a sample. A sample with a collection is discarded. Nothing is collected on purpose: for
 * some thousand requests after a full collection, V8 runs code again that is not optimized and allocates more.
 */
import { ALLOCATION_FLAGS } from '../commands.mjs'
import { median } from '../statistics.mjs'
import { issueCredentials } from '../token.mjs'
import { startLoad, startServer } from './processes.mjs'

/** Few enough for the young generation also with the rows that allocate most. */
const REQUESTS = 400
/** Samples of one process differ by up to 1,000 bytes per request in Express. */
const SAMPLES = 15
const ATTEMPTS = 45

/** V8 removes the last allocations that it can avoid only after many requests. */
const WARM_UP_REQUESTS = 20_000

const sample = async (load, { id, worker }) => {
  const before = await worker.run('heap')
  await load.run('send', { id, requests: REQUESTS })
  const after = await worker.run('heap')
  return after.collections === before.collections ? (after.bytes - before.bytes) / REQUESTS : undefined
}

const measureRow = async (section, row, credentials, { warmUp }) => {
  const load = startLoad()
  const server = await startServer(section, row, credentials, load, ALLOCATION_FLAGS)
  try {
    await load.run('warmUp', { id: server.id, ...warmUp, requests: Math.max(warmUp.requests, WARM_UP_REQUESTS) })
    const samples = []
    for (let attempt = 0; attempt < ATTEMPTS && samples.length < SAMPLES; attempt++) {
      const bytes = await sample(load, server)
      if (bytes !== undefined) samples.push(bytes)
    }
    await load.run('close')
    // Buffers outside the heap can cause a collection in each sample.
    return samples.length === 0 ? undefined : Math.round(median(samples))
  } finally {
    load.end()
    server.worker.end()
  }
}

/** Bytes per request of each row, by name; `undefined` if they could not be measured. */
export const measureAllocation = async (section, rows, options) => {
  const credentials = issueCredentials()
  const found = new Map()
  for (const row of rows) found.set(row.name, await measureRow(section, row, credentials, options))
  return found
}
