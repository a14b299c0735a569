/**
 * Measures the CPU time of a server process per request. The servers of all rows of a section run at the same time and take
 * turns in short slices. Each repetition starts new processes in random order.
 */
import { median, round, shuffled, summaryOf } from '../statistics.mjs'
import { issueCredentials } from '../token.mjs'
import { measureAllocation } from './allocation.mjs'
import { startLoad, startServer } from './processes.mjs'
import { SERVERS } from './variants.mjs'

const slice = async (load, { id, worker }, seconds) => {
  const before = await worker.run('cpu')
  const driven = await load.run('drive', { id, seconds })
  const microseconds = (await worker.run('cpu')) - before
  return {
    cpu: microseconds / driven.requests,
    rate: driven.requests / driven.seconds,
    busy: microseconds / (driven.seconds * 1e6),
  }
}

/** One repetition. Resolves with the slices of each row, by name. */
const repeat = async (section, rows, { rounds, seconds, warmUp }) => {
  const credentials = issueCredentials()
  const load = startLoad()
  const servers = []
  try {
    for (const row of rows) servers.push(await startServer(section, row, credentials, load))
    // Two turns, so that the second follows a pause like those of the measurement.
    for (let turn = 0; turn < 2; turn++)
      for (const server of servers) await load.run('warmUp', { id: server.id, ...warmUp })
    for (let turn = 0; turn < rounds; turn++) {
      const order = turn % 2 === 0 ? servers : servers.toReversed()
      for (const server of order) server.slices.push(await slice(load, server, seconds))
    }
    await load.run('close')
  } finally {
    load.end()
    for (const { worker } of servers) worker.end()
  }
  return new Map(servers.map(({ id, slices }) => [id, slices]))
}

const mediansOf = (repetitions, name, key) =>
  repetitions.map((found) => median(found.get(name).map((each) => each[key])))

/** What a row adds to another one: differences of neighbouring slices, one median per repetition. */
const addedOver = (repetitions, name, other) =>
  repetitions.map((found) => {
    const base = found.get(other)
    return median(found.get(name).map(({ cpu }, index) => cpu - base[index].cpu))
  })

const toResult = (section, row, repetitions, bytes) => {
  const medians = (key) => median(mediansOf(repetitions, row.name, key))
  const bytesOver = row.bytesOver ?? row.over
  return {
    name: `${section}/${row.name}`,
    unit: 'µs',
    ...summaryOf(mediansOf(repetitions, row.name, 'cpu')),
    ...(row.over !== undefined && { over: row.over, added: summaryOf(addedOver(repetitions, row.name, row.over)) }),
    rate: Math.round(medians('rate')),
    busy: round(medians('busy')),
    bytes: bytes.get(row.name),
    ...(bytesOver !== undefined &&
      bytes.get(row.name) !== undefined &&
      bytes.get(bytesOver) !== undefined && { bytesOver, addedBytes: bytes.get(row.name) - bytes.get(bytesOver) }),
  }
}

export const measureServers = async (section, options, progress) => {
  const rows = SERVERS[section]
  const repetitions = []
  for (let repetition = 0; repetition < options.repetitions; repetition++) {
    progress(`${section}: ${repetition + 1} of ${options.repetitions}`)
    repetitions.push(await repeat(section, shuffled(rows), options))
  }
  progress(`${section}: allocation`)
  const bytes = await measureAllocation(section, rows, options)
  return rows.map((row) => toResult(section, row, repetitions, bytes))
}
