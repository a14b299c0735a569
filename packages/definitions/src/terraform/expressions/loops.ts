/** `for` expressions, which are not evaluated (DEF-TF-03). @module */
import { type Cursor, Unparsable } from './cursor.ts'

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * Skips the rest of a `for` expression, up to its closing bracket.
 *
 * @throws {Unparsable} if it has no end
 */
export const skipLoop = (cursor: Cursor, end: string, skipString: () => void): void => {
  const open = [end]
  for (let expected = open.at(-1); expected !== undefined; expected = open.at(-1)) {
    if (cursor.isAtEnd || cursor.startsWith('<<')) throw new Unparsable()
    const start = cursor.position
    cursor.skipAll()
    if (cursor.position > start) continue
    if (cursor.take(expected)) open.pop()
    else if (cursor.take('"')) skipString()
    else {
      const closing = CLOSING[cursor.text.charAt(start)]
      if (closing !== undefined) open.push(closing)
      cursor.position += 1
    }
  }
}
