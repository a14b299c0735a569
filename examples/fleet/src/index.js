/** `node examples/fleet/src/index.js`: three processes behind a proxy; `PORT` sets the port, `REDIS_URL` the server. */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { startRedis } from './redis-server.js'

const redis = await startRedis()
const client = new Redis(redis.url)
await client.mset('session:ann1', 'ann', 'session:bob1', 'bob')
client.disconnect()

// In production, the secret is the same in all processes and outlives them.
const env = { ...process.env, REDIS_URL: redis.url, AUTHORIZER_SECRET: randomBytes(32).toString('base64') }
const processes = ['one', 'two', 'three'].map((NAME) =>
  fork(join(import.meta.dirname, 'service.js'), { env: { ...env, NAME } }),
)
const ports = await Promise.all(processes.map(async (each) => (await once(each, 'message'))[0]))

/** Sends each request to the next process. */
let turn = 0
const proxy = createServer((req, res) => {
  const { method, url, headers } = req
  const forwarded = request({ host: '127.0.0.1', port: ports[turn++ % ports.length], method, path: url, headers })
  forwarded.once('response', (response) => {
    res.writeHead(response.statusCode ?? 502, response.headers)
    response.pipe(res)
  })
  forwarded.once('error', () => res.writeHead(502).end())
  req.pipe(forwarded)
})

proxy.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (proxy.address())
  const origin = `http://127.0.0.1:${port}`
  const birds = `curl -i '${origin}/birds' -H 'Authorization: Bearer`
  console.log(`
${birds} ann1' # 200 from the first process, which calls the function
${birds} ann1' # 200 from the second one, with the result of the first
${birds} ann1' # 200
${birds} ann1' # 200
${birds} ann1' # 200
${birds} ann1' # 429, the quota of five requests is used up in all processes
${birds} bob1' # 200
curl -i -X DELETE '${origin}/session' -H 'Authorization: Bearer bob1' # 204
${birds} bob1' # 401 in each process
${birds} bob1' # 401
${birds} bob1' # 401

Listening on port ${port}`)
})

const stop = () => {
  proxy.close()
  for (const each of processes) each.disconnect()
  redis.stop()
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
