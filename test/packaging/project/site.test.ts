/** The documentation site: its pages, its links, its tools. `npm run check site` builds it. @module */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { sidebar } from '../../../site/.vitepress/sidebar.mjs'
import { siteProblems, withSiteLinks } from '../../../site/links.mjs'
import { sitePages } from '../../../site/pages.mjs'
import { root } from '../../support/root.ts'

const read = (path: string): string => readFileSync(join(root, 'site', path), 'utf8')

test('every page has an entry in the sidebar, and every entry a page', () => {
  const entries = Object.values(sidebar).flatMap((groups) =>
    groups.flatMap(({ items }) => items.map(({ link }) => link)),
  )
  const pages = [...sitePages().values()].map((page) => `/${page.replace(/\.md$/, '')}`)
  expect(pages.filter((page) => page !== '/index' && !entries.includes(page))).toEqual([])
  expect(entries.filter((entry) => !entry.startsWith('/api/') && !pages.includes(entry))).toEqual([])
})

test('SEC-117 the tools of the site are locked, without download addresses and install scripts', () => {
  expect(read('package-lock.json')).not.toContain('"resolved"')
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m)
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> }
  expect(Object.values(devDependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

describe('withSiteLinks', () => {
  const pages = new Map([
    ['docs/options.md', 'options.md'],
    ['docs/guides/store.md', 'guides/store.md'],
    ['packages/jwt/README.md', 'jwt.md'],
    ['docs/specification/README.md', 'specification/index.md'],
  ])
  test.each([
    ['docs/guides/store.md', '../options.md#api', '../options.md#api'],
    ['docs/options.md', '../packages/jwt/README.md', 'jwt.md'],
    ['docs/options.md', 'specification', 'specification/index.md'],
    ['docs/options.md', '#api', '#api'],
    ['docs/options.md', 'https://example.com/a', 'https://example.com/a'],
    [
      'packages/jwt/README.md',
      'https://github.com/custom-authorizer/custom-authorizer/blob/main/docs/options.md',
      'options.md',
    ],
    ['docs/options.md', '../README.md', 'https://github.com/custom-authorizer/custom-authorizer/blob/main/README.md'],
    ['docs/options.md', '../bench', 'https://github.com/custom-authorizer/custom-authorizer/tree/main/bench'],
    ['docs/options.md', 'missing.md', 'missing.md'],
  ])('in %s, %s becomes %s', (source, link, expected) => {
    expect(withSiteLinks(`[text](${link})`, source, pages, root)).toBe(`[text](${expected})`)
  })
})

describe('siteProblems', () => {
  const folder = mkdtempSync(join(tmpdir(), 'site-'))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('reports dead links, dead anchors and files of other hosts', () => {
    const pages = {
      'index.html':
        '<h1 id="top"></h1><a href="/base/guide/a#here">a</a><a href="/base/guide/b">b</a><a href="#top">t</a>',
      'guide/a.html':
        '<a class="x" href="../index.html#bottom">i</a><a href="/base/">home</a><script src="https://cdn.example/x.js"></script>',
    }
    for (const [name, html] of Object.entries(pages)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), html)
    }
    expect(siteProblems(folder, '/base/')).toEqual([
      'guide/a.html: ../index.html#bottom leads to nothing',
      'guide/a.html: <script src="https://cdn.example/x.js" is loaded from another host',
      'index.html: /base/guide/a#here leads to nothing',
      'index.html: /base/guide/b leads to nothing',
    ])
  })
})
