import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { broughtAlong, type Conditions, packageFolders, readManifest, root, typesOf } from '../packages/project.ts'

/** The dependencies of each package. A new one needs a reason in the commit. */
const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  '@custom-authorizer/cli': ['@custom-authorizer/core', '@custom-authorizer/definitions', 'httpxy'],
  '@custom-authorizer/core': ['ipaddr.js', 'lru-cache', 're2js'],
  '@custom-authorizer/definitions': ['@custom-authorizer/core', '@custom-authorizer/jwt', 'yaml'],
  '@custom-authorizer/express': ['@custom-authorizer/core'],
  '@custom-authorizer/hono': ['@custom-authorizer/core'],
  '@custom-authorizer/jwt': ['@custom-authorizer/core', 'jose'],
  '@custom-authorizer/koa': ['@custom-authorizer/core'],
}
const PEERS: Readonly<Record<string, readonly string[]>> = {
  '@custom-authorizer/cli': [],
  '@custom-authorizer/core': [],
  '@custom-authorizer/definitions': ['@cdktf/hcl2json'],
  '@custom-authorizer/express': ['@types/express', 'express'],
  '@custom-authorizer/hono': ['hono'],
  '@custom-authorizer/jwt': [],
  '@custom-authorizer/koa': ['@types/koa', 'koa'],
}

/**
 * The conditions of one entry. Bundlers (`module`) load the ES module for `import` and for `require`. On Node.js both load
 * the CommonJS module. The JWT package has no state, and its CommonJS build contains jose: Node.js loads its ES module for
 * both (`module-sync`), and only an environment that cannot require ES modules, such as Jest, loads CommonJS.
 */
const conditionsOf = (name: string, source: string): Conditions => {
  const stem = source.replace('./src/', './dist/').replace(/\.ts$/, '')
  const below = (folder: string): string => stem.replace('./dist/', `./dist/${folder}/`)
  const onNode =
    name === '@custom-authorizer/jwt'
      ? { 'module-sync': `${stem}.js` }
      : { node: { import: `${below('import')}.js`, require: `${below('cjs')}.js` } }
  return {
    '@custom-authorizer/source': source,
    types: { require: `${below('cjs')}.d.ts`, default: `${stem}.d.ts` },
    module: `${stem}.js`,
    ...onNode,
    require: `${below('cjs')}.js`,
    default: `${stem}.js`,
  }
}

const packages = packageFolders.map((folder) => [readManifest(folder).name, folder] as const)

test('every package has a list of dependencies', () => {
  expect(packages.map(([name]) => name).toSorted()).toEqual(Object.keys(DEPENDENCIES).toSorted())
})

describe.each(packages)('%s', (name, folder) => {
  const manifest = readManifest(folder)

  test('SEC-117 has only the listed dependencies', () => {
    expect(Object.keys(manifest.dependencies ?? {}).toSorted()).toEqual(DEPENDENCIES[name]?.toSorted())
    expect(Object.keys(manifest.peerDependencies ?? {}).toSorted()).toEqual(PEERS[name]?.toSorted())
    expect(manifest.optionalDependencies).toBeUndefined()
    expect(manifest.bundleDependencies).toBeUndefined()
  })

  test('SEC-117 has dependencies without dependencies and install scripts', () => {
    const found = [...broughtAlong(folder)].flatMap(([library, place]) => {
      const { dependencies = {}, scripts = {} } = readManifest(place)
      const hooks = Object.keys(scripts).filter((each) => /^(?:pre|post)?install$/.test(each))
      return [...Object.keys(dependencies), ...hooks].map((each) => `${library}: ${each}`)
    })
    expect(found).toEqual([])
  })

  test('SEC-117 has no install script', () => {
    expect(manifest.scripts).toBeUndefined()
    expect(existsSync(join(folder, 'binding.gyp'))).toBe(false)
  })

  test('has types, and the parser of one format, as optional peer dependencies', () => {
    const optional = Object.entries(manifest.peerDependenciesMeta ?? {}).filter(([, meta]) => meta.optional === true)
    expect(optional.map(([each]) => each)).toEqual(
      PEERS[name]?.filter((each) => each.startsWith('@types/') || each === '@cdktf/hcl2json'),
    )
  })

  test('depends on the exact version of core', () => {
    const core = readManifest(join(root, 'packages', 'core'))
    expect(manifest.version).toBe(core.version)
    const own = manifest.dependencies?.['@custom-authorizer/core']
    if (name !== core.name) expect(own).toBe(core.version)
  })

  test('declares type, licence, oldest Node.js and repository', () => {
    expect(manifest).toMatchObject({ type: 'module', license: 'MIT', engines: { node: '^20.19.0 || >=22' } })
    expect(manifest.repository?.directory).toBe(`packages/${folder.slice(join(root, 'packages').length + 1)}`)
    expect(manifest.files).toEqual(['dist', '!dist/*.tsbuildinfo', 'src', 'CHANGELOG.md'])
  })

  test('SEC-121 exports source, types and code of each entry, in this order', () => {
    for (const target of Object.values(manifest.exports)) {
      if (typeof target === 'string') continue
      const source = target['@custom-authorizer/source'] as string
      expect(existsSync(join(folder, source)), source).toBe(true)
      expect(Object.entries(target)).toEqual(Object.entries(conditionsOf(name, source)))
    }
  })

  test('resolves for tools that do not read exports', () => {
    const { main, types, typesVersions } = manifest
    expect({ main, types }).toEqual({ main: './dist/cjs/index.js', types: './dist/cjs/index.d.ts' })
    const subpaths = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
      subpath === '.' || typeof target === 'string' ? [] : [[subpath.slice(2), [typesOf(target).require]] as const],
    )
    expect(typesVersions?.['*'] ?? {}).toEqual(Object.fromEntries(subpaths))
  })
})

describe('the lockfile', () => {
  interface Locked {
    readonly resolved?: string
    readonly link?: boolean
    readonly integrity?: string
    readonly hasInstallScript?: boolean
    readonly dev?: boolean
  }
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const { packages: locked } = JSON.parse(text) as { packages: Record<string, Locked> }
  const installed = Object.entries(locked).filter(([path]) => path.includes('node_modules/'))

  test('SEC-117 contains no download address', () => {
    expect(text).not.toMatch(/https?:\/\/(?!.*"url")[^"]*\.tgz/)
    const addressed = installed
      .filter(([, each]) => each.resolved !== undefined && each.link !== true)
      .map(([path]) => path)
    expect(addressed).toEqual([])
  })

  test('SEC-117 pins every package by its hash', () => {
    const unpinned = installed.filter(
      ([, each]) => each.link !== true && each.integrity?.startsWith('sha512-') !== true,
    )
    expect(unpinned.map(([path]) => path)).toEqual([])
  })

  test('SEC-117 lists no install script of a published dependency', () => {
    const running = installed.filter(([, each]) => each.hasInstallScript === true && each.dev !== true)
    expect(running.map(([path]) => path)).toEqual([])
  })
})
