// npm run site, and the step `site` of npm run check: the documentation site. Its tools are installed in `site/`, because they
// need other versions of Vite and TypeScript than the repository.
import { watch } from 'node:fs'
import { join } from 'node:path'

import { siteProblems } from '../site/links.mjs'
import { clearPages, writePages } from '../site/pages.mjs'
import { installFolder, root, run } from './workspace.mjs'

const site = join(root, 'site')
const command = (file, ...args) => [process.execPath, [join(site, 'node_modules', file), ...args]]
const [TYPEDOC, VITEPRESS] = ['typedoc/bin/typedoc', 'vitepress/bin/vitepress.js']

const installTools = () => installFolder('site', 'the tools of the site', '150 MB')

/** Installs the tools and writes the pages with the reference of the packages. */
const prepare = async (options) => {
  const installed = await installTools()
  if (installed !== 0) return installed
  clearPages()
  writePages()
  return run(...command(TYPEDOC, '--options', join(site, 'typedoc.json')), options)
}

/** Builds the site. Dead links and anchors are errors. */
export const buildSite = async (options = { quiet: true }) => {
  const prepared = await prepare(options)
  if (prepared !== 0) return prepared
  const built = await run(...command(VITEPRESS, 'build', site), options)
  if (built !== 0) return built
  const problems = siteProblems(join(site, '.vitepress', 'dist'), '/custom-authorizer/')
  for (const problem of problems) console.error(problem)
  return problems.length === 0 ? 0 : 1
}

/** Serves the site on this machine, and writes the pages again when the documentation changes. */
export const serveSite = async ({ port = '5173' }) => {
  const prepared = await prepare()
  if (prepared !== 0) return prepared
  const watcher = watch(join(root, 'docs'), { recursive: true }, () => writePages())
  try {
    return await run(...command(VITEPRESS, 'dev', site, '--host', '127.0.0.1', '--port', port))
  } finally {
    watcher.close()
  }
}
