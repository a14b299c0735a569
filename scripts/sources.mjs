// Runs TypeScript of the tests outside of Vitest: Vite compiles it under the conditions of the tests; nothing is served.
import { createViteServer } from 'vitest/node'
import { root } from './workspace.mjs'

/** Loads a module by its path from the root, hands it on, and stops compiling when that is done. */
export async function withModule(path, use) {
  const server = await createViteServer({
    root,
    configFile: 'vitest.config.ts',
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, watch: null, hmr: false, ws: false },
    optimizeDeps: { noDiscovery: true, include: [] },
  })
  try {
    return await use(await server.ssrLoadModule(path))
  } finally {
    await server.close()
  }
}
