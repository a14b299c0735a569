// The commands of this repository: what each does, and its arguments. `scripts/arguments.mjs` reads them and prints the help.
import { modules } from './mutate/modules.mjs'

/** The steps of `npm run check`, in order. */
export const CHECK_STEPS = ['format', 'lint', 'types', 'words', 'unused', 'packages', 'site']
/** The sections of `npm run bench`, in order. */
export const BENCH_SECTIONS = [
  'node',
  'express',
  'koa',
  'hono',
  'websocket',
  'inside',
  'loop',
  'policy',
  'jwt',
  'memory',
  'size',
]
/** Sections that run only if they are named: `fleet` needs redis-server, and `definitions` measures no request of a server. */
export const OWN_BENCH_SECTIONS = ['fleet', 'definitions']
/** The parts of `npm run packages`, in order. */
const PACKAGE_PARTS = ['types', 'installs', 'jest']
/** The services of `npm run services`, in order. */
export const SERVICE_NAMES = ['etherpad', 'localtunnel']
/** The tools of `npm run compare-definitions`, in order. */
const DEFINITION_TOOLS = ['sam', 'serverless']
const FRAMEWORKS = ['express', 'koa', 'hono']

const flag = (text) => ({ type: 'boolean', text })
const text = (value, meaning) => ({ type: 'string', value, text: meaning })
const number = (meaning) => ({ type: 'string', value: 'N', text: meaning, number: true })
const oneOf = (choices, meaning) => ({ type: 'string', value: 'NAME', multiple: true, choices, text: meaning })

/**
 * One row per command. `operands` are arguments without a name. A command with `forwards` passes all arguments to that program.
 * `run` is how it is started, by default `npm run NAME`.
 */
export const COMMANDS = {
  start: {
    run: 'npm start',
    summary: 'Runs the example service on one framework, and prints commands to try. PORT sets the port; default 3000.',
    operands: { value: 'framework', choices: FRAMEWORKS, max: 1, text: 'default: express' },
    options: { all: flag('prints a command for every response of the guard') },
  },
  test: {
    run: 'npm test',
    summary: 'Runs the tests, or a part of them: npm test -- test/unit -t SEC-04',
    forwards: 'vitest',
  },
  'test:volume': { summary: 'Runs the tests of large quantities in full.', forwards: 'vitest' },
  check: {
    summary: 'Runs all checks except the tests, or the named steps.',
    operands: { value: 'step', choices: CHECK_STEPS, max: CHECK_STEPS.length, text: 'default: all' },
  },
  rules: {
    summary: 'Counts the rules of the specification that tests name.',
    options: {
      where: text('ID', 'lists the tests of a rule, such as SEC-24'),
      missing: text('FAMILY', 'lists the rules of a family without a test, such as AWS-ID'),
    },
  },
  docs: { summary: 'Writes the generated pages of docs: denial reasons and error codes.' },
  site: {
    summary: 'Serves the documentation site on this machine (installs 150 MB in site).',
    options: { port: number('default 5173') },
  },
  build: { summary: 'Compiles the packages into dist, as ES modules and as CommonJS.' },
  bench: {
    summary:
      'Runs the benchmarks. A full run of all sections (90 minutes) writes bench/latest.json and docs/performance.md; other results go to a temporary file.',
    options: {
      quick: flag('2 repetitions with short slices, in 5 minutes; for a first impression'),
      only: oneOf([...BENCH_SECTIONS, ...OWN_BENCH_SECTIONS], 'runs a section; can be repeated'),
      repetitions: number('number of new processes of each row; default 12'),
      report: flag('only writes docs/performance.md from bench/latest.json'),
    },
  },
  fuzz: {
    summary: 'Compares the security code with reference implementations on random input.',
    options: {
      minutes: number('time limit for all targets together; default 1, or none with --iterations'),
      iterations: number('inputs per target'),
      only: text('NAMES', 'targets, separated by commas; a wrong name lists them'),
      seed: text('S', 'seed of the first slice; default: random'),
    },
  },
  mutate: {
    summary: 'Runs the mutation tests of the security modules.',
    options: {
      only: oneOf(Object.keys(modules), 'tests a module; can be repeated'),
      incremental: flag('tests only what has changed since the last run'),
    },
  },
  packages: {
    summary:
      'Tests the packed packages with TypeScript 5.4 to 7, installed by npm, pnpm and Yarn, and in Jest 29 and 30 (downloads 400 MB).',
    operands: { value: 'part', choices: PACKAGE_PARTS, max: PACKAGE_PARTS.length, text: 'default: all' },
  },
  runtimes: { summary: 'Tests the packed packages on Node.js, Bun, Deno and workerd (downloads 350 MB).' },
  services: {
    summary:
      'Runs the tests of two open-source services without and with a guard, and sends requests without a key (downloads 200 MB).',
    operands: { value: 'service', choices: SERVICE_NAMES, max: SERVICE_NAMES.length, text: 'default: all' },
    options: { keep: flag('keeps the folder with the services, and prints its path') },
  },
  'compare-definitions': {
    summary:
      'Compares what deploying tools make of definition files with what is read from them (downloads 200 MB into a temporary folder).',
    operands: { value: 'tool', choices: DEFINITION_TOOLS, max: DEFINITION_TOOLS.length, text: 'default: all' },
    options: { keep: flag('keeps the folder with the documents, and prints its path') },
  },
  release: {
    summary: 'Releases all packages under one version: one of the options.',
    options: {
      'dry-run': flag('all of it without consequences, in a clone of the last commit; prints the release notes'),
      version: flag('turns the changesets into versions and changelogs'),
      check: flag('builds, packs and checks what would be published'),
      publish: flag('publishes; only in the release workflow, for a tag'),
      notes: flag('prints the release notes'),
    },
  },
  format: { summary: 'Formats everything, or the given files.', forwards: 'oxfmt' },
  'scripts/pack.mjs': {
    run: 'node scripts/pack.mjs',
    summary: 'Builds the packages, and packs each into a directory as for publication.',
    operands: { value: 'directory', min: 1, max: 1, text: 'required' },
  },
  'scripts/words.mjs': {
    run: 'node scripts/words.mjs',
    summary: 'Finds words that the project does not use, and says what to write.',
  },
}
