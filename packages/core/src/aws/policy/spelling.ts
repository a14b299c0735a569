/** The ways in which one request may be spelled for the router that serves it (SEC-06, SEC-07, SEC-11). @module */
import { asciiLower } from '../../index.ts'

/** A spelling as wide patterns see it: what it decodes to, and the same without letter case. */
export interface WideText {
  /** The spelling itself. */
  readonly text: string
  readonly plain: string
  readonly folded: string
}

/** What resources of many requests begin with: API, stage and method. There is nothing encoded in it. */
export interface Beginning {
  readonly text: string
  readonly folded: string
}

export const beginning = (text: string): Beginning => ({ text, folded: asciiLower(text) })

/** In which other spellings a request reaches the same handler. */
export interface SpellingParts {
  /** The path as the client sent it, where the router compares that; an Allow has to cover it as well. */
  readonly sent: string | undefined
  /** What else the path may be: with a slash at its end, or without the one that is there. */
  readonly otherSlash: 'added' | 'removed' | undefined
  /** Index from which letter case does not matter to the router; `undefined` when it matters everywhere. */
  readonly foldFrom: number | undefined
}

const NONE: SpellingParts = { sent: undefined, otherSlash: undefined, foldFrom: undefined }

/** The resource of a request in the spellings that matter. What only wide patterns need is computed when one asks. */
export class Spellings {
  /** Canonical: what events and ARNs name. */
  readonly canonical: string
  readonly sent: string | undefined
  readonly foldFrom: number | undefined
  readonly #beginning: Beginning
  readonly #path: string
  readonly #parts: SpellingParts
  #texts: readonly WideText[] | undefined
  #slashedText: WideText | undefined

  constructor(start: Beginning, path: string, parts: SpellingParts = NONE) {
    this.canonical = start.text + path
    this.sent = parts.sent === undefined ? undefined : start.text + parts.sent
    this.foldFrom = parts.foldFrom
    this.#beginning = start
    this.#path = path
    this.#parts = parts
  }

  /** The canonical spelling, the one sent, and the one without the slash. */
  get texts(): readonly WideText[] {
    if (this.#texts !== undefined) return this.#texts
    const { sent, otherSlash } = this.#parts
    const texts = [this.#widen(this.#path)]
    if (sent !== undefined) texts.push(this.#widen(sent))
    if (otherSlash === 'removed') texts.push(this.#widen(this.#path.slice(0, -1)))
    this.#texts = texts
    return texts
  }

  /** The spelling with a slash that is not there, for patterns that were written with one. */
  get slashedText(): WideText | undefined {
    if (this.#parts.otherSlash === 'added') this.#slashedText ??= this.#widen(`${this.#path}/`)
    return this.#slashedText
  }

  #widen(path: string): WideText {
    const { text: start, folded } = this.#beginning
    const plain = decodeEscapes(path)
    const text = start + path
    return { text, plain: plain === path ? text : start + plain, folded: folded + asciiLower(plain) }
  }
}

const NOTHING = beginning('')

/** A resource alone, for a router that takes every character as it is. */
export const exactSpelling = (resource: string): Spellings => new Spellings(NOTHING, resource)

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
