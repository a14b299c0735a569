/** Small projects that use the packed packages. @module */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Project, root } from './project.ts'

const programs = join(import.meta.dirname, 'consumer')
const RESULT = { principalId: 'user-alice', context: { level: '3' } }

const compilers: readonly [string, object][] = [
  [
    'without types of any platform, every declaration checked',
    { types: [], lib: ['ES2022', 'DOM'], skipLibCheck: false },
  ],
  ['with the types of Node.js', { types: ['node'], lib: ['ES2022'] }],
  ['for a bundler', { types: [], lib: ['ES2022', 'DOM'], module: 'ESNext', moduleResolution: 'bundler' }],
  ['for CommonJS', { types: [], lib: ['ES2022', 'DOM'], module: 'Node20' }],
]

export const consumerTests = (project: Project): void => {
  beforeAll(() => {
    for (const name of readdirSync(programs)) project.write(name, readFileSync(join(programs, name), 'utf8'))
  })

  describe.each(['import.mjs', 'require.cjs'])('%s', (program) => {
    let responses: Record<string, Record<string, [number, unknown]>>
    beforeAll(async () => {
      responses = JSON.parse(await project.node([program])) as typeof responses
    }, 60_000)

    test.each(['express', 'koa', 'hono', 'node'])('a Lambda authorizer guards a service on %s', (framework) => {
      const { none, unknown, denied, alice } = responses[framework] ?? {}
      expect(none).toEqual([401, { message: 'Unauthorized' }])
      expect(unknown).toEqual([401, { message: 'Unauthorized' }])
      expect(denied?.[0]).toBe(403)
      expect(denied?.[1]).toHaveProperty('Message')
      expect(alice).toEqual([200, [expect.objectContaining(RESULT), expect.objectContaining(RESULT)]])
    })
  })

  test.each(compilers)('types resolve %s', { timeout: 60_000 }, async (what, options) => {
    const commonJs = what === 'for CommonJS'
    project.write('typed/package.json', JSON.stringify({ type: commonJs ? 'commonjs' : 'module' }))
    project.write('typed/index.ts', readFileSync(join(programs, 'typed.txt'), 'utf8'))
    const compilerOptions = {
      target: 'ES2022',
      module: 'NodeNext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      ...options,
    }
    project.write('typed/tsconfig.json', JSON.stringify({ compilerOptions, files: ['index.ts'] }))
    const { bin } = JSON.parse(readFileSync(join(root, 'node_modules/typescript/package.json'), 'utf8')) as {
      bin: { tsc: string }
    }
    const tsc = join(root, 'node_modules', 'typescript', bin.tsc)
    await expect(project.node([tsc, '-p', join(project.folder, 'typed')])).resolves.toBe('')
  })
}
