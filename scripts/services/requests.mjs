// Sends requests to a guarded service: without a key, with wrong ones, and with the key of the tests.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { request as send } from 'node:http'
import { join } from 'node:path'

import { environment } from './install.mjs'

/** Keys of `authorizers.cjs`, and the status that each gets. Without a status, the service responds. */
const KEYS = [
  { key: undefined, status: 401 },
  { key: 'not-a-key', status: 401 },
  { key: 'key-of-a-suspended-caller', status: 403 },
  { key: 'key-of-the-tests' },
]
const TIME_LIMIT_MS = 60_000

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

/** Resolves with the status of a response: 101 for an upgrade, 0 for a connection that is closed without a response. */
const statusOf = (port, { request, headers = {} }, key) =>
  new Promise((resolve) => {
    const [method, path] = request.split(' ')
    const upgrades = method === 'UPGRADE'
    const sent = send({
      port,
      path,
      agent: false,
      method: upgrades ? 'GET' : method,
      headers: { ...headers, ...(upgrades ? UPGRADE : {}), ...(key === undefined ? {} : { 'X-Api-Key': key }) },
    })
    sent.on('response', (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve(response.statusCode)
    })
    sent.on('error', () => resolve(0))
    sent.end()
  })

/** Starts the service. Resolves with its process and its port. */
const start = async (service, folder, authorizer) => {
  const target = join(folder, service.folder)
  const child = fork(join(target, service.guardFolder, 'start.cjs'), [], {
    cwd: target,
    execArgv: service.preload.flatMap((file) => ['--require', file]),
    env: environment({ ...service.env, AUTHORIZER: authorizer }),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: TIME_LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  const errors = []
  child.stderr.on('data', (chunk) => errors.push(chunk))
  const ended = once(child, 'close').then(([code, signal]) => {
    throw new Error(`${service.title} ended with ${code ?? signal}:\n${String(Buffer.concat(errors))}`)
  })
  const [{ port }] = await Promise.race([once(child, 'message'), ended])
  ended.catch(() => undefined)
  return { child, port }
}

/**
 * Sends each request of a service with every key, one after the other.
 *
 * @returns for each request its name, and the received and the expected statuses
 */
export const sendRequests = async (service, folder, authorizer) => {
  const { child, port } = await start(service, folder, authorizer)
  const rows = []
  try {
    for (const each of service.requests) {
      const statuses = []
      for (const { key } of KEYS) statuses.push(await statusOf(port, each, key))
      const host = each.headers === undefined ? '' : ` of ${each.headers.Host}`
      rows.push({ name: `${each.request}${host}`, statuses, expected: KEYS.map(({ status }) => status ?? each.status) })
    }
  } finally {
    child.kill('SIGKILL')
  }
  return rows
}
