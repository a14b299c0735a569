// The tasks of `npm start`, `npm test` and the other scripts. Each one works on a fresh clone.
import { build, install, run, runTool } from './workspace.mjs'

/** The tests that scale their quantities by `test/support/volume.ts`. */
const VOLUME_TESTS = [
  'test/volume',
  'test/security/fixture/cache-bounds',
  'test/unit/aws/policy',
  'test/unit/kernel/cache',
]

const tasks = {
  /** npm start [express|koa|hono]: the example service */
  start: [install, build, (args) => run(process.execPath, ['examples/lambda-token/src/index.js', ...args])],
  /** npm test [vitest arguments] */
  test: [install, (args) => runTool('vitest', ['run', ...args])],
  /** npm run test:volume [vitest arguments]: whole quantities, of which `npm test` runs a tenth */
  'test:volume': [
    install,
    (args) =>
      runTool('vitest', ['run', '--typecheck.enabled=false', ...VOLUME_TESTS, ...args], {
        env: { ...process.env, TEST_VOLUME: 'full' },
      }),
  ],
  build: [install, build],
  /** npm run bench [arguments] */
  bench: [install, build, (args) => run(process.execPath, ['bench/run.mjs', ...args])],
  /** npm run fuzz [-- --minutes N --only target --seed S] */
  fuzz: [install, async (args) => (await import('./fuzz.mjs')).fuzz(args)],
  /** npm run packages */
  packages: [install, async () => (await import('./packages.mjs')).packages()],
  /** npm run runtimes */
  runtimes: [install, async () => (await import('./runtimes.mjs')).runtimes()],
  /** npm run mutate [-- --only module --incremental] */
  mutate: [install, async (args) => (await import('./mutate.mjs')).mutate(args)],
  /** npm run rules [-- --missing FAMILY | --where ID] */
  rules: [async (args) => (await import('./rules.mjs')).rules(args)],
  /** npm run docs */
  docs: [install, async () => (await import('./docs.mjs')).docs()],
  format: [install, (args) => runTool('oxfmt', args)],
  check: [install, async (args) => (await import('./check.mjs')).check(args)],
}

const [name, ...args] = process.argv.slice(2)
if (!Object.hasOwn(tasks, name ?? '')) {
  console.error(`Usage: node scripts/run.mjs ${Object.keys(tasks).join('|')} [arguments]`)
  process.exit(2)
}
for (const step of tasks[name]) {
  process.exitCode = await step(args)
  if (process.exitCode !== 0) break
}
