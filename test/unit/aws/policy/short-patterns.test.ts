/** Every short pattern of `a`, `b`, `*` and `?`, compared with every short text. */
import { describe, expect, test } from 'vitest'
import { globOf } from './internals.ts'

/** All texts of these characters up to a length. */
const textsOf = (characters: string, length: number): readonly string[] => {
  const texts = ['']
  for (let from = 0, round = 0; round < length; round++) {
    const end = texts.length
    for (; from < end; from++) for (const character of characters) texts.push(texts[from] + character)
  }
  return texts
}

/** Compares as the documentation of IAM describes: `*` is any run of characters, `?` exactly one. */
const isMatch = (pattern: string, text: string): boolean => {
  if (pattern === '') return text === ''
  const rest = pattern.slice(1)
  if (pattern.startsWith('*')) return isMatch(rest, text) || (text !== '' && isMatch(pattern, text.slice(1)))
  return text !== '' && (pattern.startsWith('?') || pattern[0] === text[0]) && isMatch(rest, text.slice(1))
}

const TEXTS = textsOf('ab', 6)

describe('short patterns', () => {
  test.each(['', 'a', 'b', '?', '*'])(
    'SEC-45 every pattern of five characters after "%s" matches what IAM matches',
    (start) => {
      const wrong: string[] = []
      for (const end of textsOf('ab?*', 4)) {
        const glob = globOf(start + end)
        for (const text of TEXTS)
          if (glob.matches(text) !== isMatch(start + end, text)) wrong.push(`${start}${end} and "${text}"`)
      }
      expect(wrong).toEqual([])
    },
  )

  test.each([
    ['*ab?bab?*', 'xxababbabx'],
    ['*a?a*b?b*', 'aaabab'],
    ['*?ab*', 'abab'],
    ['*ab?*', 'ab'],
    ['*ab?*', 'abx'],
    ['*a??longest?b*', 'axylongest-xlongestzb'],
    ['*a??longest?b*', 'longestaxylongestzb'],
    ['*???*', 'ab'],
    ['*???*', 'abc'],
    ['x*?b?*', 'xbbb'],
    ['x*??*y', 'xay'],
  ])('SEC-45 %s is compared with "%s" as IAM does', (pattern, text) => {
    expect(globOf(pattern).matches(text)).toBe(isMatch(pattern, text))
  })

  test('SEC-45 a text that begins with the prefix of a pattern is compared with the rest of it', () => {
    for (const pattern of textsOf('ab?*', 4)) {
      const glob = globOf(`ab${pattern}`)
      for (const text of TEXTS.filter((each) => each.startsWith(glob.prefix)))
        expect([pattern, text, glob.matchesAfterPrefix(text)]).toEqual([pattern, text, isMatch(`ab${pattern}`, text)])
    }
  })
})
