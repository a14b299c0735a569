/** Text of files, functions and requests in a form that a terminal cannot interpret (DEF-IN-10). @module */

/** Control characters; invisible characters that reorder or hide text; separators of lines; lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('')

/** Text in one line: control characters become `\u001b` and the like. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escaped)

/** Like {@link printable}, but keeps line breaks. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n')

/** Indents every line. */
export const indented = (text: string, indent: string = '  '): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : `${indent}${line}`))
    .join('\n')
