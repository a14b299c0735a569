// Links of the documentation: from paths in the repository to pages of the site, and the check of the built pages.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'

const REPOSITORY = 'https://github.com/custom-authorizer/custom-authorizer'
const CODE = /^(```+)[^]*?^\1$|(`+)[^`]+?\2/gm

/** Applies a function to the text of a page outside of code. */
export const mapText = (page, change) => {
  let end = 0
  let result = ''
  for (const { 0: code, index } of page.matchAll(CODE)) {
    result += change(page.slice(end, index)) + code
    end = index + code.length
  }
  return result + change(page.slice(end))
}

/**
 * The address of a link in a page: a page of the site if the file is one, otherwise the file in the repository. `pages` has
 * the pages of the site by path from the root of the repository.
 */
const addressOf = (link, source, pages, root) => {
  const own = link.startsWith(`${REPOSITORY}/blob/main/`) ? `/${link.slice(`${REPOSITORY}/blob/main/`.length)}` : link
  if (/^[a-z]+:/.test(own) || own.startsWith('#')) return link
  const [path, anchor] = own.split('#')
  const file = path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(source), path)
  const suffix = anchor === undefined ? '' : `#${anchor}`
  const page = pages.get(file) ?? pages.get(posix.join(file, 'README.md'))
  if (page !== undefined)
    return `${posix.relative(posix.dirname(pages.get(source)), page) || posix.basename(page)}${suffix}`
  const target = join(root, file)
  // A file that does not exist stays a relative link, which the build reports.
  if (!existsSync(target)) return link
  return `${REPOSITORY}/${statSync(target).isDirectory() ? 'tree' : 'blob'}/main/${file}${suffix}`
}

/** Replaces the links of a page. */
export const withSiteLinks = (page, source, pages, root) =>
  page.replaceAll(
    /(\]\()([^)\s]+)(\))/g,
    (_, before, link, after) => before + addressOf(link, source, pages, root) + after,
  )

const IDS = /\sid="([^"]*)"/g
const LINKS = /<a\s[^>]*?href="([^"]*)"/g
const FOREIGN = /<(?:script|link|img|iframe)\s[^>]*?(?:src|href)="(?:https?:)?\/\/[^"]*"/g

/** Whether a link of a built page leads to a page or file, and to an anchor in it. */
const isDead = (href, name, { folder, base, pages, ids }) => {
  if (/^[a-z]+:/.test(href)) return false
  const { pathname, hash } = new URL(href, `http://site${base}${name}`)
  const path = posix.relative(base, decodeURI(pathname))
  const file = [path, `${path}.html`, posix.join(path, 'index.html')].find((each) => pages.has(each))
  if (file === undefined) return !existsSync(join(folder, path))
  return hash !== '' && !ids.get(file).has(decodeURIComponent(hash.slice(1)))
}

/** Links and anchors of a built site that lead to nothing, and files of other hosts that a page loads, one line each. */
export const siteProblems = (folder, base) => {
  const pages = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.html'))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  )
  const ids = new Map([...pages].map(([name, html]) => [name, new Set(Array.from(html.matchAll(IDS), ([, id]) => id))]))
  const dead = [...pages].flatMap(([name, html]) =>
    Array.from(html.matchAll(LINKS), ([, href]) => href)
      .filter((href) => isDead(href, name, { folder, base, pages, ids }))
      .map((href) => `${name}: ${href} leads to nothing`),
  )
  const foreign = [...pages].flatMap(([name, html]) =>
    Array.from(html.matchAll(FOREIGN), ([tag]) => `${name}: ${tag} is loaded from another host`),
  )
  return [...new Set([...dead, ...foreign])].sort()
}
