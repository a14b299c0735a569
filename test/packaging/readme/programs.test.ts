/**
 * Every block of JavaScript and TypeScript in the documentation compiles against the sources, with its own imports only, and
 * every block without the mark `no-run` runs. `reader/` contains the modules that a reader provides. Blocks of YAML whose first
 * line is a comment with a file name are files of their page.
 * @module
 */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { documents, filesOf, type Program, programs, programsOf } from '../../support/documents.ts'
import { root } from '../../support/root.ts'

// Inside of the project, so that the packages are found.
const folder = join(import.meta.dirname, '.programs')
const reader = join(import.meta.dirname, 'reader')

const folderOf = (page: string): string => join(folder, page.replaceAll(/\W/g, '-'))
const pathOf = ({ page, file }: Program): string => join(folderOf(page), file)

/** Settings of the compiler for blocks of one language. JavaScript need not state the types of its parameters. */
const settings = (language: 'js' | 'ts'): object => ({
  extends: relative(folder, join(root, 'test', 'types', 'tsconfig.json')),
  compilerOptions: {
    rewriteRelativeImportExtensions: false,
    allowImportingTsExtensions: true,
    declaration: false,
    declarationMap: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    allowJs: true,
    checkJs: language === 'js',
    ...(language === 'js' && {
      noImplicitAny: false,
      noUncheckedIndexedAccess: false,
      useUnknownInCatchVariables: false,
    }),
  },
  include: language === 'js' ? ['*/*.js', '*/*.cjs'] : ['*/*.ts'],
})

const output = async (args: readonly string[], cwd = root): Promise<string> =>
  promisify(execFile)(process.execPath, args, { cwd, env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 2 ** 24 }).then(
    () => '',
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
  )

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  cpSync(join(reader, 'packages'), join(folder, 'node_modules'), { recursive: true })
  for (const file of ['run.test.js', 'vitest.config.js']) cpSync(join(reader, file), join(folder, file))
  writeFileSync(
    join(folder, 'programs.json'),
    JSON.stringify(programs.map((each) => ({ ...each, path: pathOf(each) }))),
  )
  for (const program of programs) {
    mkdirSync(folderOf(program.page), { recursive: true })
    writeFileSync(pathOf(program), program.code)
  }
  for (const page of new Set(programs.map((each) => each.page))) {
    for (const [name, text] of Object.entries(filesOf(documents.get(page) ?? '')))
      writeFileSync(join(folderOf(page), name), text)
    for (const file of readdirSync(join(reader, 'modules'))) {
      const target = join(folderOf(page), file)
      if (!existsSync(target)) cpSync(join(reader, 'modules', file), target)
    }
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a page has one block per file name', () => {
  const paths = programs.map(pathOf)
  expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([])
  expect(programs.length).toBeGreaterThan(40)
})

test.each(['js', 'ts'] as const)('the %s blocks of the documentation compile', async (language) => {
  const project = join(folder, `tsconfig.${language}.json`)
  writeFileSync(project, JSON.stringify(settings(language)))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const lines = (await output([tsc, '-p', project, '--pretty', 'false'])).split('\n')
  expect(lines.filter((line) => line.includes('.programs'))).toEqual([])
  expect(lines.filter((line) => line.includes('error TS'))).toEqual([])
})

test('the blocks of the documentation run', async () => {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  expect(await output([vitest, 'run', '--root', folder, '--config', join(folder, 'vitest.config.js')], folder)).toBe('')
})

test('programsOf reads names, marks and the module format', () => {
  const page = '```js\n// a.js\nx\n```\n\n```ts no-run\ny\n```\n\n```js\nrequire("z")\n```\n\n```json\n{}\n```\n'
  expect(programsOf('p.md', page).map(({ file, isRun }) => [file, isRun])).toEqual([
    ['a.js', true],
    ['line-6.ts', false],
    ['line-10.cjs', false],
  ])
  expect(filesOf('```yaml\n# a.yaml\nx: 1\n```\n\n```yaml\ny: 1\n```\n')).toEqual({ 'a.yaml': '# a.yaml\nx: 1\n' })
  expect(() => programsOf('p.md', '```js norun\n```\n')).toThrow('norun is not a mark')
})
