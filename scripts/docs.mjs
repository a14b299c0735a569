// npm run docs: writes the generated pages, docs/denials.md, docs/errors.md and the folders next to them, from their tables.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { withModule } from './sources.mjs'
import { root } from './workspace.mjs'

export const docs = () =>
  withModule('/scripts/docs/generated.ts', ({ pages }) => {
    for (const folder of ['denials', 'errors']) rmSync(join(root, 'docs', folder), { recursive: true, force: true })
    for (const [path, page] of pages) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), page)
    }
    return 0
  })
