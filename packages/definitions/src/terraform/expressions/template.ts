/** The parts of templates: literal text, and expressions between `${` and `}`. @module */
import { type Cursor, Unparsable } from './cursor.ts'
import type { Expression } from './expression.ts'

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' }

/**
 * Reads the parts of a template, up to a quote or the end of the text. `$${` and `%%{` are literal text; directives such as
 * `%{ if … }` are not evaluated.
 *
 * @throws {Unparsable}
 */
export const readParts = (
  cursor: Cursor,
  quote: '"' | undefined,
  readExpression: () => Expression,
): readonly (string | Expression)[] => {
  const parts: (string | Expression)[] = []
  let literal = ''
  for (;;) {
    const start = cursor.position
    const plain = quote === undefined ? /[^$%]*/y : /[^$%"\\\n]*/y
    plain.lastIndex = start
    cursor.position += plain.exec(cursor.text)?.[0].length ?? 0
    literal += cursor.text.slice(start, cursor.position)
    if (quote === undefined ? cursor.isAtEnd : cursor.take(quote)) return literal === '' ? parts : [...parts, literal]
    if (cursor.take('$${')) literal += '${'
    else if (cursor.take('%%{')) literal += '%{'
    else if (cursor.startsWith('%{') || cursor.startsWith('${~')) throw new Unparsable()
    else if (cursor.take('${')) {
      if (literal !== '') parts.push(literal)
      literal = ''
      parts.push(readExpression())
      cursor.expect('}')
    } else if (cursor.take('$') || cursor.take('%')) literal += cursor.text.charAt(cursor.position - 1)
    else if (cursor.take('\\')) literal += readEscape(cursor)
    else throw new Unparsable()
  }
}

const readEscape = (cursor: Cursor): string => {
  const kind = cursor.text.charAt(cursor.position)
  cursor.position += 1
  const plain = ESCAPES[kind]
  if (plain !== undefined) return plain
  const digits = kind === 'u' ? 4 : kind === 'U' ? 8 : 0
  const hex = cursor.text.slice(cursor.position, cursor.position + digits)
  if (digits === 0 || hex.length < digits || !/^[\dA-Fa-f]+$/.test(hex)) throw new Unparsable()
  const code = Number.parseInt(hex, 16)
  if (code > 0x10ffff) throw new Unparsable()
  cursor.position += digits
  return String.fromCodePoint(code)
}

/** A template with one part is that part: `"${var.x}"` is `var.x`. */
export const asTemplate = (parts: readonly (string | Expression)[], text: string): Expression => {
  const [only] = parts
  if (only === undefined) return { kind: 'literal', value: '', text }
  if (parts.length > 1) return { kind: 'template', parts, text }
  return typeof only === 'string' ? { kind: 'literal', value: only, text } : only
}
