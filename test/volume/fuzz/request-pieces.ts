/** Pieces that hostile requests are made of, and arbitraries that put them together. @module */
import * as fc from 'fast-check'

const split = (text: string): readonly string[] => text.split(' ')

/** Escapes: of unreserved characters, of separators, of controls, cut short, doubled, and of text that is no UTF-8. */
export const ESCAPES: readonly string[] = [
  ...split('%41 %61 %7E %2e %2E %2d %5F %30 %2f %2F %5c %5C %3b %3B %25 %252e %252f %2500 %3f %23 %20 %2B %2b %26 %3D'),
  ...split('%00 %0a %0D %1f %7f %zz %4 % %% %u0041 %c3%a9 %C3%A9 %c0%af %ff %e2%84%aa %ed%a0%80 %f0%9f%98%80 %c3 %80'),
]

/** Separators, dots and characters that some layer treats in a way of its own. */
export const SEPARATORS: readonly string[] = [
  ...split('/ // /// . .. ... ./ ../ \\ ; : @ ? # * & = + ~ $ , ! |'),
  ' ',
  '\t',
]

export const LETTERS: readonly string[] = [...split('a A b B z 0 7 - _ admin ADMIN pets secret')]

/** Characters that no target may hold raw. */
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

/** Text of up to `max` pieces. */
export const textOf = (piece: fc.Arbitrary<string>, max: number): fc.Arbitrary<string> =>
  fc.array(piece, { maxLength: max }).map((parts) => parts.join(''))

/** Any character that a byte of a request may become. */
export const anyByte: fc.Arbitrary<string> = fc.nat({ max: 0xff }).map((code) => String.fromCharCode(code))

/** Any half of a character, and any whole one. */
export const anyUnit: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: anyByte },
  { weight: 1, arbitrary: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) },
  { weight: 1, arbitrary: fc.constantFrom('\u{1f600}', '\u0130', '\u017f', '\u212a', '\ufeff', '\ud800', '\udc00') },
)

/** Whether a text is Unicode: no half of a character that needs two. */
export const isText = (text: string): boolean => !/\p{Surrogate}/u.test(text)
