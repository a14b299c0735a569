/** Measures the subjects of a section in a loop, each in processes of its own. */
import { ALLOCATION_FLAGS } from '../commands.mjs'
import { shuffled, summaryOf } from '../statistics.mjs'
import { Worker } from '../worker.mjs'

/** Runs one command in a process of its own. */
const runIn = async (section, name, command, input, flags) => {
  const worker = new Worker('loop/worker.mjs', [section, name], 0, flags)
  try {
    return await worker.run(command, input)
  } finally {
    worker.end()
  }
}

export const measureLoop = async (section, { repetitions, samples, milliseconds }, progress) => {
  const names = await runIn(section, '', 'names')
  const found = new Map(names.map((name) => [name, []]))
  for (let repetition = 0; repetition < repetitions; repetition++) {
    progress(`${section}: ${repetition + 1} of ${repetitions}`)
    for (const name of shuffled(names))
      found.get(name).push(await runIn(section, name, 'time', { samples, milliseconds }))
  }
  const rows = []
  for (const name of names) {
    const bytes = await runIn(section, name, 'bytes', undefined, ALLOCATION_FLAGS)
    rows.push({ name: `${section}/${name}`, unit: 'µs', ...summaryOf(found.get(name), 3), bytes })
  }
  return rows
}
