/** The files of each tarball. @module */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import { expect, test } from 'vitest'
import { type Conditions, packageFolders, type Project, readManifest, root } from './project.ts'

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith('node_modules'))

/** Every file that `exports` names, in any condition. */
const filesOf = (conditions: Conditions): string[] =>
  Object.values(conditions).flatMap((each) => (typeof each === 'string' ? [each] : filesOf(each)))

/** A source and all sources that it imports, as paths below their folder. */
const importedFrom = (folder: string, path: string, found: Set<string> = new Set()): ReadonlySet<string> => {
  if (found.has(path)) return found
  found.add(path)
  const text = readFileSync(join(folder, path), 'utf8')
  for (const [, imported = ''] of text.matchAll(/^(?:import|export|\}).*? from '(\.[^']+)'/gm))
    importedFrom(folder, posix.join(posix.dirname(path), imported), found)
  return found
}

export const contentTests = (project: Project): void => {
  const names = packageFolders.map((folder) => [readManifest(folder).name, folder] as const)

  test.each(names)('%s contains only sources, compiled files, README, licence and changelog', (name) => {
    const files = filesBelow(project.installed(name))
    const odd = files.filter(
      (path) =>
        !/^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$|^src\/[\w./-]+\.ts$|^dist\/[\w./-]+\.(?:js|d\.ts)(?:\.map)?$|^dist\/cjs\/(?:package\.json|LICENSE-jose\.md)$/.test(
          path,
        ),
    )
    expect(odd).toEqual([])
    expect(files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE']))
    expect(files.filter((path) => /(?:^|[./])(?:tests?|specs?|fixtures?)[./]/i.test(path))).toEqual([])
  })

  test.each(names)('%s contains code, types and maps for every source, and no other compiled file', (name) => {
    const files = filesBelow(project.installed(name))
    const sources = files.filter((path) => path.startsWith('src/'))
    const expected = sources.flatMap((path) =>
      ['.js', '.js.map', '.d.ts', '.d.ts.map'].map((end) => path.replace(/^src/, 'dist').replace(/\.ts$/, end)),
    )
    const compiled = files.filter((path) => /^dist\/(?!cjs\/|import\/)/.test(path))
    expect(compiled.sort()).toEqual(expected.sort())
  })

  test.each(names)('%s contains CommonJS code and types for every source that has an export, without maps', (name) => {
    const files = filesBelow(project.installed(name))
    // The programs of the command line are ES modules.
    const sources =
      name === '@custom-authorizer/cli'
        ? [...importedFrom(join(project.installed(name), 'src'), 'index.ts')]
        : files.filter((path) => path.startsWith('src/')).map((path) => path.slice('src/'.length))
    const stems = sources.map((path) => path.slice(0, -'.ts'.length))
    const bundled = name === '@custom-authorizer/jwt'
    const expected = [
      'package.json',
      ...(bundled ? ['LICENSE-jose.md', 'index.js'] : stems.map((stem) => `${stem}.js`)),
      ...stems.map((stem) => `${stem}.d.ts`),
    ].map((path) => `dist/cjs/${path}`)
    expect(files.filter((path) => path.startsWith('dist/cjs/')).sort()).toEqual(expected.sort())
  })

  test('the CommonJS build of the JWT package contains jose with its licence, and requires core only', () => {
    const folder = join(project.installed('@custom-authorizer/jwt'), 'dist', 'cjs')
    const code = readFileSync(join(folder, 'index.js'), 'utf8')
    const required = [...code.matchAll(/\b(?:require|import)\s*\(\s*["']([^"']+)["']/g)].map(([, each]) => each)
    expect(required.toSorted((a = '', b = '') => (a < b ? -1 : 1))).toEqual([
      '@custom-authorizer/core',
      '@custom-authorizer/core/contract',
    ])
    expect(code).toContain('JWSSignatureVerificationFailed')
    const licence = readFileSync(join(root, 'node_modules', 'jose', 'LICENSE.md'), 'utf8')
    expect(readFileSync(join(folder, 'LICENSE-jose.md'), 'utf8')).toBe(licence)
  })

  test.each(names)('%s contains the sources unchanged', (name, folder) => {
    for (const path of filesBelow(project.installed(name))) {
      if (!path.startsWith('src/')) continue
      expect(readFileSync(join(project.installed(name), path), 'utf8')).toBe(readFileSync(join(folder, path), 'utf8'))
    }
  })

  test.each(names)('%s has source maps that point to its own files', (name) => {
    const folder = project.installed(name)
    for (const path of filesBelow(folder)) {
      if (!path.endsWith('.map')) continue
      const { sources } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as { sources: string[] }
      for (const source of sources) {
        const target = join(folder, dirname(path), source)
        expect(relative(folder, target)).toMatch(/^src\//)
        expect(existsSync(target), target).toBe(true)
      }
    }
  })

  test.each(names)('%s exports only files that exist', (name) => {
    const { exports } = readManifest(project.installed(name))
    const targets = filesOf(exports)
    expect(targets.filter((path) => !existsSync(join(project.installed(name), path)))).toEqual([])
  })

  test.each(names)('%s has the licence of the project, and no file contains a build path', (name) => {
    const folder = project.installed(name)
    expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'))
    for (const path of filesBelow(folder)) expect(readFileSync(join(folder, path), 'utf8')).not.toContain(root)
    // npm makes programs executable when it installs them.
    const programs = new Set(Object.values(readManifest(folder).bin ?? {}).map((path) => path.replace(/^\.\//, '')))
    for (const path of filesBelow(folder))
      if (!programs.has(path)) expect(statSync(join(folder, path)).mode & 0o111).toBe(0)
  })

  test('SEC-117 one copy of core serves all packages', () => {
    for (const [name] of names) {
      const nested = join(project.installed(name), 'node_modules')
      expect(existsSync(nested) ? readdirSync(nested) : []).not.toContain('@custom-authorizer')
    }
  })
}
