// A copy of the project that may be spoilt: sources and tests copied, installed packages linked.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { root } from '../workspace.mjs'
import { shortened } from './modules.mjs'

const SKIPPED = new Set(['node_modules', 'dist', 'coverage'])
const OWN = '@custom-authorizer'

export function createSandbox() {
  const sandbox = mkdtempSync(join(tmpdir(), 'mutate-'))
  for (const name of ['package.json', 'tsconfig.base.json', 'packages', 'test']) {
    cpSync(join(root, name), join(sandbox, name), {
      recursive: true,
      filter: (source) => !SKIPPED.has(source.slice(dirname(source).length + 1)),
    })
  }
  linkPackages(sandbox)
  shortenTests(sandbox)
  return sandbox
}

/** What is installed, but the names of the workspace lead to the copies. */
function linkPackages(sandbox) {
  const from = join(root, 'node_modules')
  const to = join(sandbox, 'node_modules')
  mkdirSync(join(to, OWN), { recursive: true })
  for (const name of readdirSync(from))
    if (name !== OWN && !name.startsWith('.')) symlinkSync(join(from, name), join(to, name))
  for (const folder of readdirSync(join(sandbox, 'packages'))) {
    symlinkSync(join(sandbox, 'packages', folder), join(to, OWN, folder))
    const nested = join(root, 'packages', folder, 'node_modules')
    if (existsSync(nested)) symlinkSync(nested, join(sandbox, 'packages', folder, 'node_modules'))
  }
}

function shortenTests(sandbox) {
  for (const [name, before, after] of shortened) {
    const file = join(sandbox, name)
    const text = readFileSync(file, 'utf8')
    if (!text.includes(before)) throw new Error(`${name} no longer says ${before}`)
    writeFileSync(file, text.replaceAll(before, after))
  }
}
