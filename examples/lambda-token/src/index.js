/** `npm start [express|koa|hono]`: the service on one framework. `PORT` sets the port; 0 selects a free one. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { logDecision } from './log.js'
import { describeTour } from './tour.js'

const FRAMEWORKS = ['express', 'koa', 'hono']
const HOST = '127.0.0.1'

const [framework = 'express'] = process.argv.slice(2)
if (!FRAMEWORKS.includes(framework)) {
  console.error(`Unknown framework: ${framework}. Usage: npm start [${FRAMEWORKS.join('|')}]`)
  process.exit(2)
}

const { createListener } = await import(`./${framework}.js`)
const server = createServer(createListener({ onDecision: logDecision }))

try {
  await once(server.listen(Number(process.env.PORT ?? 3000), HOST), 'listening')
} catch (error) {
  console.error(`Cannot listen: ${/** @type {Error} */ (error).message}\nTo use a free port: PORT=0 npm start`)
  process.exit(1)
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    // Running requests get three seconds to complete.
    server.close()
    setTimeout(() => server.closeAllConnections(), 3000).unref()
  })
}

const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
const origin = `http://${HOST}:${port}`
console.log(`A Lambda TOKEN authorizer in front of ${framework}. The expected status follows each command.\n`)
console.log(await describeTour(origin))
console.log(`Listening on ${origin}. Every decision is logged here. Press Ctrl-C to stop.\n`)
