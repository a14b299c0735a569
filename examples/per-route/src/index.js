/** `node examples/per-route/src/index.js`; `PORT` sets the port. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { createApp } from './app.js'

const listen = async (server, port) => {
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${server.address().port}`
}

// The backend: it identifies callers by the headers that the guard has set.
const backend = createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify({ partner: request.headers['x-partner'], plan: request.headers['x-plan'] }))
})
const server = createAdaptorServer(createApp(await listen(backend, 0)))
const origin = await listen(server, Number(process.env.PORT ?? 3000))
console.log(`
curl -i '${origin}/reports' -H 'Authorization: Bearer guest' # 200
curl -i '${origin}/reports' -H 'Authorization: Bearer staff' -X POST # 200
curl -i '${origin}/orders' -H 'X-Api-Key: k-1' -H 'X-Partner: someone-else' # 200
curl -i '${origin}/reports' # 401
curl -i '${origin}/orders' -H 'Authorization: Bearer staff' # 401
curl -i '${origin}/reports' -H 'Authorization: Bearer guest' -X POST # 403

Listening on ${origin}`)

const stop = () => {
  server.close()
  backend.close()
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
