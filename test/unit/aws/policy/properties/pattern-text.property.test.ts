/** Properties of escapes and variables in policy text (AWS-POL-66, AWS-POL-80 to 84). */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from './arbitraries.ts'
import { compileText, expand, givenKeys, parseText } from '../internals.ts'

const anyText = fc.oneof(
  fc.string({ unit: fc.constantFrom('*', '?', '$', '{', '}', 'a', ':', ',', "'", ' '), maxLength: 16 }),
  fc.string({ unit: 'binary', maxLength: 16 }),
)
/** Policy text that matches exactly `text`. */
const escape = (text: string): string => text.replace(/[*?$]/g, (char) => `\${${char}}`)

const NO_KEYS = givenKeys({})
const READINGS = [
  { wildcards: true, variables: true },
  { wildcards: false, variables: true },
]

describe('escapes', () => {
  test.each(READINGS)('AWS-POL-66 an escaped text is parsed as the text itself: %j', (reading) => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(expand(parseText(escape(text), reading), NO_KEYS)).toEqual(text === '' ? [] : [text])
      }),
      runs(5000),
    )
  })

  test.each(READINGS)('AWS-POL-66 an escaped text matches only itself: %j', (reading) => {
    fc.assert(
      fc.property(anyText, anyText, (text, other) => {
        const matches = compileText(escape(text), reading)
        expect(matches(text, NO_KEYS)).toBe(true)
        expect(matches(other, NO_KEYS)).toBe(text === other)
      }),
      runs(5000),
    )
  })
})

describe('variables', () => {
  test('AWS-POL-84 the value of a variable is inserted literally', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (before, value, other) => {
        const keys = givenKeys({ 'x:Key': value })
        const matches = compileText(`${escape(before)}\${x:Key}`, { wildcards: true, variables: true })
        expect(matches(before + value, keys)).toBe(true)
        expect(matches(other, keys)).toBe(other === before + value)
      }),
      runs(5000),
    )
  })

  test('AWS-POL-82 AWS-POL-84 the value of a variable takes precedence over its default', () => {
    const plain = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', ' '), maxLength: 6 })
    fc.assert(
      fc.property(plain, plain, fc.boolean(), (value, fallback, given) => {
        const keys = givenKeys(given ? { 'x:Key': value } : {})
        const matches = compileText(`\${x:Key, '${fallback}'}`, { wildcards: true, variables: true })
        expect(matches(given ? value : fallback, keys)).toBe(true)
        expect(matches(`${given ? value : fallback}!`, keys)).toBe(false)
      }),
      runs(2000),
    )
  })
})

test('AWS-POL-80 with version 2008-10-17 a text without wildcards matches only itself', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(parseText(text, { wildcards: false, variables: false })).toEqual(text === '' ? [] : [text])
    }),
    runs(2000),
  )
})
