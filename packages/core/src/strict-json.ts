/**
 * JSON that can be read in one way only: UTF-8 without a mark, no member name twice in one object, no text that UTF-8
 * does not have, bounded depth and size (SEC-39, SEC-77, SEC-88). Where two readers may differ, one of them is wrong
 * about the caller.
 * @module
 */
import type { Json } from './context.ts'
import { JsonProblem } from './json.ts'

const MAX_DEPTH = 32
const MAX_VALUES = 10_000
const SPACE = /[\t\n\r ]/
const NOT_JSON = 'is not JSON'

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

/** What is ambiguous or too large in grammatical JSON. Of anything else it says something, but never takes long. */
const problemWith = (text: string): string | undefined => {
  // The member names seen so far in each open object; `undefined` for an open array.
  const open: (Set<string> | undefined)[] = []
  let values = 1
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '{' || char === '[') {
      if (open.push(char === '{' ? new Set() : undefined) > MAX_DEPTH)
        return `is nested more than ${MAX_DEPTH} levels deep`
      values++
    } else if (char === '}' || char === ']') open.pop()
    else if (char === ',') values++
    else if (char === '"') {
      const end = endOfString(text, at)
      if (end < 0) return NOT_JSON
      const raw = text.slice(at, end + 1)
      const value = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1)
      if (!value.isWellFormed()) return 'has text that is not Unicode'
      const names = open.at(-1)
      if (names !== undefined && isName(text, end + 1)) {
        if (names.has(value)) return 'has an object with the same member name twice'
        names.add(value)
      }
      at = end
    }
    if (values > MAX_VALUES) return `has more than ${MAX_VALUES} values`
  }
  return undefined
}

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Parses one JSON text, as bytes or decoded. Not UTF-8, a byte order mark, anything after the value, a member name that
 * stands twice in one object, more than 32 levels or about 10,000 values are problems; the text of a problem begins with
 * `where` and names kinds, never values. Names such as `__proto__` come through as own members: {@link toJson} refuses
 * them.
 */
export const parseJson = (source: Uint8Array | string, where: string): Json | JsonProblem => {
  const text = typeof source === 'string' ? source : decode(source)
  if (text === undefined) return new JsonProblem(`${where} is not UTF-8`)
  try {
    const problem = problemWith(text)
    return problem === undefined ? (JSON.parse(text) as Json) : new JsonProblem(`${where} ${problem}`)
  } catch {
    return new JsonProblem(`${where} ${NOT_JSON}`)
  }
}
