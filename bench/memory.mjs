/** Measures the resident memory of a process with very many callers. */
import { Worker } from './worker.mjs'

/** The default limit of the memory store in bytes. */
const BYTE_BOUND = 64 * 1024 * 1024

const STORES = {
  'default store': 10_000,
  'store of 1,000,000 entries': 1_000_000,
}

const mebibytes = (bytes) => Math.round(bytes / 1024 / 1024)

export const measureMemory = async ({ callers }, progress) => {
  const rows = []
  for (const [name, maxEntries] of Object.entries(STORES)) {
    progress(`memory: ${name}`)
    const worker = new Worker('memory-worker.mjs', [], 0)
    const { start, peak, hotCalls } = await worker.run('measure', { callers, maxEntries })
    worker.end()
    rows.push({
      name: `memory/${name}`,
      unit: 'MiB',
      value: mebibytes(peak),
      start: mebibytes(start),
      bound: mebibytes(BYTE_BOUND),
      callers,
      hotCalls,
    })
  }
  return rows
}
