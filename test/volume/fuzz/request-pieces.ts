/** Pieces of hostile requests, and arbitraries that combine them. @module */
import * as fc from 'fast-check'

const split = (text: string): readonly string[] => text.split(' ')

/** Escapes: of unreserved characters, separators and control characters, incomplete, double, and of invalid UTF-8. */
export const ESCAPES: readonly string[] = [
  ...split('%41 %61 %7E %2e %2E %2d %5F %30 %2f %2F %5c %5C %3b %3B %25 %252e %252f %2500 %3f %23 %20 %2B %2b %26 %3D'),
  ...split('%00 %0a %0D %1f %7f %zz %4 % %% %u0041 %c3%a9 %C3%A9 %c0%af %ff %e2%84%aa %ed%a0%80 %f0%9f%98%80 %c3 %80'),
]

/** Separators, dots and characters with a special meaning in some layer. */
export const SEPARATORS: readonly string[] = [
  ...split('/ // /// . .. ... ./ ../ \\ ; : @ ? # * & = + ~ $ , ! |'),
  ' ',
  '\t',
]

export const LETTERS: readonly string[] = [...split('a A b B z 0 7 - _ admin ADMIN pets secret')]

/** Characters that must be encoded in a target. */
export const RAW: readonly string[] = [
  '\u0000',
  '\n',
  '\r',
  '\u001b',
  '\u007f',
  '\u0080',
  'é',
  'ÿ',
  '"',
  '<',
  '>',
  '^',
  '`',
  '{',
  '}',
]

export const pieces = (...stocks: readonly (readonly string[])[]): fc.Arbitrary<string> =>
  fc.oneof(...stocks.map((stock) => fc.constantFrom(...stock)))

/** Text of at most `max` pieces. */
export const textOf = (piece: fc.Arbitrary<string>, max: number): fc.Arbitrary<string> =>
  fc.array(piece, { maxLength: max }).map((parts) => parts.join(''))

/** Any character that Node.js decodes a byte to. */
export const anyByte: fc.Arbitrary<string> = fc.nat({ max: 0xff }).map((code) => String.fromCharCode(code))

/** Any UTF-16 code unit, and some whole characters. */
export const anyUnit: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: anyByte },
  { weight: 1, arbitrary: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) },
  { weight: 1, arbitrary: fc.constantFrom('\u{1f600}', '\u0130', '\u017f', '\u212a', '\ufeff', '\ud800', '\udc00') },
)

/** Whether a text has no lone surrogate. */
export const isText = (text: string): boolean => !/\p{Surrogate}/u.test(text)
