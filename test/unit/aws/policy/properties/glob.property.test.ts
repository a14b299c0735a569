/** Properties of the wildcard matcher (AWS-POL-20, SEC-44, SEC-45). */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scaled } from '../../../../support/volume.ts'
import { runs } from './arbitraries.ts'
import { globAround, globOf, matchesFolded } from '../internals.ts'

const FIVE_MINUTES_MS = 300_000

const sameCharacter = (a: string | undefined, b: string | undefined, fold: boolean): boolean =>
  a === b || (fold && a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase())

/** Reference implementation of `*` and `?` in exponential time. */
const matchesSlowly = (pattern: string, text: string, foldFrom: number, at = 0): boolean => {
  if (pattern === '') return at === text.length
  const [first] = pattern
  const rest = pattern.slice(1)
  if (first === '*')
    return (
      matchesSlowly(rest, text, foldFrom, at) || (at < text.length && matchesSlowly(pattern, text, foldFrom, at + 1))
    )
  return (
    at < text.length &&
    (first === '?' || sameCharacter(first, text[at], at >= foldFrom)) &&
    matchesSlowly(rest, text, foldFrom, at + 1)
  )
}

const letters = (alphabet: string, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), maxLength })
const patterns = letters('aabAB*?/', 9)
const texts = letters('aabAB/*', 12)

/** A text generated from the pattern, so that matches are common. */
const instances = patterns.chain((pattern) =>
  fc
    .tuple(
      ...pattern.split('').map((char) => (char === '*' ? letters('abA/', 3) : fc.constant(char === '?' ? 'b' : char))),
    )
    .map((pieces) => [pattern, pieces.join('')] as const),
)
const pairs = fc.oneof(fc.tuple(patterns, texts), instances)

describe('glob matcher', { timeout: FIVE_MINUTES_MS }, () => {
  test('AWS-POL-20 SEC-45 the matcher agrees with the reference implementation', () => {
    let matched = 0
    fc.assert(
      fc.property(pairs, ([pattern, text]) => {
        const expected = matchesSlowly(pattern, text, text.length)
        if (expected) matched++
        expect(globOf(pattern).matches(text)).toBe(expected)
      }),
      runs(10_000),
    )
    expect(matched).toBeGreaterThan(scaled(10_000) * 0.2)
  })

  test('SEC-11 SEC-45 AWS-POL-20 the matcher agrees with the reference implementation if letter case is ignored from a position on', () => {
    let onlyWithoutCase = 0
    fc.assert(
      fc.property(pairs, fc.nat({ max: 12 }), fc.boolean(), ([pattern, plain], foldFrom, upper) => {
        const text = upper ? plain.slice(0, foldFrom) + plain.slice(foldFrom).toUpperCase() : plain
        const expected = matchesSlowly(pattern, text, foldFrom)
        if (expected && !matchesSlowly(pattern, text, text.length)) onlyWithoutCase++
        expect(matchesFolded(pattern, text, foldFrom)).toBe(expected)
      }),
      runs(10_000),
    )
    expect(onlyWithoutCase).toBeGreaterThan(scaled(10_000) * 0.03)
  })

  test('AWS-POL-20 SEC-45 every text that matches starts with the prefix of the pattern', () => {
    fc.assert(
      fc.property(pairs, ([pattern, text]) => {
        const glob = globOf(pattern)
        expect(pattern.startsWith(glob.prefix)).toBe(true)
        if (glob.matches(text)) expect(text.startsWith(glob.prefix)).toBe(true)
      }),
      runs(5000),
    )
  })

  test('AWS-POL-20 SEC-45 patterns and texts may contain any character', () => {
    const any = fc.string({ unit: 'binary', maxLength: 20 })
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        const glob = globAround(a, b)
        expect(glob.matches(a + c + b)).toBe(true)
        expect(glob.matches(a + b)).toBe(true)
        expect(globAround(a, '').matches(b)).toBe(b.startsWith(a))
        expect(globAround('', a).matches(b)).toBe(b.endsWith(a))
      }),
      runs(2000),
    )
  })

  // The matcher must not use any of these as an internal marker for wildcards.
  test.each([0, 1, 0x7f, 0xd800, 0xdc00, 0xe000, 0xf8ff, 0xfdd0, 0xfffd, 0xfffe, 0xffff])(
    'AWS-POL-20 SEC-44 SEC-45 the character %i matches only itself',
    (unit) => {
      const char = String.fromCharCode(unit)
      expect(globOf(`a${char}`).matches(`a${char}`)).toBe(true)
      expect(globOf(`a${char}`).matches('ab')).toBe(false)
      expect(globOf(`a${char}*`).matches('abc')).toBe(false)
      expect(globOf(`*${char}*`).matches('abc')).toBe(false)
      expect(matchesFolded(`a${char}`, 'Ab', 0)).toBe(false)
      expect(matchesFolded(`a${char}`, 'Abc', 0)).toBe(false)
      expect(matchesFolded('a?', `A${char}`, 0)).toBe(true)
    },
  )
})

test.each<[pattern: string, text: string, expected: boolean]>([
  ['*a?*', 'xab', true],
  ['*a?*', 'xa', false],
  ['*a?*', 'xxb', false],
  ['*a?*', 'xxxx', false],
  ['*a?*c', 'xabc', true],
  ['*a?*c', 'xac', false],
  ['*ab*b', 'ab', false],
  ['*ab*b', 'abb', true],
  ['*a*a*', 'a', false],
])('AWS-POL-20 whether %s, whose parts have to follow one another, matches %s: %s', (pattern, text, expected) => {
  expect(globOf(pattern).matches(text)).toBe(expected)
})
