// npm run fuzz [-- --minutes N --iterations N --only target --seed S]: the fuzz targets in test/fuzz, run on the sources.
import { createViteServer } from 'vitest/node'
import { root } from './workspace.mjs'

export async function fuzz(args) {
  // Vite compiles the sources under the conditions of the tests; nothing is served.
  const server = await createViteServer({
    root,
    configFile: 'vitest.config.ts',
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, watch: null, hmr: false, ws: false },
    optimizeDeps: { noDiscovery: true, include: [] },
  })
  try {
    const { main } = await server.ssrLoadModule('/test/fuzz/main.ts')
    return await main(args)
  } finally {
    await server.close()
  }
}
