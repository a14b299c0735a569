/** The output of commands in the documentation is what the commands print. IDs and durations differ. */
import { afterAll, describe, expect, test } from 'vitest'
import { commands } from '../../packages/cli/src/commands.ts'
import { SHORT_FORMS } from '../../packages/cli/src/invoke/contracts.ts'
import { CommandFolder } from '../support/cli.ts'
import { documents } from '../support/documents.ts'

const page = (path: string): string => documents.get(path) ?? ''
const INVOKE = page('docs/command-line/invoke.md')
const EXPLAIN = page('docs/command-line/explain.md')
const PAGES = [
  'docs/command-line/index.md',
  'docs/command-line/invoke.md',
  'docs/command-line/explain.md',
  'packages/cli/README.md',
]

/** The first block of a language. */
const block = (text: string, language: 'js' | 'json'): string =>
  new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(text)?.[1] ?? ''

const policy = block(EXPLAIN, 'json')
const folder = new CommandFolder({
  'package.json': { type: 'module' },
  'authorizer.js': block(INVOKE, 'js'),
  'event.json': block(INVOKE, 'json'),
  'policy.json': policy,
  'invalid.json': policy.replace('"Effect": "Deny"', '"Effect": "Block"'),
})
afterAll(() => folder.remove())

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
    .trimEnd()

test('the pages show commands with their output', () => {
  expect(new Set(sessions.map(({ path }) => path))).toEqual(new Set(PAGES.slice(1)))
})

test.each(sessions)('$path: $line', async ({ line, output }) => {
  const { stdout, stderr } = await folder.run(split(line))
  expect(comparable(stdout + stderr)).toBe(comparable(output))
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
