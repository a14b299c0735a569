/** Compares names of headers and encodes their values, for headers that a mount sets. @module */
import { asciiLower } from '../util/ascii.ts'

/** Maximum length in characters of one value, and of all values that one mount sets (SEC-21). */
export const MAX_VALUE = 4096
export const MAX_TOTAL = 8192

/** Folds a header name as the loosest backend does: `X_User` and `x-user` are the same (SEC-18). */
export const fold = (name: string): string => asciiLower(name).replace(/[^a-z\d]/g, '-')

/** Names of headers in every spelling that {@link fold} considers the same. */
export class FoldedNames {
  readonly #names: ReadonlySet<string>
  /** Folding keeps the length, and most headers of a request have another length than the names. */
  readonly #lengths: ReadonlySet<number>

  constructor(names: readonly string[]) {
    this.#names = new Set(names.map(fold))
    this.#lengths = new Set(names.map(({ length }) => length))
  }

  has(name: string): boolean {
    return this.#lengths.has(name.length) && this.#names.has(fold(name))
  }
}

/**
 * Encodes text for a header value: printable ASCII other than `%` stays, all other characters become percent-encoded UTF-8
 * (SEC-21). Returns `undefined` for control characters and ill-formed text.
 */
export const headerText = (text: string): string | undefined => {
  if (/^[\x20-\x24\x26-\x7e]*$/.test(text)) return text
  // oxlint-disable-next-line no-control-regex -- finds control characters
  if (/[\u0000-\u001f\u007f]/.test(text) || !text.isWellFormed()) return undefined
  return text.replace(/[^\x20-\x7e]|%/gu, (char) => encodeURIComponent(char))
}
