/** A position in the text of an expression. @module */

/** Thrown for text that is not one of the expressions that are evaluated. */
export class Unparsable extends Error {}

const NAME = /[A-Za-z_][\w-]*/y
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const BLANKS = {
  line: /(?:[ \t\r]+|(?:#|\/\/)[^\n]*|\/\*[^]*?\*\/)+/y,
  all: /(?:\s+|(?:#|\/\/)[^\n]*|\/\*[^]*?\*\/)+/y,
}

/** Reads text from left to right. */
export class Cursor {
  readonly text: string
  position = 0
  /** Whether a line break ends an expression, as in the members of an object. */
  isLineBound = false

  constructor(text: string) {
    this.text = text
  }

  get isAtEnd(): boolean {
    return this.position >= this.text.length
  }

  /** Skips blanks and comments; line breaks only where they have no meaning. */
  skip(pattern: RegExp = this.isLineBound ? BLANKS.line : BLANKS.all): void {
    this.#match(pattern)
  }

  /** Skips blanks, comments and line breaks. */
  skipAll(): void {
    this.skip(BLANKS.all)
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.position)
  }

  /** Takes a text if it is next. */
  take(text: string): boolean {
    if (!this.startsWith(text)) return false
    this.position += text.length
    return true
  }

  /** @throws {Unparsable} if another text is next */
  expect(text: string): void {
    if (!this.take(text)) throw new Unparsable()
  }

  name(): string | undefined {
    return this.#match(NAME)
  }

  number(): number | undefined {
    const text = this.#match(NUMBER)
    return text === undefined ? undefined : Number(text)
  }

  #match(pattern: RegExp): string | undefined {
    const sticky = pattern
    sticky.lastIndex = this.position
    const [found] = sticky.exec(this.text) ?? []
    if (found !== undefined) this.position += found.length
    return found
  }
}
