/** What each README says to install and to import. @module */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { packageFolders, root } from '../packages/project.ts'

export interface Readme {
  /** Path from the root. */
  readonly path: string
  /** Packages of the first `npm install` command. */
  readonly installed: readonly string[]
  /** Packages and entries that the first program imports, without modules of Node.js and of the project. */
  readonly imported: readonly string[]
}

const readReadme = (file: string): Readme => {
  const text = readFileSync(file, 'utf8')
  const command = /^npm install (.+)$/m.exec(text)?.[1]
  if (command === undefined) throw new Error(`${file}: no npm install command`)
  const program = /^```(?:js|ts)\n(.*?)^```/ms.exec(text)?.[1] ?? ''
  const imports = [...program.matchAll(/^import .* from '([^'.][^']*)'/gm)]
  const names = imports.map(([, name = '']) => name).filter((name) => !name.startsWith('node:'))
  return {
    path: relative(root, file),
    installed: command.split(' ').filter((each) => each !== ''),
    imported: [...new Set(names)],
  }
}

export const readmes = (): readonly Readme[] =>
  [root, ...packageFolders].map((folder) => readReadme(join(folder, 'README.md')))
