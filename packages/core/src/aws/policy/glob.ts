/**
 * `*` and `?` in linear time. Policy text never becomes a regular expression (SEC-45): a pattern is cut at its stars
 * into chunks, and each chunk is looked for once, from where the one before it ended.
 * @module
 */

/** A part of a pattern: literal text, `?` (exactly one character), `*` (any run of characters). */
export type Token = string | typeof ONE | typeof ANY
export const ONE: unique symbol = Symbol('?')
export const ANY: unique symbol = Symbol('*')

/** Stands for `?` inside a chunk, and for `*` in {@link matchesFoldedFrom}; neither is a character of a request. */
const ONE_UNIT = '\ufffe'
const ANY_UNIT = '\uffff'

const matchesAt = (chunk: string, text: string, at: number): boolean => {
  if (at < 0 || at + chunk.length > text.length) return false
  if (!chunk.includes(ONE_UNIT)) return text.startsWith(chunk, at)
  for (let index = 0; index < chunk.length; index++) {
    if (chunk[index] !== ONE_UNIT && chunk.charCodeAt(index) !== text.charCodeAt(at + index)) return false
  }
  return true
}

const find = (chunk: string, text: string, from: number): number => {
  if (!chunk.includes(ONE_UNIT)) return text.indexOf(chunk, from)
  for (let at = from; at + chunk.length <= text.length; at++) if (matchesAt(chunk, text, at)) return at
  return -1
}

/** A compiled pattern, a matcher of whole texts. */
export class Glob {
  /** The literal text that every match begins with. */
  readonly prefix: string
  readonly #first: string
  /** The chunks after the first star; `undefined` when there is no star. */
  readonly #rest: readonly string[] | undefined

  constructor(tokens: readonly Token[]) {
    const chunks = ['']
    for (const token of tokens) {
      if (token === ANY) chunks.push('')
      else chunks[chunks.length - 1] += token === ONE ? ONE_UNIT : token
    }
    const first = chunks[0] as string
    const wild = first.indexOf(ONE_UNIT)
    this.prefix = wild < 0 ? first : first.slice(0, wild)
    this.#first = first
    // Empty chunks between two stars match anywhere.
    this.#rest =
      chunks.length === 1
        ? undefined
        : chunks.slice(1).filter((chunk, index, all) => chunk !== '' || index === all.length - 1)
  }

  matches(text: string): boolean {
    const first = this.#first
    const rest = this.#rest
    if (rest === undefined) return text.length === first.length && matchesAt(first, text, 0)
    const last = rest[rest.length - 1] as string
    const end = text.length - last.length
    if (end < first.length || !matchesAt(first, text, 0) || !matchesAt(last, text, end)) return false
    let from = first.length
    for (let index = 0; index < rest.length - 1; index++) {
      const chunk = rest[index] as string
      const at = find(chunk, text, from)
      if (at < 0 || at + chunk.length > end) return false
      from = at + chunk.length
    }
    return true
  }
}

/**
 * Matches with ASCII letter case ignored from index `foldFrom` of the text on. Slower than a compiled glob; asked only
 * after the folded pattern has matched the folded text.
 */
export const matchesFoldedFrom = (tokens: readonly Token[], text: string, foldFrom: number): boolean => {
  const pattern = tokens.map((token) => (token === ANY ? ANY_UNIT : token === ONE ? ONE_UNIT : token)).join('')
  let position = 0
  let index = 0
  let retryPattern = -1
  let retryText = 0
  while (index < text.length) {
    const unit = pattern[position]
    if (unit === ANY_UNIT) {
      retryPattern = ++position
      retryText = index
    } else if (unit !== undefined && (unit === ONE_UNIT || sameUnit(unit, text[index] as string, index >= foldFrom))) {
      position++
      index++
    } else if (retryPattern >= 0) {
      position = retryPattern
      index = ++retryText
    } else return false
  }
  while (pattern[position] === ANY_UNIT) position++
  return position === pattern.length
}

const sameUnit = (a: string, b: string, fold: boolean): boolean => a === b || (fold && asciiLower(a) === asciiLower(b))

/** Lower-cases ASCII letters and nothing else (SEC-16). */
export const asciiLower = (text: string): string =>
  text.replace(/[A-Z]/g, (char) => String.fromCharCode(char.charCodeAt(0) | 32))
