/** The notation of variables, `${type(parameter):address, fallback}`, as Serverless Framework parses it (DEF-RES-10). @module */

/** A text with variables in it. */
export type Template = readonly Part[]

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly text: string; readonly sources: readonly VariableSource[] }

/** One of the places that a value may come from. */
export type VariableSource =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | {
      readonly kind: 'lookup'
      readonly type: string
      readonly parameters: readonly Template[]
      readonly address: Template
    }

const MAX_DEPTH = 16
const TYPE = /[a-z][A-Za-z0-9]*/y
const LITERAL = /[A-Za-z0-9.-]+(?= *\})/y
const QUOTED = /"(?:[^"\\]|\\.)*"|'[^']*'/y
const ESCAPE = /(\\+)\$\{/y

/** Thrown inside of this file only. */
class SyntaxProblem extends Error {}

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Parses up to the end, or to one of the given characters. */
  template(until: string, depth = 0): Template {
    if (depth > MAX_DEPTH) throw new SyntaxProblem()
    const parts: Part[] = []
    let plain = ''
    while (this.#at < this.#text.length && !until.includes(this.#current())) {
      const escape = this.#match(ESCAPE)
      if (escape !== undefined) {
        const slashes = escape.length - 2
        plain += '\\'.repeat(Math.floor(slashes / 2))
        if (slashes % 2 === 1) plain += '${'
        else this.#at -= 2
        continue
      }
      const variable = this.#variable(depth)
      if (variable !== undefined) {
        if (plain !== '') parts.push({ kind: 'text', text: plain })
        plain = ''
        parts.push(variable)
      } else {
        plain += this.#current()
        this.#at += 1
      }
    }
    if (plain !== '' || parts.length === 0) parts.push({ kind: 'text', text: plain })
    return parts
  }

  /** A variable; `undefined`, without a step, if there is none: `${AWS::Region}` and `${name}` are text. */
  #variable(depth: number): Part | undefined {
    const start = this.#at
    if (!this.#text.startsWith('${', start)) return undefined
    this.#at += 2
    if (this.#match(TYPE) === undefined || !/^(?:\(|:(?!:))/.test(this.#text.slice(this.#at, this.#at + 2))) {
      this.#at = start
      return undefined
    }
    this.#at = start + 2
    const sources: VariableSource[] = []
    for (;;) {
      sources.push(this.#source(depth))
      this.#spaces()
      if (this.#take('}')) break
      if (!this.#take(',')) throw new SyntaxProblem()
      this.#spaces()
    }
    return { kind: 'variable', text: this.#text.slice(start, this.#at), sources }
  }

  #source(depth: number): VariableSource {
    const quoted = this.#match(QUOTED)
    if (quoted !== undefined) return { kind: 'literal', value: unquoted(quoted) }
    const literal = this.#match(LITERAL)
    if (literal !== undefined) return { kind: 'literal', value: literalOf(literal) }
    const type = this.#match(TYPE)
    if (type === undefined) throw new SyntaxProblem()
    const parameters = this.#take('(') ? this.#parameters(depth) : undefined
    this.#spaces()
    const hasAddress = this.#take(':')
    if (!hasAddress && parameters === undefined) throw new SyntaxProblem()
    this.#spaces()
    const address = hasAddress ? this.#operand(',}', depth) : [{ kind: 'text', text: '' } as const]
    return { kind: 'lookup', type, parameters: parameters ?? [], address }
  }

  #parameters(depth: number): readonly Template[] {
    const parameters: Template[] = []
    for (;;) {
      this.#spaces()
      if (this.#take(')')) return parameters
      parameters.push(this.#operand(',)', depth))
      this.#spaces()
      if (this.#take(')')) return parameters
      if (!this.#take(',')) throw new SyntaxProblem()
    }
  }

  /** A parameter or an address: a quoted text, or text with variables. */
  #operand(until: string, depth: number): Template {
    const quoted = this.#match(QUOTED)
    if (quoted !== undefined) return [{ kind: 'text', text: unquoted(quoted) }]
    return trimmed(this.template(until, depth + 1))
  }

  #current(): string {
    return this.#text.charAt(this.#at)
  }

  #take(character: string): boolean {
    if (this.#current() !== character) return false
    this.#at += 1
    return true
  }

  #spaces(): void {
    while (this.#current() === ' ') this.#at += 1
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#text) ?? []
    if (found !== undefined) this.#at += found.length
    return found
  }
}

const trimmed = (template: Template): Template =>
  template.map((part, index) => {
    if (part.kind !== 'text') return part
    const start = index === 0 ? part.text.trimStart() : part.text
    return { kind: 'text', text: index === template.length - 1 ? start.trimEnd() : start }
  })

const unquoted = (text: string): string => {
  if (text.startsWith("'")) return text.slice(1, -1)
  try {
    return String(JSON.parse(text))
  } catch {
    throw new SyntaxProblem()
  }
}

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

const literalOf = (text: string): string | number | boolean | null => {
  const word = WORDS.get(text)
  if (word !== undefined) return word
  if (Number.isNaN(Number(text))) throw new SyntaxProblem()
  return Number(text)
}

/** The parts of a text; `undefined` if its notation is wrong. */
export const parseTemplate = (text: string): Template | undefined => {
  try {
    return new Parser(text).template('')
  } catch (error) {
    if (error instanceof SyntaxProblem) return undefined
    throw error
  }
}
