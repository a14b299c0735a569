/** The ways in which one request may be spelled for the router that serves it (SEC-06, SEC-07, SEC-11). @module */
import { asciiLower } from '../../index.ts'

/** A spelling as wide patterns see it: what it decodes to, and the same without letter case. */
export interface WideText {
  /** The spelling itself. */
  readonly text: string
  readonly plain: string
  readonly folded: string
}

/** The resource of a request in the spellings that matter. */
export interface SpellingParts {
  /** As the client sent it, where the router compares that; an Allow has to cover it as well. */
  readonly sent: string | undefined
  /** Canonical with the trailing slash that the router ignores. */
  readonly slashed: string | undefined
  /** Canonical without the trailing slash that matters to some of the routers. */
  readonly unslashed?: string | undefined
  /** Index from which letter case does not matter to the router; `undefined` when it matters everywhere. */
  readonly foldFrom: number | undefined
}

const NONE: SpellingParts = { sent: undefined, slashed: undefined, foldFrom: undefined }

/** A resource and its other spellings. What only wide patterns need is computed when the first of them asks. */
export class Spellings {
  /** Canonical: what events and ARNs name. */
  readonly canonical: string
  readonly sent: string | undefined
  readonly slashed: string | undefined
  readonly #unslashed: string | undefined
  readonly foldFrom: number | undefined
  #texts: readonly WideText[] | undefined
  #slashedText: WideText | undefined

  constructor(canonical: string, { sent, slashed, unslashed, foldFrom }: SpellingParts = NONE) {
    this.canonical = canonical
    this.sent = sent
    this.slashed = slashed
    this.#unslashed = unslashed
    this.foldFrom = foldFrom
  }

  /** The canonical spelling, the one sent, and the one without a slash. */
  get texts(): readonly WideText[] {
    if (this.#texts !== undefined) return this.#texts
    const texts = [widen(this.canonical)]
    if (this.sent !== undefined) texts.push(widen(this.sent))
    if (this.#unslashed !== undefined) texts.push(widen(this.#unslashed))
    this.#texts = texts
    return texts
  }

  get slashedText(): WideText | undefined {
    if (this.slashed !== undefined) this.#slashedText ??= widen(this.slashed)
    return this.#slashedText
  }
}

const widen = (text: string): WideText => {
  const plain = decodeEscapes(text)
  return { text, plain, folded: asciiLower(plain) }
}

/** A resource alone, for a router that takes every character as it is. */
export const exactSpelling = (resource: string): Spellings => new Spellings(resource)

/**
 * What a router makes of a parameter: every escape of a printable ASCII character but the slash and the percent sign is
 * decoded, other escapes are in upper case. Two spellings with the same decoded form can name the same thing.
 */
const decodeEscapes = (text: string): string =>
  text.includes('%')
    ? text.replace(/%([\dA-Fa-f]{2})/g, (escape, digits: string) => {
        const code = Number.parseInt(digits, 16)
        return code >= 0x20 && code < 0x7f && code !== 0x25 && code !== 0x2f
          ? String.fromCharCode(code)
          : escape.toUpperCase()
      })
    : text

/** The decoded form of policy text, which may be written with letters that a request can only send encoded. */
export const decoded = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- everything that is not ASCII
  decodeEscapes(text.isWellFormed() ? text.replace(/[^\u0000-\u007f]+/g, encodeURIComponent) : text)
