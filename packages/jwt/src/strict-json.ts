/**
 * JSON that can be read in one way only: UTF-8 without a mark, no member name twice in one object, no text that UTF-8
 * does not have, bounded depth (SEC-39, SEC-77). Where two readers may differ, one of them is wrong about the caller.
 * @module
 */

const MAX_DEPTH = 32
const SPACE = /[\t\n\r ]/

/** The position of the quote that ends the string which starts at `start`; -1 when there is none. */
const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]
    if (char === '\\') at++
    else if (char === '"') return at
  }
  return -1
}

const isName = (text: string, after: number): boolean => {
  let at = after
  while (SPACE.test(text[at] ?? '')) at++
  return text[at] === ':'
}

/** Says of grammatical JSON whether it is unambiguous; of anything else it says something, but never takes long. */
const isUnambiguous = (text: string): boolean => {
  // The member names seen so far in each open object; `undefined` for an open array.
  const open: (Set<string> | undefined)[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '{' || char === '[') {
      if (open.push(char === '{' ? new Set() : undefined) > MAX_DEPTH) return false
    } else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = endOfString(text, at)
      if (end < 0) return false
      const raw = text.slice(at, end + 1)
      const value = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1)
      if (!value.isWellFormed()) return false
      const names = open.at(-1)
      if (names !== undefined && isName(text, end + 1)) {
        if (names.has(value)) return false
        names.add(value)
      }
      at = end
    }
  }
  return true
}

/** Parses an object; `undefined` when the bytes are not exactly one. */
export const parseObject = (bytes: Uint8Array): Record<string, unknown> | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    if (!isUnambiguous(text)) return undefined
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** An own member: what a prototype has is no data. */
export const own = (record: object, name: string): unknown =>
  Object.hasOwn(record, name) ? (record as Record<string, unknown>)[name] : undefined
