/** The pages of the documentation name packages, files, scripts and headings that exist. */
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { documents } from '../../support/documents.ts'
import { packageFolders, readManifest, root } from '../packages/project.ts'

/** The import specifiers of all entries. */
const entries = new Set(
  packageFolders.flatMap((folder) => {
    const { name, exports } = readManifest(folder)
    return Object.keys(exports).map((subpath) => join(name, subpath))
  }),
)
const withoutCode = (text: string): string => text.replaceAll(/^```[^]*?^```$/gm, '')

/** The anchors of a page on GitHub: explicit ones, and its headings. */
const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set([
    ...Array.from(text.matchAll(/<a id="([^"]+)"/g), ([, id = '']) => id),
    ...Array.from(withoutCode(text).matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  ])

describe.each([...documents])('%s', (name, text) => {
  test('names packages and subpaths that exist', () => {
    const named = [...text.matchAll(/@custom-authorizer\/[\w-]+(?:\/[\w-]+)*/g)].map(([each]) => each)
    expect(named.filter((each) => !entries.has(each) && !each.startsWith('@custom-authorizer/source'))).toEqual([])
  })

  test('links to files and headings that exist', () => {
    const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
    const broken = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false
      const [file = '', anchor] = link.split('#')
      const path = file === '' ? name : posix.join(posix.dirname(name), file)
      if (!existsSync(join(root, path))) return true
      return anchor !== undefined && !anchorsOf(readFileSync(join(root, path), 'utf8')).has(anchor)
    })
    expect(broken).toEqual([])
  })

  test('names files and folders that exist', () => {
    // The specification names files of other projects.
    const own = name.startsWith('docs/specification/') ? '' : text
    const named = [...own.matchAll(/`((?:packages|test|docs|scripts|bench|kernel|node|aws)\/[\w./-]*)`/g)].map(
      ([, path = '']) => (/^(?:kernel|node|aws)\//.test(path) ? `packages/core/src/${path}` : path),
    )
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('runs scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
    const run = [...text.matchAll(/\bnpm (?:run )?(start|test|run [\w-]+|(?<=run )[\w-]+)/g)].map(([, each = '']) =>
      each.replace(/^run /, ''),
    )
    expect(run.filter((each) => !Object.hasOwn(scripts, each))).toEqual([])
  })
})
