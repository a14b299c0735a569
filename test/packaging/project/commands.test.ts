/** The commands of the repository: their help, and their errors for wrong arguments. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../../support/root.ts'

interface Ran {
  readonly code: number
  readonly output: string
  readonly errors: string
}

const node = (...args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, [...args], { cwd: root }, (error, output, errors) =>
      resolve({ code: error === null ? 0 : Number(error.code), output, errors }),
    )
  })

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }

/** How each command is started, without `node`. */
const commands = [
  ...Object.values(scripts).map((each) => each.replace(/^node /, '').split(' ')),
  ['scripts/pack.mjs'],
  ['scripts/words.mjs'],
]

describe.each(commands.map((each) => [each.join(' '), each] as const))('%s', (_, command) => {
  test.each(['--help', '-h'])('%s prints what the command does and its arguments', async (flag) => {
    const { code, output, errors } = await node(...command, flag)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toMatch(/^Usage: (?:npm|node) .+\n\n[A-Z].+\n\n(?: {2}.+\n)*? {2}--help/)
  })
})

test('the list of commands names every script', async () => {
  const { code, output } = await node('scripts/run.mjs')
  expect(code).toBe(2)
  for (const name of Object.keys(scripts)) expect(output).toMatch(new RegExp(`^  npm (?:run )?${name} `, 'm'))
  expect((await node('scripts/run.mjs', '--help')).code).toBe(0)
})

test.each([
  [['start', 'fastify'], 'unknown framework fastify; allowed: express, koa, hono'],
  [['start', '--port', '1'], 'unknown option --port; allowed: --all, --help'],
  [['start', 'koa', 'hono'], '2 arguments; allowed: at most 1'],
  [['check', 'typos'], 'unknown step typos; allowed: format, lint, types, words, unused, packages, site'],
  [
    ['bench', '--only', 'fastify'],
    '--only: found fastify; allowed: node, express, koa, hono, websocket, inside, loop, policy, jwt, memory, size, fleet, definitions',
  ],
  [['bench', '--repetitions', '0'], '--repetitions: found 0; allowed: a number above 0'],
  [['bench', 'koa'], 'unexpected argument koa; allowed: only options'],
  [['rules', '--wher', 'SEC-24'], 'unknown option --wher; allowed: --where, --missing, --help'],
  [['mutate', '--only', 'x'], '--only: found x; allowed: target, headers, cache, output, policy'],
  [['fuzz', '-x'], 'unknown option -x; allowed: --minutes, --iterations, --only, --seed, --help'],
  [['services', 'verdaccio'], 'unknown service verdaccio; allowed: etherpad, localtunnel'],
  [['docs', '--force'], 'unknown option --force; allowed: --help'],
])('wrong arguments are listed with what is allowed: %j', async (args, message) => {
  const { code, output, errors } = await node('scripts/run.mjs', ...args)
  expect([code, output]).toEqual([2, ''])
  expect(errors).toMatch(new RegExp(`^${message}\n\nUsage: `))
})

test('CONTRIBUTING.md lists every script', () => {
  const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const missing = Object.keys(scripts).filter((name) => !new RegExp(`^\\| \`npm (?:run )?${name}\\b`, 'm').test(page))
  expect(missing).toEqual([])
})

test('the benchmarks write incomplete results to a temporary file', async () => {
  const tracked = join(root, 'bench', 'latest.json')
  const before = readFileSync(tracked, 'utf8')
  const { output } = await node(
    '-e',
    "import('./bench/report/files.mjs').then(({ writeTemporary }) => console.log(writeTemporary({ node: 'v0', rows: [] })))",
  )
  expect(output).not.toContain(root)
  expect(readFileSync(output.trim(), 'utf8')).toBe('{"node":"v0","rows":[\n\n]}\n')
  expect(readFileSync(tracked, 'utf8')).toBe(before)
})
