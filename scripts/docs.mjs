// npm run docs: writes docs/denials.md and docs/errors.md from their tables.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { generatedPages } from './docs/pages.mjs'
import { withModule } from './sources.mjs'
import { root } from './workspace.mjs'

export const docs = () =>
  withModule('/packages/core/src/contract.ts', ({ DENIALS, GATEWAY_RESPONSES }) => {
    for (const [path, page] of generatedPages(DENIALS, GATEWAY_RESPONSES)) writeFileSync(join(root, path), page)
    return 0
  })
