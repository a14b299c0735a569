/** `node examples/function-graph/src/index.js`; `PORT` sets the port. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createApp } from './app.js'

const listener = createApp().callback()
const server = createServer((request, response) => void listener(request, response))
await once(server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1'), 'listening')
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
const origin = `http://127.0.0.1:${port}`
const basic = (credentials) => `-H 'Authorization: Basic ${Buffer.from(credentials).toString('base64')}'`
console.log(`
curl -i '${origin}/stock' ${basic('alice:secret')} # 200
curl -i '${origin}/stock' ${basic('alice:secret')} -H 'X-User: root' # 200
curl -i '${origin}/me' ${basic('alice:secret')} # 200
curl -i '${origin}/me' ${basic('alice:guess')} # 401
curl -i '${origin}/me' # 401
curl -i '${origin}/me' -H 'Authorization: Bearer x' # 401

Listening on ${origin}`)

const stop = () => server.close()
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
