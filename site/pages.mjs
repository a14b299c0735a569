// Writes `pages/`, the input of the site: the documentation with links between pages, and the home page.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { mapText, withSiteLinks } from './links.mjs'

const site = import.meta.dirname
const root = dirname(site)
const PAGES = join(site, 'pages')

/** Pages that are not below `docs`. */
const OTHERS = {
  'site/home.md': 'index.md',
  'packages/jwt/README.md': 'jwt.md',
  'examples/README.md': 'examples.md',
}

/** The pages of the site by their source, both as paths. */
export const sitePages = () =>
  new Map([
    ...Object.entries(OTHERS),
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => [`docs/${name}`, name.replace(/README\.md$/, 'index.md')]),
  ])

/** Vue reads braces in text as an expression. */
const withoutExpressions = (text) => text.replaceAll('{{', '&#123;&#123;')

/** Writes all pages except the reference. */
export const writePages = () => {
  const pages = sitePages()
  for (const [source, page] of pages) {
    const target = join(PAGES, page)
    mkdirSync(dirname(target), { recursive: true })
    const text = readFileSync(join(root, source), 'utf8')
    writeFileSync(target, mapText(withSiteLinks(text, source, pages, root), withoutExpressions))
  }
}

export const clearPages = () => rmSync(PAGES, { recursive: true, force: true })
