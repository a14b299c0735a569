import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { CommandFolder } from '../../support/cli.ts'

const FUNCTION = '() => true'
const folder = new CommandFolder({
  'handler.mjs': `export const other = () => false\nexport const handler = ${FUNCTION}`,
  'default.mjs': `export const other = () => false\nexport default ${FUNCTION}`,
  'only.mjs': `export const limit = 3\nexport const check = ${FUNCTION}`,
  'object.mjs': `export default { handler: ${FUNCTION} }`,
  'exports.cjs': `exports.handler = ${FUNCTION}`,
  'function.cjs': `module.exports = ${FUNCTION}`,
  'computed.cjs': `const name = 'handler'\nmodule.exports = Object.fromEntries([[name, ${FUNCTION}]])`,
  'compiled.cjs': `Object.defineProperty(exports, '__esModule', { value: true })\nexports.default = ${FUNCTION}`,
  'several.mjs': `export const one = ${FUNCTION}\nexport const two = ${FUNCTION}`,
  'nothing.mjs': 'const a = 1',
  'values.mjs': `export const a = 1, b = 'x', c = {}, d = [], e = null`,
  'values.cjs': 'exports.__esModule = true\nexports.a = 1',
  'throws.mjs': `const a = 1\nthrow new TypeError('no settings')`,
  'throws-text.mjs': `throw 'plain text'`,
  'syntax.mjs': 'export const handler = () => {\n  return = 1\n}\n',
  'syntax.cjs': 'exports.handler = () => {\n  return = 1\n}\n',
  'unlinked.mjs': `import { x } from './handler.mjs'`,
  'missing-import.mjs': `import 'no-such-package'\nexport const handler = ${FUNCTION}`,
  'missing-require.cjs': `require('no-such-package')\nexports.handler = ${FUNCTION}`,
  'with#hash.mjs': `export const handler = ${FUNCTION}`,
  'authorizer.ts': `export const handler = (): boolean => true`,
  'escape.mjs': `throw new Error('\\u001b[31mred\\u202e')`,
  'src/index.js': `exports.handler = ${FUNCTION}`,
})
afterAll(() => folder.remove())

const invoke = (handler: string, surroundings = {}): ReturnType<CommandFolder['run']> =>
  folder.run(['invoke', handler, '--contract', 'native'], surroundings)

describe('the function is found', () => {
  test.each([
    ['handler.mjs', 'handler'],
    ['handler.mjs#handler', 'handler'],
    ['default.mjs', 'default'],
    ['only.mjs', 'check'],
    ['object.mjs', 'handler'],
    ['exports.cjs', 'handler'],
    ['function.cjs', 'default'],
    ['computed.cjs', 'handler'],
    ['compiled.cjs', 'default'],
    ['several.mjs#two', 'two'],
    ['with#hash.mjs', 'handler'],
    ['with#hash.mjs#handler', 'handler'],
    ['./src/index.js', 'handler'],
  ])('%s: %s', async (handler, exportName) => {
    const { code, stdout, stderr } = await invoke(handler)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')[0]).toContain(`#${exportName} as native, GET /`)
  })

  test('an absolute path works', async () => {
    expect((await invoke(join(folder.path, 'handler.mjs'))).code).toBe(0)
  })

  test('the chosen export is called', async () => {
    expect((await invoke('handler.mjs#other')).code).toBe(1)
  })
})

describe('what is wrong with a handler is said with what to do', () => {
  test.each([
    ['handlr.mjs', 'handlr.mjs does not exist. Did you mean handler.mjs?', 'HANDLER is a path relative to'],
    ['zzzzzzzzzz.mjs', 'zzzzzzzzzz.mjs does not exist.', 'HANDLER is a path relative to'],
    ['nowhere/a.mjs', 'nowhere/a.mjs does not exist.', 'HANDLER is a path relative to'],
    ['src/index.handler', 'src/index.handler does not exist. Did you mean src/index.js#handler?', 'Help'],
    ['src/index', 'src/index does not exist. Did you mean src/index.js?', 'Help'],
    ['src/index.mjs', 'src/index.mjs does not exist. Did you mean src/index.js?', 'Help'],
    ['handler.mjs/x', 'handler.mjs/x does not exist.', 'HANDLER is a path relative to'],
    ['x'.repeat(300), `${'x'.repeat(300)} cannot be read: ENAMETOOLONG`, 'Help'],
    [`${'x'.repeat(150)}.mjs`, `${'x'.repeat(150)}.mjs does not exist.`, 'HANDLER is a path relative to'],
    ['src', 'src is a folder', 'Name the file of the handler.'],
    ['nothing.mjs', 'nothing.mjs exports nothing', 'Export the authorizer function as handler.'],
    [
      'values.mjs',
      'values.mjs exports no function: a (a number), b (a string), c (an object), d (an array), e (null)',
      'Export the authorizer function as handler.',
    ],
    ['values.cjs', 'values.cjs exports no function: a (a number)\n', 'Export the authorizer'],
    [
      'several.mjs',
      'several.mjs exports several functions, none of them named handler: one, two',
      'Name one: several.mjs#one',
    ],
    ['several.mjs#on', 'several.mjs does not export "on". Did you mean one?', 'Exported functions: one, two'],
    ['values.mjs#z', 'values.mjs does not export "z".', 'It exports no function.'],
    ['only.mjs#limit', 'limit of only.mjs is a number, not a function', 'Exported functions: check'],
    [
      'throws.mjs',
      'throws.mjs does not load: TypeError: no settings (throws.mjs:2:7)',
      'Correct the module; its top level must run without an error.',
    ],
    ['throws-text.mjs', 'throws-text.mjs does not load: a value of type string: plain text', 'Correct the module'],
    [
      'syntax.mjs',
      "syntax.mjs does not load: SyntaxError: Unexpected token '='",
      'Correct the module; "node syntax.mjs" prints the place.',
    ],
    [
      'syntax.cjs',
      "syntax.cjs does not load: SyntaxError: Unexpected token '=' (syntax.cjs:2)",
      'Correct the module; its top',
    ],
    [
      'unlinked.mjs',
      "unlinked.mjs does not load: SyntaxError: The requested module './handler.mjs'",
      'Correct the module; its top',
    ],
    [
      'missing-import.mjs',
      "missing-import.mjs does not load: Error: Cannot find package 'no-such-package'",
      'Install the dependencies of the handler, and name imported files with their extension.',
    ],
    [
      'missing-require.cjs',
      "missing-require.cjs does not load: Error: Cannot find module 'no-such-package'",
      'Install the dependencies of the handler.',
    ],
  ])('%s: %s', async (handler, message, advice) => {
    const { code, stdout, stderr } = await invoke(handler)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.startsWith(`custom-authorizer invoke: ${message}`)).toBe(true)
    expect(stderr.slice(stderr.indexOf('\n') + 1).startsWith(advice)).toBe(true)
  })

  test('an authorizer is not a function', async () => {
    const { createAuthorizer } = await import('@custom-authorizer/core')
    const authorizer = createAuthorizer({ authorize: () => true })
    const importModule = (): Promise<unknown> => Promise.resolve({ guard: authorizer })
    const { code, stderr } = await invoke('handler.mjs', { importModule })
    expect(code).toBe(2)
    expect(stderr).toContain('handler.mjs exports no function: guard (an authorizer)\nName the function itself;')
    expect((await invoke('handler.mjs#guard', { importModule })).stderr).toContain(
      'guard of handler.mjs is an authorizer, not a function\nName the function itself;',
    )
  })

  test.each([
    [
      'ERR_UNKNOWN_FILE_EXTENSION',
      'authorizer.ts is TypeScript, which this Node.js does not load',
      'node --import tsx',
    ],
    ['ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', 'authorizer.ts does not load: SyntaxError: x', 'does not compile enums'],
  ])('TypeScript: %s', async (code, message, advice) => {
    const importModule = (): Promise<unknown> => Promise.reject(Object.assign(new SyntaxError('x'), { code }))
    const { code: exitCode, stderr } = await invoke('authorizer.ts', { importModule })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain(advice)
  })

  test('TypeScript loads where Node.js or a loader can', async () => {
    const urls: string[] = []
    const importModule = async (url: string): Promise<unknown> => {
      urls.push(url)
      return Promise.resolve({ handler: () => true })
    }
    expect((await invoke('authorizer.ts', { importModule })).code).toBe(0)
    expect(urls).toEqual([pathToFileURL(join(folder.path, 'authorizer.ts')).href])
  })

  test('DEF-IN-10 messages of errors cannot control the terminal', async () => {
    const { stderr } = await invoke('escape.mjs')
    expect(stderr).toContain('Error: \\u001b[31mred\\u202e')
    expect(stderr).not.toMatch(/[\p{Cf}\u{80}-\u{9f}]|\p{Cc}(?<!\n)/u)
  })

  test.each([
    [
      'an error whose members throw',
      () => Object.defineProperties(new Error('x'), { stack: { get: fail }, message: { get: fail } }),
    ],
    ['an object without a prototype', () => Object.create(null) as unknown],
    ['undefined', () => undefined],
  ])('%s is described', async (_, create) => {
    const { code, stderr } = await invoke('handler.mjs', { importModule: () => rejecting(create) })
    expect(code).toBe(2)
    expect(stderr).toContain('handler.mjs does not load: ')
  })
})

// A module may throw any value.
const rejecting = async (create: () => unknown): Promise<never> => {
  await Promise.resolve()
  throw create()
}

function fail(): never {
  throw new Error('not readable')
}
