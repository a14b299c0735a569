/** What one decision costs inside a process. */
import { Worker } from './worker.mjs'

/** The look-up without which there is no cache: the rest is what decisions add to it. */
const LEAST = 'map/hit'

export const measureEvaluate = async ({ rounds, seconds }, say) => {
  say('evaluate')
  const worker = new Worker('evaluate-worker.mjs', [], 0)
  try {
    const { rows } = await worker.ask('measure', { samples: rounds, milliseconds: seconds * 100 })
    const baseline = rows.find(({ name }) => name === LEAST).value
    for (const row of rows) Object.assign(row, { baseline, ratio: Number((row.value / baseline).toFixed(3)) })
    return rows
  } finally {
    worker.end()
  }
}
