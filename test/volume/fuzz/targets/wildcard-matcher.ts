/** Wildcards. White-box: the matcher of policy patterns. @module */
import * as fc from 'fast-check'
import { globOf, matchesFolded } from '../../../unit/aws/policy/internals.ts'
import { agree, fuzzTarget, holds } from '../target.ts'
import { referenceGlob, unitsOf } from '../reference/glob.ts'

const from = (text: string): fc.Arbitrary<string> => fc.constantFrom(...text.split(''))
const units = (alphabet: string, maxLength: number): fc.Arbitrary<readonly string[]> =>
  fc.array(from(alphabet), { maxLength })

const inputs = fc.record({
  pattern: units('aabAB*?/', 10),
  letters: units('aabAB/*', 12),
  one: from('ab/'),
  /** Whether the text is derived from the pattern, with letters in place of wildcards. */
  near: fc.boolean(),
  cut: fc.nat({ max: 20 }),
  foldFrom: fc.nat({ max: 12 }),
})

/** A text that the pattern matches, with one character removed. */
const nearly = (pattern: string, letters: readonly string[], one: string, cut: number): string => {
  let used = 0
  const star = (): string => {
    const length = letters.length % 3
    used += length
    return letters.slice(used - length, used).join('')
  }
  const text = pattern.replaceAll('?', one).replace(/\*/g, star)
  return text.slice(0, cut) + text.slice(cut + 1)
}

export const wildcardMatcher = fuzzTarget(
  'wildcard',
  'SEC-45, SEC-46, AWS-POL-20',
  inputs,
  ({ pattern: written, letters, one, near, cut, foldFrom }) => {
    const pattern = written.join('')
    const text = near ? nearly(pattern, letters, one, cut) : letters.join('')
    const wanted = unitsOf(pattern)
    const glob = globOf(pattern)
    const expected = referenceGlob(wanted, text)
    agree('matches', glob.matches(text), expected)
    agree('matches without letter case', matchesFolded(pattern, text, foldFrom), referenceGlob(wanted, text, foldFrom))
    holds('what matches begins with the prefix', !expected || text.startsWith(glob.prefix))
  },
)
