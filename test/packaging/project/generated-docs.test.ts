/** The generated pages of the documentation are those that `npm run docs` writes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DENIALS, GATEWAY_RESPONSES } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import { ERRORS } from '../../../scripts/docs/errors.mjs'
import { generatedPages } from '../../../scripts/docs/pages.mjs'
import { root } from '../../support/root.ts'

const pages = generatedPages(DENIALS, GATEWAY_RESPONSES)
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('generated documentation', () => {
  test.each([...pages])('%s is what `npm run docs` writes', (path, page) => {
    expect(read(path)).toBe(page)
  })

  test('docs/denials.md has one section per denial reason', () => {
    const sections = [...read('docs/denials.md').matchAll(/^## (\w+)$/gm)].map(([, reason]) => reason)
    expect(sections).toEqual(Object.keys(DENIALS))
  })

  test('docs/errors.md has one section per code of AuthorizerError', () => {
    const source = read('packages/core/src/kernel/util/errors.ts')
    const codes = [...source.matchAll(/^ {2}\| '(ERR_\w+)'$/gm)].map(([, code = '']) => code)
    expect(codes.length).toBeGreaterThan(5)
    expect(new Set(Object.keys(ERRORS))).toEqual(new Set(codes))
    const sections = [...read('docs/errors.md').matchAll(/^## (\w+)$/gm)].map(([, code]) => code)
    expect(sections).toEqual(Object.keys(ERRORS))
  })

  test('the README links to denial reasons that exist', () => {
    const linked = [...read('README.md').matchAll(/docs\/denials\.md#(\w+)/g)].map(([, anchor = '']) =>
      anchor.toUpperCase(),
    )
    expect(linked.length).toBeGreaterThan(5)
    expect(linked.filter((reason) => !Object.hasOwn(DENIALS, reason))).toEqual([])
  })
})
