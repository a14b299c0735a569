/** Reference implementation of strict JSON: RFC 8259, without ambiguous texts (SEC-39, SEC-77, SEC-88). @module */

const MAX_DEPTH = 32

/** Thrown at the first error. */
class Wrong extends Error {}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): unknown {
    const value = this.#value(0)
    this.#space()
    if (this.#at < this.#text.length) throw new Wrong('something after the value')
    return value
  }

  #space(): void {
    while (' \t\n\r'.includes(this.#text.charAt(this.#at)) && this.#at < this.#text.length) this.#at++
  }

  #peek(): string {
    this.#space()
    return this.#text.charAt(this.#at)
  }

  #take(wanted: string): void {
    if (!this.#text.startsWith(wanted, this.#at)) throw new Wrong(`no ${wanted}`)
    this.#at += wanted.length
  }

  #value(depth: number): unknown {
    const char = this.#peek()
    if (char === '{') return this.#object(depth + 1)
    if (char === '[') return this.#array(depth + 1)
    if (char === '"') return this.#string()
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return value
    }
    return this.#number()
  }

  #object(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new Wrong('too deep')
    const members: [string, unknown][] = []
    this.#take('{')
    while (this.#peek() !== '}') {
      if (members.length > 0) this.#take(',')
      this.#space()
      const name = this.#string()
      if (members.some(([each]) => each === name)) throw new Wrong('the same name twice')
      this.#space()
      this.#take(':')
      members.push([name, this.#value(depth)])
    }
    this.#take('}')
    return Object.fromEntries(members)
  }

  #array(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new Wrong('too deep')
    const elements: unknown[] = []
    this.#take('[')
    while (this.#peek() !== ']') {
      if (elements.length > 0) this.#take(',')
      elements.push(this.#value(depth))
    }
    this.#take(']')
    return elements
  }

  #string(): string {
    this.#take('"')
    let value = ''
    for (;;) {
      const char = this.#text.charAt(this.#at++)
      if (char === '"') break
      if (char === '' || char < ' ') throw new Wrong('a string without an end, or with a control character')
      value += char === '\\' ? this.#escape() : char
    }
    if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value))
      throw new Wrong('half a character')
    return value
  }

  #escape(): string {
    const char = this.#text.charAt(this.#at++)
    const simple = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[char]
    if (simple !== undefined) return simple
    const digits = this.#text.slice(this.#at, this.#at + 4)
    if (char !== 'u' || !/^[\da-f]{4}$/i.test(digits)) throw new Wrong('no escape')
    this.#at += 4
    return String.fromCharCode(Number(`0x${digits}`))
  }

  #number(): number {
    const [found] = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(this.#text.slice(this.#at)) ?? []
    if (found === undefined) throw new Wrong('no value')
    this.#at += found.length
    return Number(found)
  }
}

/** The value in a tuple; `undefined` if the text is invalid or ambiguous. */
export const referenceJson = (text: string): readonly [unknown] | undefined => {
  try {
    return [new Reader(text).whole()]
  } catch (error) {
    if (error instanceof Wrong) return undefined
    throw error
  }
}
