/** `npm start [express|koa|hono]`: the service on one framework. `PORT` sets the port; 0 selects a free one. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { logDecision } from './log.js'
import { describeTour } from './tour.js'

const FRAMEWORKS = ['express', 'koa', 'hono']
const HOST = '127.0.0.1'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false } },
})
const [framework = 'express'] = positionals
if (!FRAMEWORKS.includes(framework)) {
  console.error(`Unknown framework: ${framework}. Usage: npm start [${FRAMEWORKS.join('|')}]`)
  process.exit(2)
}

const { createListener } = await import(`./${framework}.js`)
const server = createServer(createListener({ onDecision: logDecision }))
const given = process.env.PORT ?? '3000'

try {
  await once(server.listen(Number(given), HOST), 'listening')
} catch (error) {
  const { code } = /** @type {NodeJS.ErrnoException} */ (error)
  console.error(`Cannot listen on port ${given} (${code}). Choose another one: PORT=8080 npm start ${framework}`)
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
const url = `http://${HOST}:${port}`
console.log(`Listening on ${url} (${framework}). Another port: PORT=8080 npm start ${framework}

Paste this into another terminal; in zsh, after \`setopt interactive_comments\`.
The expected status follows each command.

${await describeTour(url, values)}

${values.all ? '' : `More: npm start ${framework} -- --all\n`}Every decision is logged here. Press Ctrl-C to stop.
`)
