/** Measures the cost of one decision inside a process. */
import { Worker } from './worker.mjs'

/** The plain look-up in a map that every cache needs. The ratios are relative to it. */
const BASELINE = 'map/hit'

export const measureEvaluate = async ({ rounds, seconds }, progress) => {
  progress('evaluate')
  const worker = new Worker('evaluate-worker.mjs', [], 0)
  try {
    const { rows } = await worker.run('measure', { samples: rounds, milliseconds: seconds * 100 })
    const baseline = rows.find(({ name }) => name === BASELINE).value
    for (const row of rows) Object.assign(row, { baseline, ratio: Number((row.value / baseline).toFixed(3)) })
    return rows
  } finally {
    worker.end()
  }
}
