/** Properties of the prefix index (AWS-POL-02). */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from './arbitraries.ts'
import { PatternIndex, PrefixTrie } from '../internals.ts'

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

/** An index with the prefixes, alone or among so many others that it has a tree. */
const indexesOf = (prefixes: readonly string[]): readonly PatternIndex<number>[] =>
  [0, 20].map((others) => {
    const index = new PatternIndex<number>()
    for (let other = 0; other < others; other++) index.add({ prefix: `other ${other}`, parts: [] }, -1)
    for (const [value, prefix] of prefixes.entries()) index.add({ prefix, parts: [] }, value)
    expect(index.size).toBe(new Set(prefixes).size + others)
    return index
  })

test('AWS-POL-02 an index of few or many beginnings tests the patterns whose beginning the text has', () => {
  fc.assert(
    fc.property(lookups, ([prefixes, text]) => {
      const expected = [...prefixes.keys()].filter((index) => text.startsWith(prefixes[index] as string))
      for (const index of indexesOf(prefixes)) {
        for (const find of ['some', 'someSpelling'] as const) {
          const seen: number[] = []
          expect(index[find](text, (value) => seen.push(value) < 0)).toBe(false)
          expect(seen.toSorted((a, b) => a - b)).toEqual(expected)
          expect(index[find](text, (value) => value === expected[0])).toBe(expected.length > 0)
        }
      }
    }),
    runs(2000),
  )
})

test('INV-5 an index of few or many beginnings asks all patterns that a continuation of the text can match', () => {
  fc.assert(
    fc.property(lookups, ([prefixes, text]) => {
      const related = [...prefixes.keys()].filter((index) => {
        const prefix = prefixes[index] as string
        return text.startsWith(prefix) || prefix.startsWith(text)
      })
      for (const index of indexesOf(prefixes)) {
        const seen: number[] = []
        expect(index.everyRelated(text, (value) => seen.push(value) > 0)).toBe(true)
        expect(seen.filter((value) => value >= 0).toSorted((a, b) => a - b)).toEqual(related)
        for (const each of related) expect(index.everyRelated(text, (value) => value !== each)).toBe(false)
      }
    }),
    runs(2000),
  )
})
