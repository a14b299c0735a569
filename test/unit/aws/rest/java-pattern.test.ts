/**
 * `identityValidationExpression` uses the syntax of `java.util.regex.Pattern` and is evaluated by RE2. The expected
 * matches are those of OpenJDK 17.
 */
import * as aws from '@custom-authorizer/core/aws'
import { describe, expect, test } from 'vitest'
import { compileJavaPattern } from '../../../../packages/core/src/aws/rest/java-pattern.ts'
import { ALLOWED, bearer, allow, tokenBench, UNAUTHORIZED } from '../harness.ts'

const matched = (expression: string, tokens: readonly string[]): readonly string[] => {
  const compiled = compileJavaPattern(expression)
  if ('rejected' in compiled) throw new Error(`${expression} is rejected: ${compiled.rejected}`)
  return tokens.filter((each) => compiled.testExact(each))
}

const SAME: readonly [construct: string, expression: string, matches: readonly string[], others: readonly string[]][] =
  [
    ['literals', 'Bearer x', ['Bearer x'], ['bearer x', 'Bearer x ']],
    ['escaped punctuation', '\\.\\-\\/\\_\\ \\<\\"', ['.-/_ <"'], ['x-/_ <"']],
    ['\\t, \\a, \\f', '\\t', ['\t'], ['t']],
    ['\\xhh', '\\x41', ['A'], ['x41']],
    ['\\x{h…h}', '\\x{42}', ['B'], ['x']],
    ['\\d and \\D, ASCII only', '\\d\\D', ['1a', '1é'], ['11', '²a']],
    ['\\w and \\W, ASCII only', '\\w\\W', ['a-', '_é'], ['ab', 'éé']],
    ['\\s and \\S', 'a\\sb\\S', ['a bc', 'a\tbc'], ['abc', 'a b ']],
    ['general categories', '\\pL\\p{Lu}\\P{N}', ['aAb', 'éÉé'], ['aab', 'aA1']],
    ['greedy and reluctant quantifiers', 'a*b+?c?d{2}e{1,}?f{0,2}', ['bddeff', 'aabbcddee'], ['addeff', 'bdde3']],
    ['groups', '(a|b)(?:c|d)(?<name>e)', ['ace', 'bde'], ['abe']],
    ['alternatives', 'a||b', ['a', '', 'b'], ['c']],
    ['classes', '[a-c.^-]+', ['a.c^-'], ['d']],
    ['negated classes', '[^a-c]+', ['d-\u0085'], ['a']],
    ['a class that begins with "]"', '[]a]+', [']a'], ['b']],
    ['"-" at the end of a class', '[\\w.-]+', ['a.b-c'], ['a b']],
    ['"-" beside a class', '[\\w-.]+[-\\w]+', ['a-.-b'], ['a b', 'a/b']],
    ['a single "&" in a class', '[a&]+', ['a&'], ['b']],
    ['"]" and "}" outside of a class', ']}', [']}'], ['x']],
    ['\\Q…\\E', '\\Qa.b\\E+', ['a.b', 'a.bbb'], ['axb', 'a.ba.b']],
    ['\\Q without \\E', '\\Q(a', ['(a'], ['a']],
    ['^, $, \\A and \\z', '^\\Aa$\\z', ['a'], ['aa']],
    ['".", which matches no line terminator', 'a.b', ['a-b', 'aéb'], ['a\u0085b', 'a\u2028b', 'ab']],
    ['(?s), with which "." matches every character', '(?s)a.b', ['a-b', 'a\u0085b'], ['ab']],
    ['(?s) for a group', '(?s:a.)(.)', ['a\u0085b'], ['ab\u0085']],
    ['(?s) to the end of its group', '(a(?s).)(.)', ['a\u0085b'], ['ab\u0085']],
    ['(?-s)', '(?s)a.(?-s).', ['a\u0085b'], ['ab\u0085']],
    ['(?i), for ASCII letters', '(?i)bearer [a-f]k', ['BEARER Ck', 'bearer cK'], ['BEARER gk']],
    ['(?i) for a group', '(?i:a)b', ['Ab', 'ab'], ['aB']],
  ]

describe('supported expressions', () => {
  test.each(SAME)('AWS-ID-08 %s: the expression %s matches as in Java', (_, expression, matches, others) => {
    expect(matched(expression, [...matches, ...others])).toEqual(matches)
  })
})

const REJECTED: readonly [expression: string, construct: string][] = [
  ['[a-z&&[^b]]', 'intersection'],
  ['[a-z&&b]', 'intersection'],
  ['[a[bc]]', 'union of classes'],
  ['[[:alpha:]]', 'union of classes'],
  ['[\\Qa\\E]', '\\Q and \\E inside'],
  ['[b-a]', 'invalid character class range'],
  ['[\\z]', 'an anchor inside'],
  ['a*+', 'possessive'],
  ['a++', 'possessive'],
  ['a?+', 'possessive'],
  ['a{1,2}+', 'possessive'],
  ['a{2}{3}', 'a quantifier of a quantifier'],
  ['a**', 'a quantifier of a quantifier'],
  ['a(?i)*', 'a quantifier of a flag'],
  ['a{', '"{"'],
  ['{2}', 'missing argument to repetition operator'],
  ['a{,2}', '"{"'],
  ['\\p{Alpha}', 'character property'],
  ['\\p{javaLowerCase}', 'character property'],
  ['\\p{IsLatin}', 'character property'],
  ['\\p{InGreek}', 'character property'],
  ['\\p{L1}', 'character property'],
  ['\\P{ASCII}', 'character property'],
  ['\\h', 'horizontal'],
  ['\\H', 'horizontal'],
  ['\\v', 'vertical'],
  ['\\V', 'vertical'],
  ['\\R', 'line break'],
  ['\\X', 'grapheme'],
  ['\\N{SPACE}', 'by name'],
  ['\\012', 'octal'],
  ['[\\012]', 'octal'],
  ['\\u0041', '\\u'],
  ['\\e', '\\e'],
  ['\\cA', 'control character'],
  ['(a)\\1', 'back-reference'],
  ['(?<n>a)\\k<n>', 'back-reference'],
  ['a\\b', 'word boundary'],
  ['a\\B', 'word boundary'],
  ['a\\Z', '\\Z'],
  ['\\Ga', '\\G'],
  ['a\\E', '\\E without'],
  ['\\y', 'an escape'],
  ['a\\', 'an escape'],
  ['(?x)a', 'a flag other'],
  ['(?m)^a', 'a flag other'],
  ['(?d)a', 'a flag other'],
  ['(?u)a', 'a flag other'],
  ['(?U)a', 'a flag other'],
  ['(?ix:a)', 'a flag other'],
  ['(?i)é', 'non-ASCII characters'],
  ['(?i)\\xE9', 'non-ASCII characters'],
  ['(?i)\\p{Lu}', 'non-ASCII characters'],
  ['(?=a)a', 'look-around'],
  ['(?!a)b', 'look-around'],
  ['(?<=a)b', 'look-around'],
  ['(?<!a)b', 'look-around'],
  ['(?>a)', 'atomic'],
  ['(?P<n>a)', 'does not support'],
  ['(', 'missing closing )'],
  ['a{1001}', 'invalid repeat count'],
]

test.each(REJECTED)(
  'AWS-ID-08 SEC-96 the expression %s is rejected at construction, naming %s',
  (expression, construct) => {
    const compiled = compileJavaPattern(expression)
    expect('rejected' in compiled ? compiled.rejected : 'accepted').toContain(construct)
    expect(() => aws.token({ identityValidationExpression: expression })).toThrow(
      expect.objectContaining({
        code: 'ERR_OPTION',
        message: expect.stringMatching(
          /^aws\.token\.identityValidationExpression: .*allowed: a regular expression in Java syntax/,
        ) as string,
      }),
    )
  },
)

test('AWS-ID-08 an empty expression is ignored', async () => {
  const bench = tokenBench(async () => allow(), { identityValidationExpression: '' })
  expect(await bench.send('GET /', bearer('anything at all'))).toBe(ALLOWED)
  expect(await bench.send('GET /')).toBe(UNAUTHORIZED)
  const options = { identityValidationExpression: '', compatibility: { tokenRegexMode: 'full' } } as const
  expect(() => aws.token(options)).toThrow(
    /compatibility\.tokenRegexMode: .*no value without identityValidationExpression/,
  )
})

test('SEC-96 an expression that backtracks exponentially in Java is evaluated in linear time', () => {
  expect(matched('^(\\w+\\s?)*$', [`${'a'.repeat(8000)}!`])).toEqual([])
})
