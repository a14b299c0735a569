/**
 * `identityValidationExpression` is a Java regular expression, which RE2 evaluates in linear time (SEC-96). Constructs that
 * RE2 interprets as Java does are allowed, others are rejected. One row per construct of `java.util.regex.Pattern`.
 * @module
 */
import { RE2JS, RE2JSSyntaxException } from 're2js'

/** How a construct is translated, or why it is rejected. */
type Translation = 'same' | 'dot' | 'open' | 'close' | 'class' | 'end of class' | { readonly rejected: string }
type ConstructRow = readonly [construct: RegExp, translation: Translation]

const rejected = (name: string): Translation => ({ rejected: name })

/** Escapes with the same meaning inside and outside of a character class. The first matching row applies. */
const ESCAPES: readonly ConstructRow[] = [
  [/\\[^\p{L}\p{N}]/uy, 'same'],
  [/\\[tnrfa]/y, 'same'],
  [/\\x[\da-f]{2}/iy, 'same'],
  [/\\x\{[\da-f]{1,6}\}/iy, 'same'],
  [/\\[dDwW]/y, 'same'],
  // Only in Java is U+000B white space, and no token can contain it (SEC-55).
  [/\\[sS]/y, 'same'],
  // General categories. Blocks, scripts, binary properties and java.lang.Character methods have other names in RE2.
  [/\\[pP](?:[LMNPSZC]|\{[LMNPSZC][a-z]?\})/y, 'same'],
  [/\\[pP]/y, rejected('a character property other than a general category, such as \\p{Alpha} or \\p{javaLowerCase}')],
  [/\\v/y, rejected('\\v, vertical white space')],
  [/\\V/y, rejected('\\V, vertical white space')],
  [/\\[hH]/y, rejected('\\h and \\H, horizontal white space')],
  [/\\R/y, rejected('\\R, a line break')],
  [/\\X/y, rejected('\\X, a grapheme cluster')],
  [/\\N/y, rejected('\\N, a character by name')],
  [/\\0/y, rejected('\\0, an octal escape')],
  [/\\u/y, rejected('\\u; write \\x{…}')],
  [/\\e/y, rejected('\\e; write \\x1B')],
  [/\\c/y, rejected('\\c, a control character; write \\x')],
  [/\\[1-9k]/y, rejected('a back-reference')],
  [/\\[bB]/y, rejected('\\b and \\B, a word boundary, which depends on the version of Java')],
  [/\\/y, rejected('an escape that Java or RE2 does not support')],
]

const OUTSIDE: readonly ConstructRow[] = [
  [/\\Q[^]*?(?:\\E|$)/y, 'same'],
  [/\\E/y, rejected('\\E without \\Q')],
  [/\\[Az]/y, 'same'],
  [/\\Z/y, rejected('\\Z, the end of the input before a final line terminator')],
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
  [/\(\?/y, rejected('a group that Java does not support, such as (?P<name>…)')],
  [/\(/y, 'open'],
  [/\)/y, 'close'],
  [/\[\^?/y, 'class'],
  [/\./y, 'dot'],
  // In RE2 `$` does not match before a final line terminator, so a token that ends in U+0085 matches less often.
  [/[$^|]/y, 'same'],
  [/[^]/uy, 'same'],
]

const INSIDE: readonly ConstructRow[] = [
  [/&&/y, rejected('"&&", an intersection of character classes')],
  [/\[/y, rejected('"[" inside of a character class, a union of classes')],
  [/\\[QE]/y, rejected('\\Q and \\E inside of a character class')],
  [/\\[AzZG]/y, rejected('an anchor inside of a character class')],
  ...ESCAPES,
  [/\]/y, 'end of class'],
  [/[^]/uy, 'same'],
]

/** Any character except Java's line terminators; the dot of RE2 only excludes `\n`. */
const DOT = '[^\\n\\r\\x{85}\\x{2028}\\x{2029}]'

// Without (?u), Java ignores the case of ASCII letters only; RE2 ignores the case of all letters.
const FOLDED = /[^\0-\u007f]|\\x[89a-f]|\\x\{|\\[pP]/i

const translationAt = (
  rows: readonly ConstructRow[],
  text: string,
  at: number,
): readonly [length: number, translation: Translation] => {
  for (const [construct, translation] of rows) {
    construct.lastIndex = at
    const found = construct.exec(text)
    if (found !== null) return [found[0].length, translation]
  }
  // Not reached: the last row of each table matches any character.
  return [1, 'same']
}

/** Translates an expression for RE2, or returns the construct that is rejected. */
const translate = (expression: string): { readonly text: string } | { readonly rejected: string } => {
  let text = ''
  let inside = false
  // For each open group, whether `.` matches line terminators.
  const scopes: boolean[] = [false]
  for (let at = 0; at < expression.length;) {
    const [length, translation] = translationAt(inside ? INSIDE : OUTSIDE, expression, at)
    if (typeof translation === 'object') return translation
    const piece = expression.slice(at, at + length)
    const flags = /^\(\?([is]*)(?:-([is]+))?[:)]$/.exec(piece)
    if (flags?.[1]?.includes('i') === true && FOLDED.test(expression))
      return { rejected: '(?i) together with non-ASCII characters' }
    if (translation === 'open') scopes.push(scopes.at(-1) === true)
    if (translation === 'close' && scopes.length > 1) scopes.pop()
    if (flags?.[1]?.includes('s') === true) scopes[scopes.length - 1] = true
    if (flags?.[2]?.includes('s') === true) scopes[scopes.length - 1] = false
    text += translation === 'dot' && scopes.at(-1) !== true ? DOT : piece
    at += length
    if (translation === 'class') {
      inside = true
      // A "]" at the start of a class is a literal.
      if (expression[at] === ']') {
        text += '\\]'
        at++
      }
    } else if (translation === 'end of class') inside = false
  }
  return { text }
}

/**
 * Compiles a Java regular expression.
 *
 * @returns the compiled expression, or the construct that is rejected
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
