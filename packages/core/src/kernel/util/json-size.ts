/** Limits the size of values before they become JSON text. @module */

/** A result that contracts accept has at most 10,000 values, but may have other members, which gateways ignore. */
const MAX_VALUES = 100_000
/** The response of a Lambda function has at most 6 MB (AWS-OUT-51). */
const MAX_CHARACTERS = 6 * 1024 * 1024

/** What `JSON.stringify` reads in place of an object. */
const converted = (key: string, value: object): unknown => {
  const { toJSON } = value as { readonly toJSON?: unknown }
  return typeof toJSON === 'function' ? toJSON.call(value, key) : value
}

class Size {
  #values = 0
  #characters = 0

  add(key: string, given: unknown): void {
    if (++this.#values > MAX_VALUES) throw new RangeError(`The value has more than ${MAX_VALUES} values`)
    const value = typeof given === 'object' && given !== null ? converted(key, given) : given
    if (typeof value === 'string') this.#addText(value)
    else if (Array.isArray(value)) for (let index = 0; index < value.length; index++) this.add('', value[index])
    else if (typeof value === 'object' && value !== null) this.#addMembers(value as Readonly<Record<string, unknown>>)
  }

  #addMembers(members: Readonly<Record<string, unknown>>): void {
    for (const key of Object.keys(members)) {
      this.#addText(key)
      this.add(key, members[key])
    }
  }

  #addText({ length }: string): void {
    this.#characters += length
    if (this.#characters > MAX_CHARACTERS)
      throw new RangeError(`The value has more than ${MAX_CHARACTERS} characters as JSON`)
  }
}

/**
 * Throws if JSON text of a value would be too large. A small object that contains others several times can have any size as text,
 * because JSON has no references, and `JSON.stringify` cannot be interrupted.
 *
 * @throws {RangeError} if the value has more than 100,000 values or 6 Mi characters, or is nested too deeply for the stack
 * @throws the error of a getter or of `toJSON`
 */
export const assertJsonSize = (value: unknown): void => new Size().add('', value)
