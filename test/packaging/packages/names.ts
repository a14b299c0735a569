/** The CommonJS build is rewritten after it was compiled (`scripts/commonjs`): every name in it has to be declared. @module */
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../support/root.ts'
import type { Project } from './project.ts'
import { SURFACE } from './surface-names.ts'

const linter = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint')
const RULES = JSON.stringify({
  categories: { correctness: 'off' },
  env: { node: true, commonjs: true, es2024: true },
  rules: { 'no-undef': 'error', 'no-const-assign': 'error' },
})

const packages = [...new Set(Object.keys(SURFACE).map((name) => name.split('/').slice(0, 2).join('/')))]

export const nameTests = (project: Project): void => {
  test.each(packages)('%s uses declared names only', async (name) => {
    // A folder without the ignore files and settings of this repository.
    const folder = join(project.folder, 'names', name)
    cpSync(join(project.installed(name), 'dist', 'cjs'), folder, { recursive: true })
    project.write('names/rules.json', RULES)
    expect(existsSync(join(folder, 'index.js'))).toBe(true)
    await project.node([linter, '-c', join(project.folder, 'names', 'rules.json'), folder])
  })

  test('a name that is not declared is found', async () => {
    project.write('names/broken/index.js', 'exports.a = () => missing')
    project.write('names/rules.json', RULES)
    const folder = join(project.folder, 'names', 'broken')
    const linting = project.node([linter, '-c', join(project.folder, 'names', 'rules.json'), folder])
    await expect(linting).rejects.toThrow("'missing' is not defined")
  })
}
