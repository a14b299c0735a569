/**
 * `*` and `?` in linear time. Policy text never becomes a regular expression (SEC-45): a pattern is cut at its stars
 * into chunks, and each chunk is looked for once, from where the one before it ended.
 * @module
 */

/** A part of a pattern: literal text, `?` (exactly one character), `*` (any run of characters). */
export type Token = string | typeof ONE | typeof ANY
export const ONE: unique symbol = Symbol('?')
export const ANY: unique symbol = Symbol('*')

/** A run of literals and `?` between two stars, as code units; -1 stands for `?`. */
type Chunk = { readonly units: readonly number[]; readonly literal: string | undefined }

/** A compiled pattern. */
export interface Glob {
  /** The literal text that every match begins with. */
  readonly prefix: string
  /** Whether the pattern is nothing but its prefix. */
  readonly exact: boolean
  matches(text: string): boolean
}

const toChunk = (tokens: readonly Token[]): Chunk => {
  const units: number[] = []
  for (const token of tokens) {
    if (token === ONE) units.push(-1)
    else for (let index = 0; index < (token as string).length; index++) units.push((token as string).charCodeAt(index))
  }
  return { units, literal: units.includes(-1) ? undefined : String.fromCharCode(...units) }
}

const matchesAt = ({ units, literal }: Chunk, text: string, at: number): boolean => {
  if (at < 0 || at + units.length > text.length) return false
  if (literal !== undefined) return text.startsWith(literal, at)
  for (let index = 0; index < units.length; index++) {
    const unit = units[index]
    if (unit !== -1 && unit !== text.charCodeAt(at + index)) return false
  }
  return true
}

const find = (chunk: Chunk, text: string, from: number): number => {
  if (chunk.literal !== undefined) return text.indexOf(chunk.literal, from)
  for (let at = from; at + chunk.units.length <= text.length; at++) if (matchesAt(chunk, text, at)) return at
  return -1
}

/** Compiles tokens into a matcher of whole texts. */
export const compileGlob = (tokens: readonly Token[]): Glob => {
  const runs: Token[][] = [[]]
  for (const token of tokens) {
    if (token === ANY) runs.push([])
    else runs.at(-1)?.push(token)
  }
  const chunks = runs.map(toChunk)
  const first = chunks[0] as Chunk
  const last = chunks.at(-1) as Chunk
  const wild = first.units.indexOf(-1)
  const prefix = first.literal ?? String.fromCharCode(...first.units.slice(0, wild))
  if (chunks.length === 1) {
    const { literal } = first
    return {
      prefix,
      exact: literal !== undefined,
      matches:
        literal === undefined
          ? (text) => text.length === first.units.length && matchesAt(first, text, 0)
          : (text) => text === literal,
    }
  }
  const middle = chunks.slice(1, -1).filter((chunk) => chunk.units.length > 0)
  return {
    prefix,
    exact: false,
    matches: (text) => {
      const end = text.length - last.units.length
      if (end < first.units.length || !matchesAt(first, text, 0) || !matchesAt(last, text, end)) return false
      let from = first.units.length
      for (const chunk of middle) {
        const at = find(chunk, text, from)
        if (at < 0 || at + chunk.units.length > end) return false
        from = at + chunk.units.length
      }
      return true
    },
  }
}

/**
 * Matches with ASCII letter case ignored from index `foldFrom` of the text on. Slower than a compiled glob; asked only
 * after the folded pattern has matched the folded text.
 */
export const matchesFoldedFrom = (tokens: readonly Token[], text: string, foldFrom: number): boolean => {
  const { units } = toChunk(tokens.map((token) => (token === ANY ? '\uffff' : token)))
  const star = 0xffff
  let position = 0
  let index = 0
  let retryPattern = -1
  let retryText = 0
  while (index < text.length) {
    const unit = units[position]
    if (unit === star) {
      retryPattern = ++position
      retryText = index
    } else if (unit !== undefined && (unit === -1 || sameUnit(unit, text.charCodeAt(index), index >= foldFrom))) {
      position++
      index++
    } else if (retryPattern >= 0) {
      position = retryPattern
      index = ++retryText
    } else return false
  }
  while (units[position] === star) position++
  return position === units.length
}

const sameUnit = (a: number, b: number, fold: boolean): boolean => a === b || (fold && lower(a) === lower(b))
const lower = (unit: number): number => (unit >= 65 && unit <= 90 ? unit | 32 : unit)
