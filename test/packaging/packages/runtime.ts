/** Which platform modules the published code imports. @module */
import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { withoutComments } from '../../support/without-comments.ts'
import { findInstalled, type Manifest, type Project, readManifest } from './project.ts'

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)["']([^"']+)["']/g
const isBuiltin = (specifier: string): boolean => specifier.startsWith('node:') || builtinModules.includes(specifier)

/** The file that a specifier resolves to on runtimes other than Node.js. */
const targetOf = ({ exports, ...manifest }: Manifest & { main?: string }, subpath: string): string => {
  let found: unknown = exports?.[subpath] ?? exports
  while (typeof found === 'object' && found !== null) {
    const choice = found as Record<string, unknown>
    found = choice['import'] ?? choice['browser'] ?? choice['worker'] ?? choice['default']
  }
  if (typeof found === 'string') return found
  return manifest.main ?? 'index.js'
}

/** CommonJS omits the extension. */
const fileOf = (path: string): string => (existsSync(path) ? path : `${path}.js`)

/** Every import of a Node.js module that an entry reaches, as `file: specifier`. */
const builtinsFrom = (project: Project, name: string, subpath: string): string[] => {
  const builtins: string[] = []
  const seen = new Set<string>()
  const request = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const code = withoutComments(readFileSync(file, 'utf8'))
    for (const [, specifier = ''] of code.matchAll(IMPORT)) {
      if (isBuiltin(specifier)) builtins.push(`${relative(project.folder, file)}: ${specifier}`)
      else if (specifier.startsWith('.')) request(fileOf(join(dirname(file), specifier)))
      else {
        const [, bare = '', rest = ''] = /^((?:@[^/]+\/)?[^/]+)(.*)$/.exec(specifier) ?? []
        const folder = findInstalled(bare, dirname(file))
        request(join(folder, targetOf(readManifest(folder), `.${rest}`)))
      }
    }
  }
  const folder = project.installed(name)
  request(join(folder, targetOf(readManifest(folder), subpath)))
  expect(seen.size).toBeGreaterThan(1)
  return builtins
}

export const runtimeTests = (project: Project): void => {
  test.each([
    ['@custom-authorizer/core', '.'],
    ['@custom-authorizer/core', './aws'],
    ['@custom-authorizer/core', './fetch'],
    ['@custom-authorizer/core', './remote'],
    ['@custom-authorizer/hono', '.'],
  ])('SEC-113 %s %s imports no Node.js module, directly or indirectly', (name, subpath) => {
    expect(builtinsFrom(project, name, subpath)).toEqual([])
  })

  test('SEC-113 the check finds imports of Node.js modules', () => {
    project.write('node_modules/seen/package.json', '{"name":"seen","type":"module","exports":"./index.js"}')
    project.write('node_modules/seen/index.js', "import './other.js'\n")
    project.write('node_modules/seen/other.js', "export { join } from 'node:path'\nconst fs = require('fs')\n")
    expect(builtinsFrom(project, 'seen', '.')).toEqual([
      'node_modules/seen/other.js: node:path',
      'node_modules/seen/other.js: fs',
    ])
    expect(existsSync(project.installed('seen'))).toBe(true)
  })
}
