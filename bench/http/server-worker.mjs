/** One server in its own process: `node server-worker.mjs FRAMEWORK VARIANT [timed]`, driven by messages of the parent. */
import { createServer } from 'node:http'
import { handleCommands, heap, processorTime } from '../commands.mjs'
import { median } from '../statistics.mjs'
import { Stopwatch } from './stopwatch.mjs'

const FRAMEWORKS = {
  node: { event: 'request', load: () => import('./servers/node.mjs') },
  express: { event: 'request', load: () => import('./servers/express.mjs') },
  koa: { event: 'request', load: () => import('./servers/koa.mjs') },
  hono: { event: 'request', load: () => import('./servers/hono.mjs') },
  websocket: { event: 'upgrade', load: () => import('./servers/websocket.mjs') },
}

const [framework, variant, timed] = process.argv.slice(2)
const stopwatch = timed === 'timed' ? new Stopwatch() : undefined

handleCommands({
  /** Starts the server, and returns its port. */
  start: async (credential) => {
    const { event, load } = FRAMEWORKS[framework]
    const { createListener } = await load()
    const server = createServer().on(event, await createListener(variant, credential, stopwatch))
    // Connections wait for their next turn.
    server.keepAliveTimeout = 0
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    return server.address().port
  },
  cpu: processorTime,
  heap,
  /** Median of the latest requests, in microseconds. */
  timed: (requests) => median(stopwatch.latest(requests)),
})
