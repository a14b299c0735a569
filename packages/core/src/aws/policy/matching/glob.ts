/**
 * `*` and `?`, in time that is linear in the text and the pattern, or their product if `?` follows `*`. Policy text never becomes
 * a regular expression (SEC-45): a pattern is split at its stars into chunks, and each chunk is searched for once, from the end
 * of the previous one.
 * @module
 */
import { asciiLower } from '../../../contract.ts'

/** A part of a pattern: literal text, `?` (exactly one character), `*` (any run of characters). */
export type Token = string | typeof ONE | typeof ANY
export const ONE: unique symbol = Symbol('?')
export const ANY: unique symbol = Symbol('*')

/** Literal text in a chunk, and where it is. */
interface Run {
  readonly text: string
  readonly at: number
}

/** The text between two stars. */
interface Chunk {
  readonly length: number
  /** The literal text without `?`: the whole chunk, if it has none. */
  readonly runs: readonly Run[]
  /** The longest run, which is searched for; `undefined` without literal text. */
  readonly anchor: Run | undefined
}

const toChunk = (tokens: readonly Token[]): Chunk => {
  const runs: Run[] = []
  let length = 0
  let text = ''
  for (const token of [...tokens, ONE]) {
    if (typeof token === 'string') {
      text += token
      continue
    }
    if (text !== '') runs.push({ text, at: length })
    length += text.length + 1
    text = ''
  }
  let anchor = runs[0]
  for (const run of runs) if (anchor !== undefined && run.text.length > anchor.text.length) anchor = run
  return { length: length - 1, runs, anchor }
}

/** The literal text that every match of a pattern begins with. */
export const prefixOf = (tokens: readonly Token[]): string => {
  let prefix = ''
  for (const token of tokens) {
    if (typeof token !== 'string') return prefix
    prefix += token
  }
  return prefix
}

const matchesAt = ({ length, runs }: Chunk, text: string, start: number): boolean => {
  if (start < 0 || start + length > text.length) return false
  for (let index = 0; index < runs.length; index++) {
    const { text: wanted, at } = runs[index] as Run
    // `startsWith` with a position takes three times as long.
    if (text.slice(start + at, start + at + wanted.length) !== wanted) return false
  }
  return true
}

const find = (chunk: Chunk, text: string, from: number): number => {
  const { anchor, runs, length } = chunk
  if (anchor === undefined) return from + length <= text.length ? from : -1
  let found = text.indexOf(anchor.text, from + anchor.at)
  if (runs.length === 1) return found - anchor.at
  while (found >= 0 && !matchesAt(chunk, text, found - anchor.at)) found = text.indexOf(anchor.text, found + 1)
  return found - anchor.at
}

/** A compiled pattern that matches whole texts. */
export class Glob {
  /** Literal text that every match begins with. */
  readonly prefix: string
  readonly #first: Chunk
  /** The chunks after the first star; `undefined` without a star. */
  readonly #rest: readonly Chunk[] | undefined

  constructor(tokens: readonly Token[]) {
    const runs: Token[][] = [[]]
    for (const token of tokens) {
      if (token === ANY) runs.push([])
      else runs.at(-1)?.push(token)
    }
    const chunks = runs.map(toChunk)
    this.prefix = prefixOf(tokens)
    this.#first = chunks[0] as Chunk
    // Empty chunks between two stars match anywhere.
    const rest = chunks.slice(1)
    this.#rest =
      rest.length === 0 ? undefined : rest.filter(({ length }, index) => length > 0 || index === rest.length - 1)
  }

  matches(text: string): boolean {
    return matchesAt(this.#first, text, 0) && this.#matchesRest(text)
  }

  /** Like `matches`, for a text that begins with {@link prefix}. */
  matchesAfterPrefix(text: string): boolean {
    const isPrefix = this.#first.length === this.prefix.length
    return (isPrefix || matchesAt(this.#first, text, 0)) && this.#matchesRest(text)
  }

  /** Whether the text after the first chunk matches. */
  #matchesRest(text: string): boolean {
    const rest = this.#rest
    const start = this.#first.length
    if (rest === undefined) return text.length === start
    const last = rest[rest.length - 1] as Chunk
    const end = text.length - last.length
    if (end < start || !matchesAt(last, text, end)) return false
    let from = start
    for (let index = 0; index < rest.length - 1; index++) {
      const chunk = rest[index] as Chunk
      const at = find(chunk, text, from)
      if (at < 0 || at + chunk.length > end) return false
      from = at + chunk.length
    }
    return true
  }
}

/**
 * Matches while ignoring ASCII letter case from index `foldFrom` of the text. Slower than a compiled glob; only called after
 * the lower-case pattern has matched the lower-case text.
 */
export const matchesFoldedFrom = (tokens: readonly Token[], text: string, foldFrom: number): boolean => {
  const pattern = tokens.flatMap((token): readonly Token[] => (typeof token === 'string' ? token.split('') : [token]))
  let position = 0
  let index = 0
  let retryPattern = -1
  let retryText = 0
  while (index < text.length) {
    const unit = pattern[position]
    if (unit === ANY) {
      retryPattern = ++position
      retryText = index
    } else if (unit !== undefined && (unit === ONE || sameUnit(unit, text[index] as string, index >= foldFrom))) {
      position++
      index++
    } else if (retryPattern >= 0) {
      position = retryPattern
      index = ++retryText
    } else return false
  }
  while (pattern[position] === ANY) position++
  return position === pattern.length
}

const sameUnit = (a: string, b: string, fold: boolean): boolean => a === b || (fold && asciiLower(a) === asciiLower(b))
