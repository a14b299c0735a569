/** One server in its own process: `node server-worker.mjs FRAMEWORK VARIANT`, driven by messages of the parent. */
import { createServer } from 'node:http'
import { handleCommands, processorTime } from './commands.mjs'

const frameworks = {
  express: () => import('./servers/express.mjs'),
  koa: () => import('./servers/koa.mjs'),
  hono: () => import('./servers/hono.mjs'),
}

const [framework, variant] = process.argv.slice(2)

handleCommands({
  start: async (credentials) => {
    const { createListener } = await frameworks[framework]()
    const server = createServer(await createListener(variant, credentials))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    return server.address().port
  },
  cpu: processorTime,
})
