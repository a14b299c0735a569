/** Wildcards that do not match `/`, for `segmentWildcards: 'strict'` (SEC-46). @module */
import { ANY, Glob, type Token } from './glob.ts'

const cut = (tokens: readonly Token[]): readonly (readonly Token[])[] => {
  const segments: Token[][] = [[]]
  for (const token of tokens) {
    if (typeof token !== 'string') {
      segments.at(-1)?.push(token)
      continue
    }
    for (const [index, piece] of token.split('/').entries()) {
      if (index > 0) segments.push([])
      if (piece !== '') segments.at(-1)?.push(piece)
    }
  }
  return segments
}

/**
 * A pattern whose wildcards stay within their segments; only a final `*` matches further segments. It matches a subset of what
 * the pattern matches in IAM.
 */
export class SegmentGlob {
  readonly #segments: readonly Glob[]
  readonly #open: boolean

  constructor(tokens: readonly Token[]) {
    this.#segments = cut(tokens).map((segment) => new Glob(segment))
    this.#open = tokens.at(-1) === ANY
  }

  matches(text: string): boolean {
    const last = this.#segments.length - 1
    let from = 0
    for (let index = 0; index < last; index++) {
      const slash = text.indexOf('/', from)
      if (slash < 0 || !this.#segments[index]?.matches(text.slice(from, slash))) return false
      from = slash + 1
    }
    const slash = text.indexOf('/', from)
    return (
      (this.#open || slash < 0) &&
      this.#segments[last]?.matches(text.slice(from, slash < 0 ? undefined : slash)) === true
    )
  }
}
