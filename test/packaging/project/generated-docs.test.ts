/** The generated pages of the documentation are those that `npm run docs` writes. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DENIALS } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import { ERRORS } from '../../../scripts/docs/errors.mjs'
import { DENIAL_PAGES } from '../../../scripts/docs/denials.mjs'
import { pages } from '../../../scripts/docs/generated.ts'
import { root } from '../../support/root.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The codes in the first column of a page, from the links to their pages. */
const rowsOf = (path: string): readonly string[] =>
  [...read(path).matchAll(/^\| <a id="\w+"><\/a>\[`(\w+)`\]/gm)].map(([, code = '']) => code)

describe('generated documentation', () => {
  test.each([...pages])('%s is what `npm run docs` writes', (path, page) => {
    expect(read(path)).toBe(page)
  })

  test('there is one page per denial reason, and a row for it in docs/denials.md', () => {
    const reasons = Object.keys(DENIALS)
    expect(Object.keys(DENIAL_PAGES)).toEqual(reasons)
    expect(readdirSync(join(root, 'docs', 'denials')).toSorted()).toEqual(
      reasons.map((each) => `${each}.md`).toSorted(),
    )
    expect(rowsOf('docs/denials.md')).toEqual(reasons)
  })

  test('there is one page per code of AuthorizerError, and a row for it in docs/errors.md', () => {
    const source = read('packages/core/src/kernel/util/errors.ts')
    const codes = [...source.matchAll(/^ {2}\| '(ERR_\w+)'$/gm)].map(([, code = '']) => code)
    expect(codes.length).toBeGreaterThan(5)
    expect(new Set(Object.keys(ERRORS))).toEqual(new Set(codes))
    expect(readdirSync(join(root, 'docs', 'errors')).toSorted()).toEqual(codes.map((each) => `${each}.md`).toSorted())
    expect(rowsOf('docs/errors.md')).toEqual(Object.keys(ERRORS))
  })
})
