// The tasks of `npm start`, `npm test` and the other scripts. Each one works on a fresh clone.
import { overview, readArguments } from './arguments.mjs'
import { COMMANDS } from './commands.mjs'
import { build, install, installExample, installFolder, run, runTool } from './workspace.mjs'

/** The tests that scale their quantities by `test/support/volume.ts`. */
const VOLUME_TESTS = [
  'test/volume',
  'test/security/fixture/cache-bounds',
  'test/unit/aws/policy',
  'test/unit/kernel/cache',
  'test/unit/usage-plan/properties',
]

/** The steps of each task, in order. They receive the arguments that `readArguments` has read, and those that were given. */
const tasks = {
  start: [
    () => installExample('lambda-token'),
    ({ positionals: [framework = 'express'] }) => build({}, ['core', framework]),
    (_, args) => run(process.execPath, ['examples/lambda-token/src/index.js', ...args]),
  ],
  test: [install, (_, args) => runTool('vitest', ['run', ...args])],
  'test:volume': [
    install,
    (_, args) =>
      runTool('vitest', ['run', '--typecheck.enabled=false', ...VOLUME_TESTS, ...args], {
        env: { ...process.env, TEST_VOLUME: 'full' },
      }),
  ],
  build: [install, () => build()],
  bench: [
    install,
    () => installFolder('bench', 'the libraries that the benchmark compares with', '25 MB'),
    () => build(),
    (_, args) => run(process.execPath, ['bench/run.mjs', ...args]),
  ],
  fuzz: [install, async ({ values }) => (await import('./fuzz.mjs')).fuzz(values)],
  packages: [install, async ({ positionals }) => (await import('./packages.mjs')).packages(positionals)],
  runtimes: [install, async () => (await import('./runtimes.mjs')).runtimes()],
  services: [
    install,
    async ({ positionals, values }) => (await import('./services.mjs')).services(positionals, values),
  ],
  'compare-definitions': [
    install,
    () => build({}, ['core', 'jwt', 'definitions']),
    async ({ positionals, values }) =>
      (await import('./compare-definitions/main.mjs')).compareDefinitions(positionals, values),
  ],
  release: [install, async ({ values }) => (await import('./release.mjs')).release(values)],
  mutate: [install, async ({ values }) => (await import('./mutate.mjs')).mutate(values)],
  rules: [async ({ values }) => (await import('./rules.mjs')).rules(values)],
  docs: [install, async () => (await import('./docs.mjs')).docs()],
  site: [install, async ({ values }) => (await import('./site.mjs')).serveSite(values)],
  format: [install, (_, args) => runTool('oxfmt', args)],
  check: [install, async ({ positionals }) => (await import('./check.mjs')).check(positionals)],
}

const [name, ...args] = process.argv.slice(2)
if (!Object.hasOwn(tasks, name ?? '') || !Object.hasOwn(COMMANDS, name)) {
  process.stdout.write(overview())
  process.exit(name === '--help' ? 0 : 2)
}
const read = readArguments(name, args)
for (const step of tasks[name]) {
  process.exitCode = await step(read, args)
  if (process.exitCode !== 0) break
}
