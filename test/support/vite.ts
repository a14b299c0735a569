/** The bundler of Vitest. @module */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** Vite's `build`, with its options. */
export const bundle = async (options: object): Promise<void> => {
  const vite = createRequire(createRequire(import.meta.url).resolve('vitest')).resolve('vite')
  const { build } = (await import(/* @vite-ignore */ pathToFileURL(vite).href)) as {
    build: (given: object) => Promise<unknown>
  }
  await build(options)
}
