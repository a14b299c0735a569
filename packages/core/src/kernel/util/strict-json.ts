/**
 * JSON that can be read in one way only: UTF-8 without a mark, no member name twice in one object, no text that UTF-8
 * does not have, bounded depth and size (SEC-39, SEC-77, SEC-88). Where two readers may differ, one of them is wrong
 * about the caller.
 * @module
 */
import { type Json, JsonProblem } from './json.ts'
import { survives, revivingNumbers } from './json-number.ts'

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

/** Where a number is in a text. */
type Span = readonly [start: number, end: number]

const NUMERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** The end of the number that starts at `start`; `start` when there is none. */
const endOfNumber = (text: string, start: number): number => {
  NUMERAL.lastIndex = start
  return NUMERAL.test(text) ? NUMERAL.lastIndex : start
}

const isDigitOrMinus = (char: string | undefined): boolean =>
  char !== undefined && ((char >= '0' && char <= '9') || char === '-')

/**
 * What is ambiguous or too large in grammatical JSON. For anything else the result is unspecified, but the time is linear. The
 * numbers that a JavaScript number would change are added to `numbers`.
 */
const problemWith = (text: string, numbers?: Span[]): string | undefined => {
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
    } else if (numbers !== undefined && isDigitOrMinus(char)) {
      const end = endOfNumber(text, at)
      if (end > at && !survives(text.slice(at, end))) {
        // Its stand-in would be a name.
        if (isName(text, end)) return NOT_JSON
        numbers.push([at, end])
      }
      at = Math.max(at, end - 1)
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
export const parseJson = (source: Uint8Array | string, where: string): Json | JsonProblem =>
  read(source, where, undefined) as Json | JsonProblem

/**
 * The same, with numbers that keep their text: a `JsonNumber` where JavaScript cannot hold the number, else a number whose
 * spelling `spellNumbers` knows.
 */
export const parseExactJson = (source: Uint8Array | string, where: string): unknown => read(source, where, [])

const read = (source: Uint8Array | string, where: string, numbers: Span[] | undefined): unknown => {
  const text = typeof source === 'string' ? source : decode(source)
  if (text === undefined) return new JsonProblem(`${where} is not UTF-8`)
  try {
    const problem = problemWith(text, numbers)
    if (problem !== undefined) return new JsonProblem(`${where} ${problem}`)
    return numbers === undefined || numbers.length === 0 ? JSON.parse(text) : parseWithStandIns(text, numbers)
  } catch {
    return new JsonProblem(`${where} ${NOT_JSON}`)
  }
}

/** Parses a text in which each of these numbers is replaced by a text that the sender cannot have guessed. */
const parseWithStandIns = (text: string, numbers: readonly Span[]): unknown => {
  const mark = crypto.randomUUID()
  let [replaced, from] = ['', 0]
  for (const [start, end] of numbers) {
    replaced += `${text.slice(from, start)}"${mark}${text.slice(start, end)}"`
    from = end
  }
  return JSON.parse(replaced + text.slice(from), revivingNumbers(mark))
}
