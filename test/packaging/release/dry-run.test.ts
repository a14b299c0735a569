/** The dry run of a release, in a clone of the last commit. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { manifestProblems } from '../../../scripts/release/manifest.mjs'
import { packageFolders, readManifest, root } from '../packages/project.ts'

const names = packageFolders.map((folder) => readManifest(folder).name)

describe('npm run release -- --dry-run', () => {
  const results = join(root, 'node_modules', '.cache', 'release')
  let output: string

  beforeAll(async () => {
    const run = promisify(execFile)
    const status = (): Promise<{ stdout: string }> => run('git', ['status', '--porcelain'], { cwd: root })
    const before = await status()
    output = (await run(process.execPath, ['scripts/release.mjs', '--dry-run'], { cwd: root })).stdout
    expect(await status()).toEqual(before)
  }, 180_000)

  test('SEC-118 accepts every package, and prints release notes with an entry for each', () => {
    for (const name of names) {
      expect(output).toMatch(new RegExp(`^${name}@\\d+\\.\\d+\\.\\d+ can be published: `, 'm'))
      expect(output).toMatch(new RegExp(`^## .*(?:${name}|All packages)`, 'm'))
    }
    expect(output).toContain('Nothing was changed or published.')
  })

  test('SEC-118 writes the tarballs with checksums, and a list of components', () => {
    const files = readdirSync(results)
    const tarballs = files.filter((file) => file.endsWith('.tgz'))
    expect(tarballs).toHaveLength(names.length)
    const lines = tarballs.map((file) => {
      const digest = createHash('sha256')
        .update(readFileSync(join(results, file)))
        .digest('hex')
      return `${digest}  ${file}`
    })
    expect(readFileSync(join(results, 'SHA256SUMS'), 'utf8').trim().split('\n').toSorted()).toEqual(lines.toSorted())
    const { components } = JSON.parse(readFileSync(join(results, 'sbom.cdx.json'), 'utf8')) as {
      components: { name: string; hashes?: { content: string }[] }[]
    }
    const libraries = components.filter(({ hashes }) => hashes?.every(({ content }) => /^[0-9a-f]{128}$/.test(content)))
    expect(libraries.map(({ name }) => name).toSorted()).toEqual([
      'httpxy',
      'ipaddr.js',
      'jose',
      'lru-cache',
      're2js',
      'yaml',
    ])
    expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining(names))
  })
})

const problems = (changes: object): readonly string[] => [
  ...manifestProblems({ version: '1.2.3', publishConfig: { provenance: true }, ...changes }, '1.2.3'),
]

describe('SEC-118 the check of a manifest', () => {
  test('accepts ranges that a registry can resolve', () => {
    const dependencies = { '@custom-authorizer/core': '1.2.3', 'ipaddr.js': '^2.2.0', jose: '>=5.1 <7' }
    expect(problems({ dependencies, peerDependencies: { koa: '^2.13 || ^3.0.0' } })).toEqual([])
  })

  test.each<[object, string]>([
    [{ version: '1.2.4' }, 'has version 1.2.4'],
    [{ private: true }, 'is private'],
    [{ publishConfig: { access: 'public' } }, 'is published without provenance'],
    [{ dependencies: { jose: 'workspace:*' } }, 'dependencies: jose has the range workspace:*'],
    [{ dependencies: { jose: 'file:../jose' } }, 'dependencies: jose has the range file:../jose'],
    [{ peerDependencies: { koa: '*' } }, 'peerDependencies: koa has the range *'],
    [
      { dependencies: { '@custom-authorizer/core': '1.2.2' } },
      'dependencies: @custom-authorizer/core is 1.2.2, not 1.2.3',
    ],
    [
      { dependencies: { '@custom-authorizer/core': '^1.2.3' } },
      'dependencies: @custom-authorizer/core is ^1.2.3, not 1.2.3',
    ],
  ])('rejects %j', (changes, problem) => {
    expect(problems(changes)).toEqual([problem])
  })
})

test('SEC-118 packages are published only in the workflow, for the tag of their version', async () => {
  const env = { ...process.env, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v999.0.0' }
  await expect(
    promisify(execFile)(process.execPath, ['scripts/release.mjs', '--publish'], { cwd: root, env }),
  ).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('by the release workflow, for the tag v') as string,
  })
})
