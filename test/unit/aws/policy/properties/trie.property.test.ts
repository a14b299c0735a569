/** Properties of the prefix index (AWS-POL-02). */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from './arbitraries.ts'
import { PrefixTrie } from '../internals.ts'

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/', '\u00e9', '\u{1f600}'), maxLength: 8 })
const words = fc.array(word, { maxLength: 12 })

const trieOf = (prefixes: readonly string[]): PrefixTrie<number> => {
  const trie = new PrefixTrie<number>()
  for (const [index, prefix] of prefixes.entries()) trie.add(prefix, index)
  return trie
}

/** A text that starts with one of the prefixes about half of the time. */
const lookups = words.chain((prefixes) =>
  fc.tuple(
    fc.constant(prefixes),
    fc.oneof(
      word,
      fc.tuple(fc.constantFrom('', ...prefixes), word).map((both) => both.join('')),
    ),
  ),
)

test('AWS-POL-02 the prefix index visits exactly the prefixes of the text', () => {
  fc.assert(
    fc.property(lookups, ([prefixes, text]) => {
      const seen: number[] = []
      expect(trieOf(prefixes).some(text, (index) => seen.push(index) < 0)).toBe(false)
      const expected = [...prefixes.keys()].filter((index) => text.startsWith(prefixes[index] as string))
      expect(seen.toSorted((a, b) => a - b)).toEqual(expected)
    }),
    runs(8000),
  )
})

test('AWS-POL-02 the prefix index stops at the first accepted value', () => {
  fc.assert(
    fc.property(lookups, fc.nat({ max: 12 }), ([prefixes, text], wanted) => {
      const found = trieOf(prefixes).some(text, (index) => index === wanted)
      expect(found).toBe(wanted < prefixes.length && text.startsWith(prefixes[wanted] as string))
    }),
    runs(3000),
  )
})

test('AWS-POL-02 the prefix index tests exactly the prefixes that continue the text, or that it continues', () => {
  fc.assert(
    fc.property(lookups, fc.nat({ max: 12 }), ([prefixes, text], failing) => {
      const isRelated = (prefix: string): boolean => text.startsWith(prefix) || prefix.startsWith(text)
      const expected = prefixes.every((prefix, index) => index !== failing || !isRelated(prefix))
      expect(trieOf(prefixes).everyRelated(text, (index) => index !== failing)).toBe(expected)
    }),
    runs(8000),
  )
})

test.each<[text: string, expected: boolean]>([
  ['', false],
  ['a/', false],
  ['a/b', false],
  ['a/bad', false],
  ['a/c', true],
  ['ax', true],
  ['b', true],
])('AWS-POL-02 whether all prefixes related to %j pass, if those of "a/bad" do not', (text, expected) => {
  const trie = trieOf(['a/', 'a/b', 'a/c', 'b', 'a/bad', 'a/be'])
  expect(trie.everyRelated(text, (index) => index !== 4)).toBe(expected)
})

test('AWS-POL-02 the prefix index counts its values', () => {
  fc.assert(
    fc.property(words, (prefixes) => {
      expect(trieOf(prefixes).size).toBe(prefixes.length)
    }),
    runs(1000),
  )
})
