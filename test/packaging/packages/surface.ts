/** The names that each entry exports. A change of the public interface has to change this list. @module */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { packageFolders, type Project, readManifest, typesOf } from './project.ts'
import { SURFACE } from './surface-names.ts'

/** Names in the export clauses and declarations of a module, types marked as such. */
const declaredNames = (code: string): { values: string[]; types: string[] } => {
  const values: string[] = []
  const types: string[] = []
  for (const [, type, clause = ''] of code.matchAll(/^export (type )?\{([^}]*)\}/gm)) {
    for (const item of clause.split(',')) {
      const [, typed, name] = /^\s*(type )?(?:\w+ as )?(\w+)\s*$/.exec(item) ?? []
      if (name !== undefined) (type !== undefined || typed !== undefined ? types : values).push(name)
    }
  }
  for (const [, name = ''] of code.matchAll(/^export \* as (\w+)/gm)) values.push(name)
  const declarations = /^export (?:declare )?(?:(const|function|class)|interface|type) (\w+)/gm
  for (const [, value, name = ''] of code.matchAll(declarations)) {
    const list = value === undefined ? types : values
    if (!list.includes(name)) list.push(name)
  }
  return { values, types }
}

/** The names of a list that is separated by spaces and line breaks. */
const listed = (names: string = ''): string[] => names.split(/\s+/).filter((each) => each !== '')

const entries = packageFolders.flatMap((folder) => {
  const { name, exports } = readManifest(folder)
  return Object.entries(exports).flatMap(([subpath, target]): [string, string, string][] =>
    typeof target === 'string' ? [] : [[join(name, subpath), name, typesOf(target).default]],
  )
})

export const surfaceTests = (project: Project): void => {
  let names: Record<string, string[]>
  beforeAll(async () => {
    project.write('names.mjs', readFileSync(join(import.meta.dirname, 'consumer', 'names.mjs'), 'utf8'))
    names = JSON.parse(await project.node(['names.mjs', ...entries.map(([entry]) => entry)])) as typeof names
  }, 60_000)

  test('every entry has a list of names', () => {
    expect(entries.map(([entry]) => entry).sort()).toEqual(Object.keys(SURFACE).sort())
  })

  test.each(entries)('%s exports the listed names', (entry, name, declaration) => {
    const { values, types } = declaredNames(readFileSync(join(project.installed(name), declaration), 'utf8'))
    expect(names[entry]?.toSorted()).toEqual(listed(SURFACE[entry]?.values))
    // The declarations match the module.
    expect(values.toSorted()).toEqual(names[entry]?.toSorted())
    expect(types.toSorted()).toEqual(listed(SURFACE[entry]?.types))
  })

  test.each(packageFolders.map((folder) => [readManifest(folder).name]))('%s exposes no other file', async (name) => {
    const inside = ['/dist/index.js', '/dist/cjs/index.js', '/src/index.ts', '/index.js', '/dist']
    const attempt = `for (const path of ${JSON.stringify(inside)}) {
      await import(${JSON.stringify(name)} + path).then(() => { throw new Error(path) }, ({ code }) => console.log(code))
    }`
    const codes = (await project.node(['--input-type=module', '-e', attempt])).trim().split('\n')
    expect(codes).toEqual(inside.map(() => 'ERR_PACKAGE_PATH_NOT_EXPORTED'))
  })
}
