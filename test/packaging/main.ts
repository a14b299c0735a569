/** `npm run packages [part ...]`: the packed packages in projects that are downloaded. @module */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../support/root.ts'
import { type Packed, runFile } from './download.ts'
import { testInstalls } from './installs/main.ts'
import { testJest } from './jest/main.ts'
import { testTypes } from './matrix/main.ts'

/** Each part resolves with the number of its failures. */
const PARTS: Readonly<Record<string, (packed: Packed) => Promise<number>>> = {
  types: testTypes,
  installs: testInstalls,
  jest: testJest,
}

/** Resolves with the exit code. */
export const main = async (names: readonly string[]): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), 'packages-'))
  const tarballs = join(folder, 'tarballs')
  let failures = 0
  try {
    await runFile(process.execPath, [join(root, 'scripts', 'pack.mjs'), tarballs], { cwd: root })
    for (const [name, part] of Object.entries(PARTS)) {
      if (names.length > 0 && !names.includes(name)) continue
      console.log(`\n${name}`)
      const own = join(folder, name)
      mkdirSync(own)
      failures += await part({ folder: own, tarballs })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(failures === 0 ? '\nAll passed' : `\n${failures} FAILED`)
  return failures === 0 ? 0 : 1
}
