/** `parseJson`: ambiguous, invalid and oversized JSON is rejected (SEC-39, SEC-88). */
import { JsonProblem, parseJson } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'

const problemOf = (source: string | Uint8Array): string | undefined => {
  const parsed = parseJson(source, 'it')
  return parsed instanceof JsonProblem ? parsed.problem : undefined
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const list = (values: number): string => `[${Array(values).fill(0).join()}]`

describe('unambiguous JSON', () => {
  test.each(['null', '0', '"text"', ' [1, {"a": 1}] ', '{"a":{"a":1},"b":[{"a":1},{"a":1}]}', '{"__proto__":1}'])(
    'SEC-88 %s is parsed like JSON.parse, from text and from bytes',
    (text) => {
      expect(parseJson(text, 'it')).toEqual(JSON.parse(text))
      expect(parseJson(bytes(text), 'it')).toEqual(JSON.parse(text))
    },
  )
})

describe('ambiguous or invalid JSON', () => {
  test.each([
    [
      'a duplicate member name',
      '{"status":"deny","status":"allow"}',
      'it has an object with the same member name twice',
    ],
    [
      'a duplicate member name, once escaped',
      '{"a":1,"\\u0061":2}',
      'it has an object with the same member name twice',
    ],
    [
      'a duplicate member name in a nested object',
      '[{"a":{"b":1,"b":1}}]',
      'it has an object with the same member name twice',
    ],
    ['a byte order mark', '\uFEFF{}', 'it is not JSON'],
    ['text after the value', '{} {}', 'it is not JSON'],
    ['a comment', '{} // yes', 'it is not JSON'],
    ['a trailing comma', '{"a":1,}', 'it is not JSON'],
    ['an empty text', '', 'it is not JSON'],
    ['a lone surrogate', String.raw`"\ud800"`, 'it has text that is not Unicode'],
  ])('SEC-88 %s is rejected', (_, text, problem) => {
    expect(problemOf(text)).toBe(problem)
    expect(problemOf(bytes(text))).toBe(problem)
  })

  test('SEC-88 bytes that are not UTF-8 are rejected', () => {
    expect(problemOf(Uint8Array.of(0x22, 0xff, 0x22))).toBe('it is not UTF-8')
    expect(problemOf(Uint8Array.of(0xff, 0xfe, 0x7b, 0, 0x7d, 0))).toBe('it is not UTF-8')
  })
})

describe('limits', () => {
  test('SEC-39 JSON nested more than 32 levels deep is rejected', () => {
    expect(problemOf(nested(32))).toBeUndefined()
    expect(problemOf(nested(33))).toBe('it is nested more than 32 levels deep')
    expect(problemOf('['.repeat(100_000))).toBe('it is nested more than 32 levels deep')
  })

  test('SEC-39 JSON with more than 10,000 values is rejected', () => {
    expect(problemOf(list(9000))).toBeUndefined()
    expect(problemOf(list(10_001))).toBe('it has more than 10000 values')
    expect(problemOf(`{"a":[${'{},'.repeat(10_000)}0]}`)).toBe('it has more than 10000 values')
  })
})
