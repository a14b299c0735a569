// Runs TypeScript modules outside of Vitest. Vite compiles them with the settings of the tests, without a server.
import { createViteServer } from 'vitest/node'
import { root } from './workspace.mjs'

/** Loads a module by its path from the root, and passes it to `use`. */
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
