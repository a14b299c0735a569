/** The spellings of one request that reach the same handler (SEC-06, SEC-07, SEC-11, SEC-14). @module */
import { asciiLower } from '../../../contract.ts'

/** One spelling, in the forms that a Deny is compared with. */
export interface WideText {
  /** The spelling itself. */
  readonly text: string
  /** The spelling with every escape of printable ASCII decoded, except `%25` and `%2F`. */
  readonly plain: string
  /** `plain` in lower case. */
  readonly folded: string
  /** `plain` with `%25` decoded as well, for wildcards that match a percent sign; `undefined` without one. */
  readonly literal: string | undefined
  /** Index from which the router ignores letter case; `undefined` if it is case-sensitive. */
  readonly foldFrom: number | undefined
}

/** The first part of a resource: API, stage and method. It contains no escapes. */
export interface Beginning {
  readonly text: string
  readonly folded: string
}

export const beginning = (text: string): Beginning => ({ text, folded: asciiLower(text) })

/** The other spellings under which a request reaches the same handler. */
export interface SpellingParts {
  /** The path as the client sent it, if the router compares this text; an Allow has to match it as well. */
  readonly sent?: string | undefined
  /**
   * The second form of the path: `'added'` with a trailing slash that only patterns with a trailing slash match, `'sent'` with
   * the slash that the client sent and the router ignores, `'removed'` without the trailing slash.
   */
  readonly otherSlash?: 'added' | 'sent' | 'removed' | undefined
  /** Index in the canonical spelling from which the router ignores letter case. Default: it is case-sensitive. */
  readonly foldFrom?: number | undefined
  /** The first part with the method whose handler also serves the request: `GET` for `HEAD`. A Deny matches both. */
  readonly servedAs?: Beginning | undefined
  /** The same request with `%2F` decoded; absent if the path has none. */
  readonly decodedSlashes?: Spellings | undefined
  /** Whether `%2F` is always literal text, in the path and in policies. Default `false`. */
  readonly slashesAreData?: boolean
}

const NONE: SpellingParts = {}

/** The resource of a request in all relevant spellings. The forms that only a Deny needs are computed on demand. */
export class Spellings {
  /** The canonical spelling, as in events and ARNs. */
  readonly canonical: string
  readonly sent: string | undefined
  /** The request for a layer that decodes `%2F` before it splits the path; `undefined` if the path has no `%2F`. */
  readonly decodedSlashes: Spellings | undefined
  readonly slashesAreData: boolean
  readonly #beginning: Beginning
  readonly #path: string
  readonly #parts: SpellingParts
  #texts: readonly WideText[] | undefined
  #slashedTexts: readonly WideText[] | undefined

  constructor(start: Beginning, path: string, parts: SpellingParts = NONE) {
    this.canonical = start.text + path
    this.sent = parts.sent === undefined ? undefined : start.text + parts.sent
    this.decodedSlashes = parts.decodedSlashes
    this.slashesAreData = parts.slashesAreData === true
    this.#beginning = start
    this.#path = path
    this.#parts = parts
  }

  /** The spellings that `NotResource` of a Deny must all match to exclude the request. */
  get required(): readonly string[] {
    const { sent, servedAs } = this.#parts
    const paths = sent === undefined ? [this.#path] : [this.#path, sent]
    return this.#starts(servedAs).flatMap(({ text }) => paths.map((path) => text + path))
  }

  /** The spellings that a Deny may match: canonical, as sent, with and without trailing slash; for `HEAD` also as `GET`. */
  get texts(): readonly WideText[] {
    if (this.#texts !== undefined) return this.#texts
    const { sent, otherSlash, servedAs } = this.#parts
    const texts: WideText[] = []
    for (const start of this.#starts(servedAs)) {
      texts.push(this.#widen(start, this.#path))
      if (sent !== undefined) texts.push(this.#widen(start, sent))
      // A file server serves the index of a folder there, so `/admin/` is below `admin/*`.
      if (otherSlash === 'sent') texts.push(this.#widen(start, `${this.#path}/`))
      if (otherSlash === 'removed') texts.push(this.#widen(start, this.#path.slice(0, -1)))
    }
    this.#texts = texts
    return texts
  }

  /** The spellings with an added trailing slash, for patterns with a trailing slash. */
  get slashedTexts(): readonly WideText[] {
    const { otherSlash, servedAs } = this.#parts
    this.#slashedTexts ??=
      otherSlash === 'added' ? this.#starts(servedAs).map((start) => this.#widen(start, `${this.#path}/`)) : []
    return this.#slashedTexts
  }

  #starts(servedAs: Beginning | undefined): readonly Beginning[] {
    return servedAs === undefined ? [this.#beginning] : [this.#beginning, servedAs]
  }

  #widen({ text: start, folded }: Beginning, path: string): WideText {
    const { foldFrom } = this.#parts
    const plain = decoded(path)
    const text = start + path
    return {
      text,
      plain: plain === path ? text : start + plain,
      folded: folded + asciiLower(plain),
      literal: plain.includes('%25') ? start + plain.replaceAll('%25', '%') : undefined,
      foldFrom: foldFrom === undefined ? undefined : foldFrom + start.length - this.#beginning.text.length,
    }
  }
}

const NOTHING = beginning('')

/** A resource with a single spelling, for a router that compares it character by character. */
export const exactSpelling = (resource: string): Spellings => new Spellings(NOTHING, resource, { slashesAreData: true })

/**
 * Decodes every escape of a printable ASCII character except the slash and the percent sign, as routers do with parameters;
 * other escapes are converted to upper case. Two spellings with the same decoded form can name the same resource.
 */
const decodeEscapes = (text: string): string =>
  text.replace(/%([\dA-Fa-f]{2})/g, (escape, digits: string) => {
    const code = Number.parseInt(digits, 16)
    return code >= 0x20 && code < 0x7f && code !== 0x25 && code !== 0x2f
      ? String.fromCharCode(code)
      : escape.toUpperCase()
  })

const NEEDS_DECODING = /[%\u0080-\uffff]/

/** The decoded form of a text. Non-ASCII characters are encoded, since requests can only contain them encoded. */
export const decoded = (text: string): string => {
  // Nearly every path needs no decoding; one test is cheaper than three passes without effect.
  if (!NEEDS_DECODING.test(text)) return text
  // oxlint-disable-next-line no-control-regex -- non-ASCII characters
  return decodeEscapes(text.isWellFormed() ? text.replace(/[^\u0000-\u007f]+/g, encodeURIComponent) : text)
}

/**
 * The forms of policy text that a decoded spelling is compared with. A `%` may start an escape or be literal, as in
 * `users/100%`, so text with a `%` has up to three forms.
 */
export const decodedForms = (text: string): readonly string[] => {
  if (!text.includes('%')) return [decoded(text)]
  return [decoded(text), decoded(text.replace(/%(?![\dA-Fa-f]{2})/g, '%25')), decoded(text.replaceAll('%', '%25'))]
}
