import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { packageFolders, readManifest, root } from '../packages/project.ts'

/** Pages of the documentation below a folder, without the specification, which has a test of its own. */
const pagesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (path === 'docs/specification') return []
    return entry.isDirectory() ? pagesBelow(path) : path.endsWith('.md') ? [path] : []
  })

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'examples/README.md',
  'test/README.md',
  ...pagesBelow('docs'),
  ...packageFolders.map((folder) => relative(root, join(folder, 'README.md'))),
].map((name) => [name, readFileSync(join(root, name), 'utf8')] as const)

/** The import specifiers of all entries. */
const entries = new Set(
  packageFolders.flatMap((folder) => {
    const { name, exports } = readManifest(folder)
    return Object.keys(exports).map((subpath) => join(name, subpath))
  }),
)
const blocksOf = (text: string): string[] =>
  [...text.matchAll(/^```(?:js|ts)\n([^]*?)^```$/gm)].map(([, code = '']) => code)

const withoutCode = (text: string): string => text.replaceAll(/^```[^]*?^```$/gm, '')

/** The anchors of a page on GitHub: explicit ones, and its headings. */
const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set([
    ...Array.from(text.matchAll(/<a id="([^"]+)"/g), ([, id = '']) => id),
    ...Array.from(withoutCode(text).matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  ])

describe.each(documents)('%s', (name, text) => {
  test('names packages and subpaths that exist', () => {
    const named = [...text.matchAll(/@custom-authorizer\/[\w-]+(?:\/[\w-]+)*/g)].map(([each]) => each)
    expect(named.filter((each) => !entries.has(each) && !each.startsWith('@custom-authorizer/source'))).toEqual([])
  })

  test('imports names that are exported', async () => {
    const unknown: string[] = []
    for (const code of blocksOf(text)) {
      for (const [, clause = '', from = ''] of code.matchAll(
        /^import \{([^}]*)\} from '(@custom-authorizer\/[^']+)'/gm,
      )) {
        const exported = Object.keys((await import(from)) as object)
        const wanted = clause
          .split(',')
          .map((each) => each.trim().replace(/ as .*/, ''))
          .filter((each) => each !== '' && !each.startsWith('type '))
        unknown.push(...wanted.filter((each) => !exported.includes(each)).map((each) => `${each} from ${from}`))
      }
    }
    expect(unknown).toEqual([])
  })

  test('links to files and headings that exist', () => {
    const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
    const broken = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false
      const [file = '', anchor] = link.split('#')
      const path = file === '' ? name : posix.join(posix.dirname(name), file)
      if (!existsSync(join(root, path))) return true
      return anchor !== undefined && !anchorsOf(readFileSync(join(root, path), 'utf8')).has(anchor)
    })
    expect(broken).toEqual([])
  })

  test('names files and folders that exist', () => {
    const named = [...text.matchAll(/`((?:packages|test|docs|scripts|bench|kernel|node|aws)\/[\w./-]*)`/g)].map(
      ([, path = '']) => (/^(?:kernel|node|aws)\//.test(path) ? `packages/core/src/${path}` : path),
    )
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('runs scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
    const run = [...text.matchAll(/\bnpm (?:run )?(start|test|run \w+|(?<=run )\w+)/g)].map(([, each = '']) =>
      each.replace(/^run /, ''),
    )
    expect(run.filter((each) => !Object.hasOwn(scripts, each))).toEqual([])
  })
})

describe('programs in documents', () => {
  const folder = join(root, 'node_modules', '.cache', 'readme')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  // Errors of code that the reader provides: names (2304, 2552, 18004), relative modules (2307), untyped parameters (7006, 7031).
  const OWN = /error TS(?:2304|2552|7006|7031|18004)\b|error TS2307: Cannot find module '\./

  test('compile', { timeout: 60_000 }, async () => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of documents) {
      const page = name.replaceAll(/\W/g, '-')
      for (const [index, code] of blocksOf(text).entries()) {
        if (!/^import /m.test(code)) continue
        // A block that names its file can import the other files of its page.
        const [, file] = /^\/\/ (\S+\.ts)\n/.exec(code) ?? []
        const path = join(folder, file === undefined ? `${page}-${index}.ts` : join(page, file))
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, code)
      }
    }
    expect(readdirSync(folder).length).toBeGreaterThan(4)
    const base = relative(folder, join(root, 'test', 'types', 'tsconfig.json'))
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: base,
        compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
        include: ['**/*.ts'],
      }),
    )
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const output = await promisify(execFile)(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
      cwd: root,
    }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    )
    const errors = output.split('\n').filter((line) => line.includes('.cache/readme/') && !OWN.test(line))
    expect(errors).toEqual([])
  })
})
