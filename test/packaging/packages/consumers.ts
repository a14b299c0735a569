/** Small projects that use the packed packages. @module */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Project, root } from './project.ts'

const programs = join(import.meta.dirname, 'consumer')
const RESULT = { principalId: 'user-alice', context: { level: '3' } }

/** `CommonJs` compiles the program for CommonJS, with every framework. */
const compilers: readonly [string, object, 'CommonJs'?][] = [
  [
    'without types of any platform, every declaration checked',
    { types: [], lib: ['ES2022', 'DOM'], skipLibCheck: false },
  ],
  ['with the types of Node.js', { types: ['node'], lib: ['ES2022'] }],
  ['for a bundler', { types: [], lib: ['ES2022', 'DOM'], module: 'ESNext', moduleResolution: 'bundler' }],
  ['for CommonJS on Node.js 20', { types: ['node'], lib: ['ES2022', 'DOM'], module: 'Node20' }, 'CommonJs'],
  ['for CommonJS on Node.js 16', { types: ['node'], lib: ['ES2022', 'DOM'], module: 'Node16' }, 'CommonJs'],
  [
    'for CommonJS with a bundler',
    { types: ['node'], lib: ['ES2022', 'DOM'], module: 'CommonJS', moduleResolution: 'bundler' },
    'CommonJs',
  ],
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

  test.each(compilers)('types resolve %s', { timeout: 60_000 }, async (_, options, format) => {
    project.write('typed/package.json', JSON.stringify({ type: format === undefined ? 'module' : 'commonjs' }))
    const files = ['typed.txt', ...(format === undefined ? [] : ['typed-commonjs.txt'])]
    const names = files.map((file) => file.replace('.txt', '.ts'))
    for (const [index, file] of files.entries())
      project.write(`typed/${names[index]}`, readFileSync(join(programs, file), 'utf8'))
    const compilerOptions = {
      target: 'ES2022',
      module: 'NodeNext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      ...options,
    }
    project.write('typed/tsconfig.json', JSON.stringify({ compilerOptions, files: names }))
    const { bin } = JSON.parse(readFileSync(join(root, 'node_modules/typescript/package.json'), 'utf8')) as {
      bin: { tsc: string }
    }
    const tsc = join(root, 'node_modules', 'typescript', bin.tsc)
    await expect(project.node([tsc, '-p', join(project.folder, 'typed')])).resolves.toBe('')
  })
}
