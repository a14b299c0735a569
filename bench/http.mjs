/** Measures requests per second of each framework, bare and guarded, in alternating rounds. */
import { median, middleHalf } from './statistics.mjs'
import { issueCredentials } from './token.mjs'
import { Worker } from './worker.mjs'

export const FRAMEWORKS = ['express', 'koa', 'hono']
const VARIANTS = ['bare', 'cached', 'floor', 'jwt']
const CONNECTIONS = 32
const SERVER_CORE = 0
const LOAD_CORE = 1
const WARM_UP_SECONDS = 0.25
const FIRST_WARM_UP_SECONDS = 1

const rounded = (value, digits = 0) => Number(value.toFixed(digits))

const measure = async (load, server, authorization, warmUpSeconds, seconds) => {
  await load.run('connect', { port: server.port, count: CONNECTIONS, authorization })
  await load.run('drive', warmUpSeconds)
  const before = await server.worker.run('cpu')
  const driven = await load.run('drive', seconds)
  const microseconds = (await server.worker.run('cpu')) - before
  await load.run('close')
  return {
    rate: driven.requests / driven.seconds,
    cpu: microseconds / driven.requests,
    busy: microseconds / (driven.seconds * 1e6),
  }
}

const startServers = async (framework, credentials) => {
  const servers = []
  for (const variant of VARIANTS) {
    const worker = new Worker('server-worker.mjs', [framework, variant], SERVER_CORE)
    servers.push({ variant, worker, port: await worker.run('start', credentials), rounds: [] })
  }
  return servers
}

/** Measures one framework. Returns one row per variant, in order. */
const measureFramework = async (framework, { rounds, seconds }, progress) => {
  const credentials = issueCredentials()
  const load = new Worker('load-worker.mjs', [], LOAD_CORE)
  const servers = await startServers(framework, credentials)
  try {
    for (const server of servers) {
      await measure(load, server, credentials.authorization, FIRST_WARM_UP_SECONDS, 0.1)
    }
    for (let round = 0; round < rounds; round++) {
      progress(`${framework}: round ${round + 1} of ${rounds}`)
      for (const server of servers) {
        server.rounds.push(await measure(load, server, credentials.authorization, WARM_UP_SECONDS, seconds))
      }
    }
  } finally {
    load.end()
    for (const { worker } of servers) worker.end()
  }
  const roundsOf = (variant) => servers.find((server) => server.variant === variant).rounds
  const bare = roundsOf('bare')
  const floor = roundsOf('floor')
  return servers.map(({ variant, rounds: found }) => {
    const rates = found.map(({ rate }) => rate)
    return {
      name: `${framework}/${variant}`,
      value: rounded(median(rates)),
      unit: 'requests/s',
      baseline: rounded(median(bare.map(({ rate }) => rate))),
      // Each round is compared with the bare server of the same round, because load on the machine affects both.
      ratio: rounded(median(rates.map((rate, round) => rate / bare[round].rate)), 3),
      floorRatio: rounded(median(rates.map((rate, round) => rate / floor[round].rate)), 3),
      spread: middleHalf(rates).map((rate) => rounded(rate)),
      cpuMicroseconds: rounded(median(found.map(({ cpu }) => cpu)), 2),
      cpuRatio: rounded(median(found.map(({ cpu }, round) => bare[round].cpu / cpu)), 3),
      busy: rounded(median(found.map(({ busy }) => busy)), 2),
    }
  })
}

export const measureHttp = async (frameworks, options, progress) => {
  const rows = []
  for (const framework of frameworks) rows.push(...(await measureFramework(framework, options, progress)))
  return rows
}
