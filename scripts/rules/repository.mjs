// The rules, citations and tests of this repository.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../workspace.mjs'
import { citationsIn, definitionsIn } from './citations.mjs'

const SPECIFICATION = 'docs/specification/'
const SKIPPED = new Set(['.git', 'node_modules', 'dist', 'coverage'])
// Copies of pages: of the documentation site, and of tests that run the programs of a page.
const COPIES = /^(?:site\/(?:pages|\.vitepress\/cache)|test\/.*\/\.[\w-]+)$/
const TEXT = /\.(?:[cm]?[jt]sx?|json[cl]?|md|ya?ml)$/
// Markdown in the folders of tests explains which rules have no test.
const TEST = /^(?:test|packages\/[^/]+\/test)\/.*(?<!\.md)$|\.test(?:-d)?\.ts$/

const filesBelow = (folder) =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || COPIES.test(path) ? [] : filesBelow(path)
    return entry.isFile() && TEXT.test(entry.name) && entry.name !== 'package-lock.json' ? [path] : []
  })

/** Whether a path, from the root and with slashes, is that of a test or of data for tests. */
export const isTest = (path) => TEST.test(path)

/** Everything that is defined and cited, each with its `path` from the root. */
export const readRepository = () => {
  const definitions = []
  const citations = []
  for (const path of filesBelow('')) {
    const text = readFileSync(join(root, path), 'utf8')
    if (path.startsWith(SPECIFICATION)) for (const each of definitionsIn(text)) definitions.push({ ...each, path })
    for (const each of citationsIn(text)) citations.push({ ...each, path })
  }
  return { definitions, citations }
}
