/**
 * `identityValidationExpression` is a regular expression of Java; RE2 evaluates it, in linear time (SEC-96). A construct
 * that RE2 reads as Java does is allowed, any other one is rejected. One row per construct of `java.util.regex.Pattern`.
 * @module
 */
import { RE2JS, RE2JSSyntaxException } from 're2js'

/** What a construct becomes, or why it is rejected. */
type Reading = 'same' | 'dot' | 'open' | 'close' | 'class' | 'end of class' | { readonly rejected: string }
type Row = readonly [construct: RegExp, reading: Reading]

const rejected = (name: string): Reading => ({ rejected: name })

/** Escapes that mean the same inside and outside of a character class. The first row that matches counts. */
const ESCAPES: readonly Row[] = [
  [/\\[^\p{L}\p{N}]/uy, 'same'],
  [/\\[tnrfa]/y, 'same'],
  [/\\x[\da-f]{2}/iy, 'same'],
  [/\\x\{[\da-f]{1,6}\}/iy, 'same'],
  [/\\[dDwW]/y, 'same'],
  // Only Java counts U+000B as white space; no token holds it (SEC-55).
  [/\\[sS]/y, 'same'],
  // General categories; blocks, scripts, binary properties and java.lang.Character methods have other names in RE2.
  [/\\[pP](?:[LMNPSZC]|\{[LMNPSZC][a-z]?\})/y, 'same'],
  [/\\[pP]/y, rejected('a character property other than a general category, such as \\p{Alpha} or \\p{javaLowerCase}')],
  [/\\v/y, rejected('\\v, vertical white space')],
  [/\\V/y, rejected('\\V, vertical white space')],
  [/\\[hH]/y, rejected('\\h and \\H, horizontal white space')],
  [/\\R/y, rejected('\\R, a line break')],
  [/\\X/y, rejected('\\X, a grapheme cluster')],
  [/\\N/y, rejected('\\N, a character by its name')],
  [/\\0/y, rejected('\\0, an octal escape')],
  [/\\u/y, rejected('\\u, which has to be written \\x{…}')],
  [/\\e/y, rejected('\\e, which has to be written \\x1B')],
  [/\\c/y, rejected('\\c, a control character, which has to be written \\x')],
  [/\\[1-9k]/y, rejected('a back-reference')],
  [/\\[bB]/y, rejected('\\b and \\B, a word boundary, which depends on the version of Java')],
  [/\\/y, rejected('an escape that Java or RE2 does not have')],
]

const OUTSIDE: readonly Row[] = [
  [/\\Q[^]*?(?:\\E|$)/y, 'same'],
  [/\\E/y, rejected('\\E without \\Q')],
  [/\\[Az]/y, 'same'],
  [/\\Z/y, rejected('\\Z, the end of the input but for a line terminator')],
  [/\\G/y, rejected('\\G, the end of the previous match')],
  ...ESCAPES,
  [/(?:[*+?]|\{\d+(?:,\d*)?\})\+/y, rejected('a possessive quantifier')],
  [/(?:[*+?]|\{\d+(?:,\d*)?\})\??(?![*+?{])/y, 'same'],
  [/(?:[*+?]|\{\d+(?:,\d*)?\})/y, rejected('a quantifier of a quantifier')],
  [/\{/y, rejected('"{" that is neither part of a quantifier nor escaped')],
  [/\(\?<[A-Za-z][A-Za-z\d]*>/y, 'open'],
  [/\(\?:/y, 'open'],
  [/\(\?[is]*(?:-[is]+)?:/y, 'open'],
  [/\(\?[is-]+\)(?=[*+?{])/y, rejected('a quantifier of a flag')],
  [/\(\?(?:[is]+(?:-[is]+)?|-[is]+)\)/y, 'same'],
  [/\(\?[a-zA-Z-]+[:)]/y, rejected('a flag other than i and s, such as (?x), (?m), (?d), (?u) or (?U)')],
  [/\(\?<?[=!]/y, rejected('look-around')],
  [/\(\?>/y, rejected('an atomic group')],
  [/\(\?/y, rejected('a group that Java does not have, such as (?P<name>…)')],
  [/\(/y, 'open'],
  [/\)/y, 'close'],
  [/\[\^?/y, 'class'],
  [/\./y, 'dot'],
  // `$` in front of a last line terminator is no end in RE2: a token that ends in U+0085 matches less often.
  [/[$^|]/y, 'same'],
  [/[^]/uy, 'same'],
]

const INSIDE: readonly Row[] = [
  [/&&/y, rejected('"&&", an intersection of character classes')],
  [/\[/y, rejected('"[" inside of a character class, a union of classes')],
  [/\\[QE]/y, rejected('\\Q and \\E inside of a character class')],
  [/\\[AzZG]/y, rejected('an anchor inside of a character class')],
  ...ESCAPES,
  [/\]/y, 'end of class'],
  [/[^]/uy, 'same'],
]

/** Everything but the line terminators of Java; RE2 excludes `\n` only. */
const DOT = '[^\\n\\r\\x{85}\\x{2028}\\x{2029}]'

// Without (?u) Java folds the case of ASCII letters only, RE2 that of all letters.
const FOLDED = /[^\0-\u007f]|\\x[89a-f]|\\x\{|\\[pP]/i

const readingAt = (rows: readonly Row[], text: string, at: number): readonly [length: number, reading: Reading] => {
  for (const [construct, reading] of rows) {
    construct.lastIndex = at
    const found = construct.exec(text)
    if (found !== null) return [found[0].length, reading]
  }
  // The last rows match any character.
  return [1, 'same']
}

/** The expression for RE2, or the construct for which it is rejected. */
const translate = (expression: string): { readonly text: string } | { readonly rejected: string } => {
  let text = ''
  let inside = false
  // Whether `.` matches line terminators, in each group that is open.
  const scopes: boolean[] = [false]
  for (let at = 0; at < expression.length;) {
    const [length, reading] = readingAt(inside ? INSIDE : OUTSIDE, expression, at)
    if (typeof reading === 'object') return reading
    const piece = expression.slice(at, at + length)
    const flags = /^\(\?([is]*)(?:-([is]+))?[:)]$/.exec(piece)
    if (flags?.[1]?.includes('i') === true && FOLDED.test(expression))
      return { rejected: '(?i) together with characters outside of ASCII' }
    if (reading === 'open') scopes.push(scopes.at(-1) === true)
    if (reading === 'close' && scopes.length > 1) scopes.pop()
    if (flags?.[1]?.includes('s') === true) scopes[scopes.length - 1] = true
    if (flags?.[2]?.includes('s') === true) scopes[scopes.length - 1] = false
    text += reading === 'dot' && scopes.at(-1) !== true ? DOT : piece
    at += length
    if (reading === 'class') {
      inside = true
      // The first "]" of a class is a character.
      if (expression[at] === ']') {
        text += '\\]'
        at++
      }
    } else if (reading === 'end of class') inside = false
  }
  return { text }
}

/**
 * Compiles a regular expression of Java.
 *
 * @returns the compiled expression, or the construct for which it is rejected
 */
export const compileJavaPattern = (expression: string): RE2JS | { readonly rejected: string } => {
  const translated = translate(expression)
  if ('rejected' in translated) return translated
  try {
    return RE2JS.compile(translated.text)
  } catch (cause) {
    return { rejected: cause instanceof RE2JSSyntaxException ? cause.getDescription() : 'an error' }
  }
}
