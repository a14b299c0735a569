/** Limits the size of values before they become JSON text. @module */

/** A result that contracts accept has at most 10,000 values, but may have other members, which gateways ignore. */
const MAX_VALUES = 100_000
/** The response of a Lambda function has at most 6 MB (AWS-OUT-51). */
const MAX_CHARACTERS = 6 * 1024 * 1024

/**
 * Counts what becomes JSON text, as a part of the replacer of `JSON.stringify`, which cannot be interrupted otherwise. A small
 * object that contains others several times has any size as text, because JSON has no references.
 */
export class JsonSize {
  #values = 0
  #characters = 0

  /** @throws {RangeError} from 100,001 values on, or more than 6 Mi characters */
  add(key: string, value: unknown): void {
    this.#values++
    this.#characters += key.length + (typeof value === 'string' ? value.length : 0)
    if (this.#values > MAX_VALUES) throw new RangeError(`The value has more than ${MAX_VALUES} values`)
    if (this.#characters > MAX_CHARACTERS)
      throw new RangeError(`The value has more than ${MAX_CHARACTERS} characters as JSON`)
  }
}
