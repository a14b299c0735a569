/** The digest function of each runtime gives the same text; only Node.js computes it synchronously. */
import { createHash } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { byteLength, isNode, nodeBuiltin } from '@custom-authorizer/core/contract'
import { sha256For } from '../../../../packages/core/src/kernel/runtime/sha-256.ts'

const TEXTS = ['', 'a', 'Bearer é€😀', 'x'.repeat(5000), '\ud800']

const expected = (text: string): string => createHash('sha256').update(text, 'utf8').digest('base64url')

const HOSTS: Record<string, () => void> = {
  'Node.js': () => undefined,
  'a runtime without process': () => vi.stubGlobal('process', undefined),
  'a runtime without getBuiltinModule': () => vi.stubGlobal('process', { release: { name: 'node' } }),
  'a runtime without node:crypto': () =>
    vi.stubGlobal('process', { release: { name: 'node' }, getBuiltinModule: () => undefined }),
  'a runtime that imitates Node.js': () => vi.stubGlobal('Deno', {}),
}

/** Runs code on another runtime. It must not wait: the test runner needs `process`. */
const on = <T>(name: string, run: () => T): T => {
  HOSTS[name]?.()
  try {
    return run()
  } finally {
    vi.unstubAllGlobals()
  }
}

describe.each(Object.keys(HOSTS))('on %s', (name) => {
  test('SEC-56 a digest is the SHA-256 of the text in UTF-8', async () => {
    const digestOf = on(name, sha256For)
    for (const text of TEXTS) expect(await digestOf(text)).toBe(expected(text))
  })

  test(`a digest is computed ${name === 'Node.js' ? 'synchronously' : 'with WebCrypto'}`, () => {
    expect(typeof on(name, () => sha256For()('a'))).toBe(name === 'Node.js' ? 'string' : 'object')
  })
})

test('modules of Node.js are not available on other runtimes', () => {
  expect([isNode(), nodeBuiltin('node:crypto') !== undefined]).toEqual([true, true])
  const found = on('a runtime without process', () => [isNode(), nodeBuiltin('node:crypto')])
  expect(found).toEqual([false, undefined])
})

test.each(['', 'abc', 'é', '€'.repeat(90), '😀', 'x'.repeat(300), `${'x'.repeat(300)}é`])(
  'the length of a text in bytes is that of its UTF-8',
  (text) => {
    expect(byteLength(text)).toBe(Buffer.byteLength(text))
  },
)
