/** The rules of docs/specification: every rule is defined once, every citation names a defined rule. @module */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  citationProblems,
  citationsIn,
  coverageOf,
  definitionProblems,
  definitionsIn,
  familyOf,
} from '../../../scripts/rules/citations.mjs'
import { isTest, readRepository } from '../../../scripts/rules/repository.mjs'
import { root } from '../../support/root.ts'
import { withoutComments } from '../../support/without-comments.ts'

/** String and template literals. */
const LITERAL = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g

/** Built from parts, so that this file does not cite an undefined rule. */
const madeUp = (family: string, number = '9999'): string => `${family}-${number}`

const { definitions, citations } = readRepository()

/** A definition in a page `a.md`. */
const at = (line: number, id: string, anchor: string = id.toLowerCase()) => ({ path: 'a.md', line, id, anchor })

describe('the specification', () => {
  test('defines every rule once, with its ID in lower case as the anchor', () => {
    expect(definitionProblems(definitions)).toEqual([])
    expect(definitions.length).toBeGreaterThan(800)
  })

  test('defines every rule that the repository cites', () => {
    expect(citationProblems(citations, new Set(definitions.map(({ id }) => id)))).toEqual([])
    expect(citations.some(({ path }) => path.startsWith('packages/core/src/'))).toBe(true)
  })

  test('is read from the pages and not from the tests', () => {
    expect(definitions.filter(({ path }) => !path.startsWith('docs/specification/'))).toEqual([])
  })
})

/** Markdown of the project, by path from the root, without code: a link in code is text. */
const pages: ReadonlyMap<string, string> = new Map(
  readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .concat('README.md', 'CONTRIBUTING.md', 'SECURITY.md')
    .filter((path) => path.endsWith('.md'))
    .map((path) => [path, readFileSync(join(root, path), 'utf8').replaceAll(/```[^]*?```/g, '')]),
)

/** The anchors that GitHub gives a page: those in the text, and its headings. */
const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set([
    ...Array.from(page.matchAll(/<a id="([^"]+)"/g), ([, id = '']) => id),
    ...Array.from(page.matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  ])

test('links to the specification name a page and an anchor that exist', () => {
  const broken = [...pages].flatMap(([path, page]) =>
    Array.from(page.replaceAll(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : posix.join(dirname(path), file)
      if (/^\w+:/.test(link) || !/^docs\/specification\/./.test(target)) return undefined
      const found = pages.get(target)
      const isFound = found !== undefined && (anchor === undefined || anchorsOf(found).has(anchor))
      return isFound ? undefined : `${path}: ${link}`
    }).filter((each) => each !== undefined),
  )
  expect(broken).toEqual([])
})

describe('citationsIn', () => {
  test.each<[text: string, ids: readonly string[]]>([
    ['SEC-24 repeated headers', ['SEC-24']],
    ['(AWS-POL-22b, HW-3P-01, INV-3)', ['AWS-POL-22b', 'HW-3P-01', 'INV-3']],
    ['AWS-OUT-20..27 and AWS-ID-01/02/08', ['AWS-OUT-20', 'AWS-ID-01']],
    ['SEC-01 – SEC-16', ['SEC-01', 'SEC-16']],
    [madeUp('FLEET'), [madeUp('FLEET')]],
    [madeUp('DEF-OAS'), [madeUp('DEF-OAS')]],
    ['AWS-ID, SEC, CVE-2026-1234, RFC-9110, SEC-x, XSEC-1, X-SEC-1, SEC-24th', []],
  ])('reads %j', (text, ids) => {
    expect(citationsIn(text).map(({ id }) => id)).toEqual(ids)
  })

  test('reports the line of each occurrence', () => {
    expect(citationsIn('SEC-01\n\nSEC-02 SEC-01')).toEqual([
      { id: 'SEC-01', line: 1 },
      { id: 'SEC-02', line: 3 },
      { id: 'SEC-01', line: 3 },
    ])
  })
})

describe('definitionsIn', () => {
  test('reads rules in lists, tables and paragraphs, and no citations', () => {
    const page = [
      '- <a id="aws-id-08"></a>**AWS-ID-08** see [AWS-ID-01](#aws-id-01)',
      '| <a id="aws-rest-09b"></a>**AWS-REST-09b** | 403 |',
      '<a id="sec-24"></a>**SEC-24** Repeated identity headers, unlike **SEC-25**',
    ].join('\n')
    expect(definitionsIn(page)).toEqual([
      { id: 'AWS-ID-08', line: 1, anchor: 'aws-id-08' },
      { id: 'AWS-REST-09b', line: 2, anchor: 'aws-rest-09b' },
      { id: 'SEC-24', line: 3, anchor: 'sec-24' },
    ])
  })

  test('a second definition and a wrong anchor are problems', () => {
    expect(definitionProblems([at(1, 'SEC-01'), at(2, 'SEC-02')])).toEqual([])
    expect(definitionProblems([at(1, 'SEC-01'), at(7, 'SEC-01'), at(8, 'SEC-02', 'sec-2')])).toEqual([
      'a.md:7: SEC-01 is already defined at a.md:1',
      'a.md:8: the anchor of SEC-02 is sec-2',
    ])
  })
})

describe('citationProblems', () => {
  const defined = new Set(['SEC-24'])

  test('a defined rule is accepted', () => {
    expect(citationProblems([{ path: 'a.ts', line: 1, id: 'SEC-24' }], defined)).toEqual([])
  })

  test('an undefined rule is reported with its place', () => {
    const id = madeUp('SEC')
    expect(citationProblems([{ path: 'a.ts', line: 3, id }], defined)).toEqual([`a.ts:3: ${id} is not defined`])
  })

  test.each(['HOST'])('a rule of the unpublished family %s is reported', (family) => {
    const id = madeUp(family)
    expect(citationProblems([{ path: 'a.ts', line: 3, id }], defined)).toEqual([
      `a.ts:3: ${id} belongs to a specification that is not published`,
    ])
  })
})

test('coverageOf counts the rules of each family and lists those that no test names', () => {
  expect(coverageOf(['SEC-02', 'AWS-ID-02', 'AWS-ID-01'], new Set(['AWS-ID-02']))).toEqual([
    { name: 'AWS-ID', total: 2, missing: ['AWS-ID-01'] },
    { name: 'SEC', total: 1, missing: ['SEC-02'] },
  ])
})

test.each([
  ['AWS-POL-22b', 'AWS-POL'],
  ['HW-3P-01', 'HW-3P'],
  ['SEC-24', 'SEC'],
])('familyOf(%j) is %j', (id, family) => {
  expect(familyOf(id)).toBe(family)
})

test.each([
  ['test/core/cache.test.ts', true],
  ['test/corpus/aws/cache.json', true],
  ['packages/core/test/a.ts', true],
  ['packages/core/src/a.test-d.ts', true],
  ['test/corpus/aws/README.md', false],
  ['packages/core/src/cache.ts', false],
  ['docs/specification/README.md', false],
])('isTest(%j) is %j', (path, expected) => {
  expect(isTest(path)).toBe(expected)
})

test('messages of the packages contain no rule ID', () => {
  const inMessages = readdirSync(join(root, 'packages'))
    .flatMap((name) =>
      readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' }).map(
        (file) => `packages/${name}/src/${file.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) =>
      Array.from(withoutComments(readFileSync(join(root, path), 'utf8')).matchAll(LITERAL), ([literal]) => literal)
        // Lists such as `relaxes: ['SEC-04']`: an ID alone is data.
        .filter((literal) => citationsIn(literal).some(({ id }) => literal.slice(1, -1) !== id))
        .map((literal) => `${path}: ${literal}`),
    )
  expect(inMessages).toEqual([])
})
