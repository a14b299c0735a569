/**
 * Measures the guard inside a server, from its call until it calls `next`: a clock is read before and after. Unlike the CPU
 * time of whole requests, this does not depend on the framework, which varies more than the guard takes.
 */
import { shuffled, summaryOf } from '../statistics.mjs'
import { issueCredentials } from '../token.mjs'
import { startLoad, startServer } from './processes.mjs'
import { SERVERS } from './variants.mjs'

const WARM_UP_REQUESTS = 15_000
const REQUESTS = 5_000

/** Median of the requests of a new process, in microseconds. */
const measureRow = async (section, row, credentials) => {
  const load = startLoad()
  const { id, worker } = await startServer(section, { ...row, timed: true }, credentials, load)
  try {
    await load.run('warmUp', { id, seconds: 0.3, requests: WARM_UP_REQUESTS })
    await load.run('send', { id, requests: REQUESTS })
    const found = await worker.run('timed', REQUESTS)
    await load.run('close')
    return found
  } finally {
    load.end()
    worker.end()
  }
}

/** The rows of each server, and the row that each is compared with. */
const ROWS = {
  least: undefined,
  guarded: 'least',
  context: 'guarded',
  mapped: 'guarded',
  decision: 'guarded',
  native: 'least',
  'least, headers': undefined,
  'guarded, headers': 'least, headers',
  'least, paths': undefined,
  'guarded, paths': 'least, paths',
}
const SECTIONS = ['koa', 'hono', 'express', 'node']

const TIMED = SECTIONS.flatMap((section) =>
  Object.entries(ROWS).map(([name, over]) => ({
    section,
    row: SERVERS[section].find((each) => each.name === name),
    name: `${section} ${name}`,
    over: over && `${section} ${over}`,
  })),
)

/** Rows are measured one after the other, once in each repetition, in random order. */
export const measureInside = async ({ repetitions }, progress) => {
  const credentials = issueCredentials()
  const found = new Map(TIMED.map(({ name }) => [name, []]))
  for (let repetition = 0; repetition < repetitions; repetition++) {
    progress(`inside: ${repetition + 1} of ${repetitions}`)
    for (const { section, row, name } of shuffled(TIMED))
      found.get(name).push(await measureRow(section, row, credentials))
  }
  const rows = []
  for (const { name, over } of TIMED) {
    const values = found.get(name)
    const others = found.get(over)
    rows.push({
      name: `inside/${name}`,
      unit: 'µs',
      ...summaryOf(values),
      ...(others !== undefined && { over, added: summaryOf(values.map((each, index) => each - others[index])) }),
    })
  }
  return rows
}
