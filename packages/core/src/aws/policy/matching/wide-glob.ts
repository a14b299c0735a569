/** Patterns of a Deny, compared with every spelling of a request (SEC-06, SEC-07, SEC-11). @module */
import { asciiLower } from '../../../contract.ts'
import { Glob, matchesFoldedFrom, type Token } from './glob.ts'
import { decodedForms, type WideText } from './spelling.ts'

const mapLiterals = (tokens: readonly Token[], map: (literal: string) => string): readonly Token[] =>
  tokens.map((token) => (typeof token === 'string' ? map(token) : token))

/** A pattern of a Deny, compared with one form of a spelling. */
class FoldingGlob {
  readonly #tokens: readonly Token[]
  readonly #glob: Glob
  #folded: Glob | undefined

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
    this.#glob = new Glob(tokens)
  }

  matches(text: string, folded: string, foldFrom: number | undefined): boolean {
    if (foldFrom === undefined) return this.#glob.matches(text)
    // Most patterns fail this cheap test.
    this.#folded ??= new Glob(mapLiterals(this.#tokens, asciiLower))
    if (!this.#folded.matches(folded)) return false
    return this.#glob.matches(text) || matchesFoldedFrom(this.#tokens, text, foldFrom)
  }
}

const sameTokens = (some: readonly Token[], others: readonly Token[]): boolean =>
  some.every((token, index) => token === others[index])

/** The distinct token lists in which every literal has its first, second or third decoded form. */
const decodedTokens = (tokens: readonly Token[]): readonly (readonly Token[])[] => {
  const lists: (readonly Token[])[] = []
  for (const form of [0, 1, 2]) {
    const list = mapLiterals(tokens, (literal) => {
      const forms = decodedForms(literal)
      return forms[form] ?? (forms[0] as string)
    })
    if (!lists.some((each) => sameTokens(each, list))) lists.push(list)
  }
  return lists
}

/** A pattern of a Deny, compared with decoded spellings and, since wildcards may match an escape, with their text. */
export class WideGlob {
  readonly #decoded: readonly FoldingGlob[]
  readonly #raw: FoldingGlob
  /** Whether the raw pattern can match a text without escapes. */
  readonly #rawDiffers: boolean

  constructor(tokens: readonly Token[]) {
    const lists = decodedTokens(tokens)
    this.#decoded = lists.map((list) => new FoldingGlob(list))
    this.#raw = new FoldingGlob(tokens)
    this.#rawDiffers = !lists.some((list) => sameTokens(list, tokens))
  }

  matches({ text, plain, folded, literal, foldFrom }: WideText): boolean {
    for (const glob of this.#decoded) if (glob.matches(plain, folded, foldFrom)) return true
    if (literal !== undefined) {
      const lower = asciiLower(literal)
      for (const glob of this.#decoded) if (glob.matches(literal, lower, foldFrom)) return true
      if (this.#raw.matches(literal, lower, foldFrom)) return true
    }
    if (text === plain && !this.#rawDiffers) return false
    return this.#raw.matches(text, asciiLower(text), foldFrom)
  }
}
