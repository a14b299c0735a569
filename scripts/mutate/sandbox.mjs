// A copy of the project for Stryker to modify: sources and tests are copied, installed packages are linked.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { root } from '../workspace.mjs'

const SKIPPED = new Set(['node_modules', 'dist'])
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
  return sandbox
}

/** Links the installed packages; the workspace packages link to the copies. */
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
