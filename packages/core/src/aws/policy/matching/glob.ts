/**
 * `*` and `?` in linear time. Policy text never becomes a regular expression (SEC-45): a pattern is split at its stars into
 * chunks, and each chunk is searched for once, from the end of the previous one.
 * @module
 */
import { asciiLower } from '../../../contract.ts'

/** A part of a pattern: literal text, `?` (exactly one character), `*` (any run of characters). */
export type Token = string | typeof ONE | typeof ANY
export const ONE: unique symbol = Symbol('?')
export const ANY: unique symbol = Symbol('*')

/** The text between two stars, and the positions of `?` in it. */
interface Chunk {
  readonly text: string
  readonly ones: ReadonlySet<number> | undefined
}

const toChunk = (tokens: readonly Token[]): Chunk => {
  let text = ''
  let ones: Set<number> | undefined
  for (const token of tokens) {
    if (token === ONE) (ones ??= new Set()).add(text.length)
    text += token === ONE ? '?' : String(token)
  }
  return { text, ones }
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

const matchesAt = ({ text: wanted, ones }: Chunk, text: string, at: number): boolean => {
  if (at < 0 || at + wanted.length > text.length) return false
  // `startsWith` with a position takes three times as long.
  if (ones === undefined) return text.slice(at, at + wanted.length) === wanted
  for (let index = 0; index < wanted.length; index++) {
    if (!ones.has(index) && wanted.charCodeAt(index) !== text.charCodeAt(at + index)) return false
  }
  return true
}

const find = (chunk: Chunk, text: string, from: number): number => {
  if (chunk.ones === undefined) return text.indexOf(chunk.text, from)
  for (let at = from; at + chunk.text.length <= text.length; at++) if (matchesAt(chunk, text, at)) return at
  return -1
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
      rest.length === 0 ? undefined : rest.filter(({ text }, index) => text !== '' || index === rest.length - 1)
  }

  matches(text: string): boolean {
    return matchesAt(this.#first, text, 0) && this.#matchesRest(text)
  }

  /** Like `matches`, for a text that begins with {@link prefix}. */
  matchesAfterPrefix(text: string): boolean {
    return (this.#first.ones === undefined || matchesAt(this.#first, text, 0)) && this.#matchesRest(text)
  }

  /** Whether the text after the first chunk matches. */
  #matchesRest(text: string): boolean {
    const rest = this.#rest
    const start = this.#first.text.length
    if (rest === undefined) return text.length === start
    const last = rest[rest.length - 1] as Chunk
    const end = text.length - last.text.length
    if (end < start || !matchesAt(last, text, end)) return false
    let from = start
    for (let index = 0; index < rest.length - 1; index++) {
      const chunk = rest[index] as Chunk
      const at = find(chunk, text, from)
      if (at < 0 || at + chunk.text.length > end) return false
      from = at + chunk.text.length
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
