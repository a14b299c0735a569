/** The documentation: its pages, and the programs in them. @module */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.ts'

const pagesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.md'))

const READMES = ['packages', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => `${folder}/${name}/README.md`),
)

/** Every page by path from the root. */
export const documents: ReadonlyMap<string, string> = new Map(
  [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'examples/README.md',
    'site/home.md',
    ...pagesBelow('test').filter((path) => !/^test\/data\/.*\/|\/\.|node_modules/.test(path)),
    ...pagesBelow('docs'),
    ...READMES,
  ]
    .filter((path) => existsSync(join(root, path)))
    .toSorted()
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
)

/** A block of JavaScript or TypeScript. */
export interface Program {
  readonly page: string
  /** The file that the first line names, otherwise one that is named after the line of the block. */
  readonly file: string
  readonly code: string
  /** Whether the block is marked with `no-run`: it needs something that a test does not have. */
  readonly isRun: boolean
}

const BLOCK = /^```(js|ts)(?: ([\w-]+))?\n([^]*?)^```$/gm
const NAME = /^\/\/ (\S+\.[cm]?[jt]s)\n/
const COMMONJS = /\brequire\(|^(?:module\.)?exports\b/m

/** The programs of a page. A block whose first line is a comment with a file name can be imported by the others. */
export const programsOf = (page: string, text: string): readonly Program[] =>
  Array.from(text.matchAll(BLOCK), ({ 1: language = '', 2: mark, 3: code = '', index }) => {
    if (mark !== undefined && mark !== 'no-run')
      throw new Error(`${page}: ${mark} is not a mark of a block; allowed: no-run`)
    const extension = language === 'js' && COMMONJS.test(code) ? 'cjs' : language
    const line = text.slice(0, index).split('\n').length
    const file = NAME.exec(code)?.[1] ?? `line-${line}.${extension}`
    return { page, file, code, isRun: mark === undefined && !file.endsWith('.cjs') && extension !== 'cjs' }
  })

/** Blocks of a page whose first line is a comment with a file name, in a language that is not run: files that programs read. */
export const filesOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from(text.matchAll(/^```(?:ya?ml|hcl|ini)\n(# (\S+\.\w+)\n[^]*?)^```$/gm), ([, content = '', name = '']) => [
      name,
      content,
    ]),
  )

/** All programs of the documentation. */
export const programs: readonly Program[] = [...documents].flatMap(([page, text]) => programsOf(page, text))
