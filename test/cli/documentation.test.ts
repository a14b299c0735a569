/** The output of commands in the documentation is what the commands print. IDs and durations differ. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../packages/cli/src/commands.ts'
import { SHORT_FORMS } from '../../packages/cli/src/invoke/contracts.ts'
import { CommandFolder } from '../support/cli.ts'
import { parseCommands, runCommand } from '../support/curl.ts'
import { Deferred } from '../support/deferred.ts'
import { documents, filesOf } from '../support/documents.ts'

const page = (path: string): string => documents.get(path) ?? ''
const INVOKE = page('docs/command-line/invoke.md')
const EXPLAIN = page('docs/command-line/explain.md')
const IMPORT = page('docs/command-line/import.md')
const SERVE = page('docs/command-line/serve.md')
const PAGES = [
  'docs/command-line/index.md',
  'docs/command-line/import.md',
  'docs/command-line/invoke.md',
  'docs/command-line/explain.md',
  'docs/command-line/serve.md',
  'packages/cli/README.md',
]

/** The first block of a language. */
const block = (text: string, language: 'js' | 'json' | 'ts'): string =>
  new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(text)?.[1] ?? ''

const policy = block(EXPLAIN, 'json')
const folder = new CommandFolder({
  'package.json': { type: 'module' },
  'authorizer.js': block(INVOKE, 'js'),
  'event.json': block(INVOKE, 'json'),
  'policy.json': policy,
  'invalid.json': policy.replace('"Effect": "Deny"', '"Effect": "Block"'),
})
const definitions = {
  import: new CommandFolder({ 'package.json': { type: 'module' }, ...filesOf(IMPORT) }),
  serve: new CommandFolder({ 'package.json': { type: 'module' }, ...filesOf(SERVE), 'auth.js': block(SERVE, 'js') }),
}
afterAll(() => [folder, ...Object.values(definitions)].forEach((each) => each.remove()))

/** The folder in which a command of a page runs. */
const folderOf = (path: string): CommandFolder =>
  path === 'docs/command-line/import.md'
    ? definitions.import
    : path === 'docs/command-line/serve.md'
      ? definitions.serve
      : folder

const sessions = PAGES.flatMap((path) =>
  Array.from(
    page(path).matchAll(/^```console\n\$ custom-authorizer (.+)\n([^]*?)^```$/gm),
    ([, line = '', output = '']) => ({
      path,
      line,
      output,
    }),
  ),
)

/** The arguments of a line for a shell; the pages use single quotes only. */
const split = (line: string): string[] =>
  Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '')

const comparable = (text: string): string =>
  text
    .replaceAll(/[\d.]+ ms/g, '# ms')
    .replaceAll(/^(  x-(?:amzn-RequestId|amz-apigw-id): ).*$/gm, '$1#')
    .replaceAll(/ +# ms/g, ' # ms')
    .replaceAll(/request ID \S+/g, 'request ID #')
    .trimEnd()

test('the pages show commands with their output', () => {
  expect(new Set(sessions.map(({ path }) => path))).toEqual(new Set(PAGES.slice(1)))
})

/** `serve` runs until it is ended. */
const isServing = ({ line }: (typeof sessions)[number]): boolean => /^serve .*--handler/.test(line)

beforeAll(async () => {
  const { 'serverless.yml': service = '' } = filesOf(IMPORT)
  const { stdout } = await definitions.import.run(['import', 'serverless.yml', '--stage', 'prod', '--json'])
  definitions.import.write('api.json', stdout)
  definitions.import.write('changed.yml', service.replace('path: pets, authorizer: auth', 'path: pets'))
})

test.each(sessions.filter((each) => !isServing(each)))('$path: $line', async ({ path, line, output }) => {
  const { stdout, stderr } = await folderOf(path).run(split(line))
  expect(comparable(stdout + stderr)).toBe(comparable(output))
})

test('the page of import has the module that --write writes', async () => {
  await definitions.import.run(['import', 'serverless.yml', '--stage', 'prod', '--write', 'guards.ts'])
  expect(block(IMPORT, 'ts')).toBe(definitions.import.read('guards.ts'))
})

describe('the page of serve', () => {
  const session = sessions.find(isServing)
  const service = createServer((_, response) => void response.end('pets'))
  let upstream = ''
  beforeAll(async () => {
    await once(service.listen(0, '127.0.0.1'), 'listening')
    upstream = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  })
  afterAll(() => void service.close())

  test('has the statuses and the lines that the requests of the page get', async () => {
    const ending = new AbortController()
    const listening = new Deferred<string>()
    const args = split(session?.line.replace('http://127.0.0.1:3000', upstream) ?? '')
    const running = definitions.serve.run([...args, '--port', '0'], {
      signal: ending.signal,
      onOutput: (text) => {
        const [url] = /^http:\/\/\S+/.exec(text) ?? []
        if (url !== undefined) listening.resolve(url)
      },
    })
    const url = await listening.promise
    const requests = parseCommands(SERVE.replaceAll('http://127.0.0.1:8787/', `${url}/`))
    const statuses: number[] = []
    for (const each of requests) statuses.push((await runCommand(each)).status)
    ending.abort()
    const { code, stdout, stderr } = await running
    expect(statuses).toEqual(requests.map(({ status }) => status))
    expect(new Set(statuses)).toEqual(new Set([200, 401, 403, 404]))
    const printed = (stdout + stderr).replace(url, 'http://127.0.0.1:8787').replace(upstream, 'http://127.0.0.1:3000')
    expect(comparable(printed)).toBe(comparable(session?.output ?? ''))
    expect(code).toBe(0)
  })
})

describe.each(commands.map((each) => [each.name, each] as const))(
  'the page of %s',
  (name, { optionNames, summary }) => {
    const text = page(`docs/command-line/${name}.md`)
    test('names every option', () => {
      expect(optionNames.filter((option) => option !== 'help' && !text.includes(`\`--${option}`))).toEqual([])
    })

    test('is linked from the overview and the README', () => {
      expect(summary).not.toBe('')
      expect(page('docs/command-line/index.md')).toContain(`| [\`${name}\`](${name}.md) |`)
      expect(page('packages/cli/README.md')).toContain(`| [\`${name}\`](`)
    })
  },
)

test('the table of short forms is that of the command', () => {
  const [header = [], , ...rows] = INVOKE.split('\n')
    .filter((line) => /^\| (?:short form|---|`--)/.test(line) && line.split('|').length === 10)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
  const documented = rows
    .filter(([form]) => form !== '--api')
    .map(([form = '', ...options]) => [
      form.slice(2),
      Object.fromEntries(options.flatMap((option, index) => (option === '' ? [] : [[header[index + 1], option]]))),
    ])
  expect(Object.fromEntries(documented)).toEqual(
    Object.fromEntries(
      Object.entries(SHORT_FORMS).map(([form, targets]) => [
        form,
        Object.fromEntries(Object.entries(targets).map(([contract, { option }]) => [contract, option])),
      ]),
    ),
  )
})
