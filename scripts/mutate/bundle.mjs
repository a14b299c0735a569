// Puts tests and all that they import into one script, which can be run again and again in one process.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const OUTPUT = join('bundle', 'all.cjs')

/** The tests that patterns name in the current directory, as one script; what is installed stays outside. */
export async function bundle(patterns) {
  // There already after a restart: a mutant that never ends is ended together with its process.
  if (!existsSync(OUTPUT)) await write(patterns)
  return readFileSync(OUTPUT, 'utf8')
}

async function write(patterns) {
  const root = process.cwd()
  const here = createRequire(join(root, 'package.json'))
  // The one that Vitest works with.
  const vite = createRequire(here.resolve('vitest')).resolve('vite')
  const { build } = await import(pathToFileURL(vite).href)
  const globs = patterns.map((each) => each.replace(/^!?/, '$&./'))
  // Which files are asked for differs from mutant to mutant.
  writeFileSync(
    'all.mjs',
    `import { describe } from 'vitest'
const files = import.meta.glob(${JSON.stringify(globs)})
for (const name of globalThis.__chooseFiles__(Object.keys(files)))
  describe(name, async () => void (await files[name]()))
`,
  )
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: {
      noExternal: /^@custom-authorizer\//,
      // The settings of vitest.config.ts: tests run on the sources.
      resolve: { conditions: ['@custom-authorizer/source', 'module', 'node', 'development|production'] },
    },
    build: {
      ssr: 'all.mjs',
      outDir: 'bundle',
      minify: false,
      target: 'esnext',
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'all.cjs', codeSplitting: false } },
    },
  })
}
