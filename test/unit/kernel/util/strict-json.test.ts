import { JsonProblem, parseJson } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'

const problemOf = (source: string | Uint8Array): string | undefined => {
  const parsed = parseJson(source, 'it')
  return parsed instanceof JsonProblem ? parsed.problem : undefined
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const list = (values: number): string => `[${Array(values).fill(0).join()}]`

describe('SEC-88 what is read in one way only', () => {
  test.each(['null', '0', '"text"', ' [1, {"a": 1}] ', '{"a":{"a":1},"b":[{"a":1},{"a":1}]}', '{"__proto__":1}'])(
    '%s is read as it is, as text and as bytes',
    (text) => {
      expect(parseJson(text, 'it')).toEqual(JSON.parse(text))
      expect(parseJson(bytes(text), 'it')).toEqual(JSON.parse(text))
    },
  )
})

describe('SEC-88 what may be read in two ways, or is no JSON', () => {
  test.each([
    ['a name twice', '{"status":"deny","status":"allow"}', 'it has an object with the same member name twice'],
    ['a name twice, once escaped', '{"a":1,"\\u0061":2}', 'it has an object with the same member name twice'],
    ['a name twice further down', '[{"a":{"b":1,"b":1}}]', 'it has an object with the same member name twice'],
    ['a byte order mark', '\uFEFF{}', 'it is not JSON'],
    ['something after the value', '{} {}', 'it is not JSON'],
    ['a comment', '{} // yes', 'it is not JSON'],
    ['a comma too many', '{"a":1,}', 'it is not JSON'],
    ['nothing', '', 'it is not JSON'],
    ['half a surrogate pair', String.raw`"\ud800"`, 'it has text that is not Unicode'],
  ])('%s', (_, text, problem) => {
    expect(problemOf(text)).toBe(problem)
    expect(problemOf(bytes(text))).toBe(problem)
  })

  test('bytes that are not UTF-8', () => {
    expect(problemOf(Uint8Array.of(0x22, 0xff, 0x22))).toBe('it is not UTF-8')
    expect(problemOf(Uint8Array.of(0xff, 0xfe, 0x7b, 0, 0x7d, 0))).toBe('it is not UTF-8')
  })
})

describe('SEC-39 depth and size are bounded before anything is built', () => {
  test('32 levels are read, 33 are not, 100,000 neither', () => {
    expect(problemOf(nested(32))).toBeUndefined()
    expect(problemOf(nested(33))).toBe('it is nested more than 32 levels deep')
    expect(problemOf('['.repeat(100_000))).toBe('it is nested more than 32 levels deep')
  })

  test('some 10,000 values are read, more are not', () => {
    expect(problemOf(list(9000))).toBeUndefined()
    expect(problemOf(list(10_001))).toBe('it has more than 10000 values')
    expect(problemOf(`{"a":[${'{},'.repeat(10_000)}0]}`)).toBe('it has more than 10000 values')
  })
})
