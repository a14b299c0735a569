import { expect, test } from 'vitest'
import { errorPlace } from '../../packages/cli/src/json-place.ts'

test.each([
  ['', 1, 1],
  ['  \n ', 2, 2],
  ['x', 1, 1],
  ['{', 1, 2],
  ['[', 1, 2],
  ['{]', 1, 2],
  ['[}', 1, 2],
  ['{"a"}', 1, 5],
  ['{"a":}', 1, 6],
  ['{"a":1,}', 1, 8],
  ['[1,]', 1, 4],
  ['[1 2]', 1, 4],
  ['[01]', 1, 3],
  ['{a:1}', 1, 2],
  ["{'a':1}", 1, 2],
  ['{"a":1} x', 1, 9],
  ['1,2', 1, 2],
  ['{\n  "a": "b",\n  "c": tru\n}', 3, 8],
  ['["a\\x"]', 1, 2],
  ['["a\nb"]', 1, 2],
  ['["\u00e9\u{1f600}", nul]', 1, 9],
  ['{"a":[{"b":[1,{"c":null}]}]', 1, 28],
  [']', 1, 1],
])('the first error of %j is in line %i, column %i', (text, line, column) => {
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
  expect(errorPlace(text)).toBe(`line ${line}, column ${column}`)
})
