/** `npm start [express|koa|hono]`: the service on one framework. `PORT` chooses the port, 0 any that is free. */
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
  console.error(`Cannot listen: ${/** @type {Error} */ (error).message}\nFor a port that is free: PORT=0 npm start`)
  process.exit(1)
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    // What is being answered is answered to the end, within reason.
    server.close()
    setTimeout(() => server.closeAllConnections(), 3000).unref()
  })
}

const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
const origin = `http://${HOST}:${port}`
console.log(`A Lambda TOKEN authorizer in front of ${framework}. Each command names the status that it gets.\n`)
console.log(await describeTour(origin))
console.log(`Listening on ${origin}. Every decision is logged here; Ctrl-C ends.\n`)
