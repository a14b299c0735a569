/** Which modules an entry loads: those that it uses, and no others. @module */
import { expect, test } from 'vitest'
import type { Project } from './project.ts'

/** Entries of this repository and libraries. `core/kernel` is the part that every entry of core shares. */
const KERNEL = ['core', 'core/kernel', 'lru-cache']
const CONTRACT = [...KERNEL, 'ipaddr.js']
const DEFINITIONS = [
  'building',
  'cdk',
  'cloudformation',
  'document',
  'mounting',
  'openapi',
  'reading',
  'sam',
  'serverless',
  'terraform',
]
const FRAMEWORK = [...CONTRACT, 'core/node']

/** One row per entry. `re2js` is loaded by the first contract with an expression. */
const LOADED: Readonly<Record<string, readonly string[]>> = {
  '@custom-authorizer/core': KERNEL,
  '@custom-authorizer/core/adapter': CONTRACT,
  '@custom-authorizer/core/aws': [...CONTRACT, 'core/aws'],
  '@custom-authorizer/core/contract': ['core', 'core/kernel', 'ipaddr.js'],
  '@custom-authorizer/core/fetch': CONTRACT,
  '@custom-authorizer/core/huawei': [...CONTRACT, 'core/huawei'],
  '@custom-authorizer/core/node': FRAMEWORK,
  '@custom-authorizer/core/redis': [...CONTRACT, 'core/redis'],
  '@custom-authorizer/core/remote': [...CONTRACT, 'core/remote'],
  '@custom-authorizer/core/testing': [...CONTRACT, 'core/testing'],
  '@custom-authorizer/core/usage-plan': [...CONTRACT, 'core/usage-plan'],
  '@custom-authorizer/definitions': [
    ...CONTRACT,
    'core/aws',
    'core/huawei',
    'core/usage-plan',
    'definitions',
    ...DEFINITIONS.map((folder) => `definitions/${folder}`),
    'jwt',
    'yaml',
  ],
  '@custom-authorizer/express': [...FRAMEWORK, 'express'],
  '@custom-authorizer/hono': [...FRAMEWORK, 'hono'],
  '@custom-authorizer/koa': [...FRAMEWORK, 'koa'],
}

/** Prints the modules that `import` loads. On Node.js, every ES module of the packages re-exports a CommonJS module. */
const program = (code: string): string => `
import { createRequire } from 'node:module'
const { cache } = createRequire(import.meta.url)
${code}
const names = Object.keys(cache).map((path) => path.replaceAll('\\\\', '/')).map((path) => {
  const [, scope, name, folder = ''] = /node_modules\\/(@custom-authorizer\\/)?([^/]+)\\/(?:dist\\/cjs\\/([^/]+)\\/)?/.exec(path) ?? []
  return scope === undefined ? name : folder === '' ? name : name + '/' + folder
})
console.log(JSON.stringify([...new Set(names)]))
`

export const loadingTests = (project: Project): void => {
  const loadedBy = async (code: string): Promise<unknown> => {
    const loaded = JSON.parse(await project.node(['--input-type=module', '--eval', program(code)])) as string[]
    return loaded.toSorted()
  }

  test.each(Object.entries(LOADED))('%s loads what it uses', async (entry, expected) => {
    expect(await loadedBy(`await import('${entry}')`)).toEqual(expected.toSorted())
  })

  test.each([
    ['aws.token', 'aws', `aws.token({ identityValidationExpression: '^Bearer .+$' })`],
    [
      'huawei.frontend',
      'huawei',
      `huawei.frontend({ identities: [{ location: 'HEADER', name: 'Authorization', validation: 'Basic .+' }] })`,
    ],
  ])('%s loads the library of regular expressions with its first expression', async (_, name, call) => {
    const code = `const ${name} = await import('@custom-authorizer/core/${name}')`
    expect(await loadedBy(code)).not.toContain('re2js')
    expect(await loadedBy(`${code}\n${call}`)).toContain('re2js')
  })
}
