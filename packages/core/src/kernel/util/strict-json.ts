/**
 * Parses JSON that every parser reads alike: UTF-8 without a byte order mark, no duplicate member names, well-formed text,
 * limited depth and size (SEC-39, SEC-77, SEC-88). Another parser could read ambiguous JSON as a different caller.
 * @module
 */
import { type Json, JsonProblem } from './json.ts'
import { survives, revivingNumbers } from './json-number.ts'

const MAX_DEPTH = 32
const MAX_VALUES = 10_000
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BRACKET = 0x5b
const BACKSLASH = 0x5c
const END_BRACKET = 0x5d
const BRACE = 0x7b
const END_BRACE = 0x7d
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
const NOT_JSON = 'is not JSON'
const NOT_UNICODE = 'has text that is not Unicode'

/** The position of the quote that ends the string at `start`; -1 if there is none. */
const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at
  }
  return -1
}

const isName = (text: string, after: number): boolean => {
  let at = after
  while (isSpace(text.charCodeAt(at))) at++
  return text.charCodeAt(at) === COLON
}

/** The position of a number in a text. */
type Span = readonly [start: number, end: number]

const NUMERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** The end of the number at `start`; `start` if there is none. */
const endOfNumber = (text: string, start: number): number => {
  NUMERAL.lastIndex = start
  return NUMERAL.test(text) ? NUMERAL.lastIndex : start
}

const isDigitOrMinus = (code: number): boolean => (code >= 0x30 && code <= 0x39) || code === 0x2d

/**
 * Returns what is ambiguous or too large in valid JSON. For other texts the result is unspecified, but the time is linear.
 * Adds the positions of numbers that JavaScript would change to `numbers`.
 */
const problemWith = (text: string, numbers?: Span[]): string | undefined => {
  if (!text.isWellFormed()) return NOT_UNICODE
  const hasEscapes = text.includes('\\')
  // The member names seen so far in each open object; `undefined` for an open array.
  const open: (Set<string> | undefined)[] = []
  let values = 1
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BRACE || code === BRACKET) {
      if (open.push(code === BRACE ? new Set() : undefined) > MAX_DEPTH)
        return `is nested more than ${MAX_DEPTH} levels deep`
      values++
    } else if (code === END_BRACE || code === END_BRACKET) open.pop()
    else if (code === COMMA) values++
    else if (code === QUOTE) {
      const end = endOfString(text, at)
      if (end < 0) return NOT_JSON
      const isEscaped = hasEscapes && text.slice(at, end).includes('\\')
      const decoded = isEscaped ? (JSON.parse(text.slice(at, end + 1)) as string) : undefined
      if (decoded?.isWellFormed() === false) return NOT_UNICODE
      const names = open.at(-1)
      if (names !== undefined && isName(text, end + 1)) {
        const value = decoded ?? text.slice(at + 1, end)
        if (names.has(value)) return 'has an object with the same member name twice'
        names.add(value)
      }
      at = end
    } else if (numbers !== undefined && isDigitOrMinus(code)) {
      const end = endOfNumber(text, at)
      if (end > at && !survives(text.slice(at, end))) {
        // A placeholder here would become a member name.
        if (isName(text, end)) return NOT_JSON
        numbers.push([at, end])
      }
      at = Math.max(at, end - 1)
    }
    if (values > MAX_VALUES) return `has more than ${MAX_VALUES} values`
  }
  return undefined
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Parses one JSON text, as bytes or decoded. Invalid UTF-8, a byte order mark, text after the value, duplicate member names,
 * more than 32 levels and more than about 10,000 values are problems. The text of a problem begins with `where` and names
 * kinds, never values. Names such as `__proto__` become own members; `toJson` rejects them.
 */
export const parseJson = (source: Uint8Array | string, where: string): Json | JsonProblem =>
  read(source, where, undefined) as Json | JsonProblem

/**
 * Like {@link parseJson}, but numbers keep their source text: a number that JavaScript cannot represent becomes a
 * `JsonNumber`, and `spellNumbers` returns the text of any other.
 */
export const parseExactJson = (source: Uint8Array | string, where: string): unknown => read(source, where, [])

const read = (source: Uint8Array | string, where: string, numbers: Span[] | undefined): unknown => {
  const text = typeof source === 'string' ? source : decode(source)
  if (text === undefined) return new JsonProblem(`${where} is not UTF-8`)
  try {
    const problem = problemWith(text, numbers)
    if (problem !== undefined) return new JsonProblem(`${where} ${problem}`)
    return numbers === undefined || numbers.length === 0 ? JSON.parse(text) : parseWithPlaceholders(text, numbers)
  } catch {
    return new JsonProblem(`${where} ${NOT_JSON}`)
  }
}

/** Parses a text with placeholders for these numbers. A placeholder begins with random text that the sender cannot guess. */
const parseWithPlaceholders = (text: string, numbers: readonly Span[]): unknown => {
  const mark = crypto.randomUUID()
  let [replaced, from] = ['', 0]
  for (const [start, end] of numbers) {
    replaced += `${text.slice(from, start)}"${mark}${text.slice(start, end)}"`
    from = end
  }
  return JSON.parse(replaced + text.slice(from), revivingNumbers(mark))
}
