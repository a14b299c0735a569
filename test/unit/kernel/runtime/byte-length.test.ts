/** The length of texts in UTF-8. */
import { byteLength, isLongerThan } from '@custom-authorizer/core/contract'
import { expect, test } from 'vitest'

test.each<[what: string, text: string, bytes: number]>([
  ['nothing', '', 0],
  ['ASCII', 'abc', 3],
  ['long ASCII', 'a'.repeat(1000), 1000],
  ['two bytes for each character', 'é'.repeat(100), 200],
  ['three bytes for each character', '€'.repeat(300), 900],
  ['four bytes for two characters', '\u{1f600}'.repeat(10), 40],
  ['a half of a pair, which is sent as three bytes', '\ud83d', 3],
])('SEC-61 %s is as long as Node.js sends it', (_, text, bytes) => {
  expect(byteLength(text)).toBe(bytes)
  expect(byteLength(text)).toBe(Buffer.byteLength(text))
  expect(isLongerThan(text, bytes)).toBe(false)
  expect(isLongerThan(text, bytes + 1)).toBe(false)
  if (bytes > 0) expect(isLongerThan(text, bytes - 1)).toBe(true)
})
