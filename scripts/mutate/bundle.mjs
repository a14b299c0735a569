// Bundles the tests and everything they import into one script that can run many times in one process.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const OUTPUT = join('bundle', 'all.cjs')

/** The tests that match the patterns, relative to the current directory, as one script; installed packages are external. */
export async function bundle(patterns) {
  // The bundle exists after a restart: Stryker ends the process of a mutant that does not terminate.
  if (!existsSync(OUTPUT)) await write(patterns)
  return readFileSync(OUTPUT, 'utf8')
}

async function write(patterns) {
  const root = process.cwd()
  const here = createRequire(join(root, 'package.json'))
  // The version of Vite that Vitest uses.
  const vite = createRequire(here.resolve('vitest')).resolve('vite')
  const { build } = await import(pathToFileURL(vite).href)
  const globs = patterns.map((each) => each.replace(/^!?/, '$&./'))
  // Each mutant runs other files, so the script chooses them when it runs.
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
      // As in vitest.config.ts: tests run on the sources.
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
