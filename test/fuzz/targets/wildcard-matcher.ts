/** Wildcards. White-box: the matcher under every pattern of a policy. @module */
import * as fc from 'fast-check'
import { globOf, matchesFolded } from '../../policy/internals.ts'
import { agree, fuzzTarget, holds } from '../target.ts'
import { slowGlob, unitsOf } from '../twins/glob.ts'

const letters = (alphabet: string, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), maxLength })
const PATTERN = 'aabAB*?/'
const TEXT = 'aabAB/*'

/** Texts that the pattern nearly is: its wildcards filled in, and perhaps a character changed. */
const near = letters(PATTERN, 10).chain((pattern) =>
  fc
    .tuple(letters(TEXT, 3), letters(TEXT, 3), fc.constantFrom('a', 'b', '/'), fc.nat({ max: 12 }), fc.boolean())
    .map(([first, second, one, cut, cuts]): [string, string] => {
      let stars = 0
      const text = pattern.replaceAll('?', one).replace(/\*/g, () => (stars++ % 2 === 0 ? first : second))
      return [pattern, cuts ? text.slice(0, cut) + text.slice(cut + 1) : text]
    }),
)

const inputs = fc.record({
  pair: fc.oneof(near, fc.tuple(letters(PATTERN, 10), letters(TEXT, 12))),
  foldFrom: fc.nat({ max: 12 }),
})

export const wildcardMatcher = fuzzTarget(
  'wildcard',
  'SEC-45, SEC-46, AWS-POL-20',
  inputs,
  ({ pair: [pattern, text], foldFrom }) => {
    const units = unitsOf(pattern)
    const glob = globOf(pattern)
    const expected = slowGlob(units, text)
    agree('matches', glob.matches(text), expected)
    agree('matches without letter case', matchesFolded(pattern, text, foldFrom), slowGlob(units, text, foldFrom))
    holds('what matches begins with the prefix', !expected || text.startsWith(glob.prefix))
  },
)
