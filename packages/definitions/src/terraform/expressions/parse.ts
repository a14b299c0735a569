/**
 * Parses the expressions that are evaluated (DEF-TF-03), in one pass. Anything else becomes an expression of the kind
 * `other`, whose value is not known.
 * @module
 */
import { LIMITS } from '../../document/limits.ts'
import { Cursor, Unparsable } from './cursor.ts'
import type { Expression, Step } from './expression.ts'
import { skipLoop } from './loops.ts'
import { asTemplate, readParts } from './template.ts'

/** Binary operators by precedence, weakest first. */
const OPERATORS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
]

const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
])

class Parser {
  readonly #cursor: Cursor
  #depth = 0

  constructor(text: string) {
    this.#cursor = new Cursor(text)
  }

  /** The whole text as a template: the text between quotes, without escapes of the quotes. */
  template(): Expression {
    const text = this.#cursor.text
    const parts = this.#parts(undefined)
    return asTemplate(parts, text)
  }

  #expression(): Expression {
    this.#depth += 1
    if (this.#depth > LIMITS.depth) throw new Unparsable()
    const cursor = this.#cursor
    cursor.skip()
    const start = cursor.position
    const condition = this.#binary(0)
    cursor.skip()
    let found = condition
    if (cursor.take('?')) {
      const whenTrue = this.#expression()
      cursor.skip()
      cursor.expect(':')
      const whenFalse = this.#expression()
      found = { kind: 'conditional', condition, whenTrue, whenFalse, text: this.#since(start) }
    }
    this.#depth -= 1
    return found
  }

  #binary(level: number): Expression {
    const operators = OPERATORS[level]
    if (operators === undefined) return this.#unary()
    const cursor = this.#cursor
    const start = cursor.position
    let left = this.#binary(level + 1)
    for (;;) {
      const before = cursor.position
      cursor.skip()
      const operator = operators.find((each) => cursor.take(each))
      if (operator === undefined) {
        cursor.position = before
        return left
      }
      cursor.skip()
      const right = this.#binary(level + 1)
      left = { kind: 'binary', operator, left, right, text: this.#since(start) }
    }
  }

  #unary(): Expression {
    const cursor = this.#cursor
    const start = cursor.position
    const operator = cursor.take('!') ? '!' : cursor.take('-') ? '-' : undefined
    if (operator === undefined) return this.#postfix()
    this.#depth += 1
    if (this.#depth > LIMITS.depth) throw new Unparsable()
    cursor.skip()
    const of = this.#unary()
    this.#depth -= 1
    return { kind: 'unary', operator, of, text: this.#since(start) }
  }

  #postfix(): Expression {
    const start = this.#cursor.position
    const of = this.#primary()
    const steps = this.#steps()
    if (of.kind === 'variable') return { ...of, steps, text: this.#since(start) }
    return steps.length === 0 ? of : { kind: 'access', of, steps, text: this.#since(start) }
  }

  #steps(): readonly Step[] {
    const cursor = this.#cursor
    const steps: Step[] = []
    for (;;) {
      if (cursor.take('[*]') || cursor.take('.*')) steps.push({ kind: 'splat' })
      else if (cursor.take('.')) {
        const start = cursor.position
        const name = cursor.name()
        if (name !== undefined) steps.push({ kind: 'name', name })
        else if (/^\d+$/.test(String(cursor.number()))) {
          const text = this.#since(start)
          steps.push({ kind: 'index', index: { kind: 'literal', value: Number(text), text } })
        } else throw new Unparsable()
      } else if (cursor.take('[')) {
        const index = this.#bracketed(() => this.#expression())
        cursor.expect(']')
        steps.push({ kind: 'index', index })
      } else return steps
    }
  }

  #primary(): Expression {
    const cursor = this.#cursor
    const start = cursor.position
    if (cursor.take('"')) {
      const parts = this.#parts('"')
      return asTemplate(parts, this.#since(start))
    }
    if (cursor.take('(')) {
      const inner = this.#bracketed(() => this.#expression())
      cursor.expect(')')
      // Kept apart, so that nothing after the bracket continues the path of a variable.
      return inner.kind === 'variable' ? { kind: 'access', of: inner, steps: [], text: this.#since(start) } : inner
    }
    if (cursor.take('[')) return this.#tuple(start)
    if (cursor.take('{')) return this.#object(start)
    const name = cursor.name()
    if (name === undefined) {
      const number = cursor.number()
      if (number === undefined) throw new Unparsable()
      return { kind: 'literal', value: number, text: this.#since(start) }
    }
    if (cursor.take('(')) return this.#call(name, start)
    const value = WORDS.get(name)
    if (value !== undefined) return { kind: 'literal', value, text: name }
    if (cursor.startsWith('::')) throw new Unparsable()
    return { kind: 'variable', root: name, steps: [], text: name }
  }

  #call(name: string, start: number): Expression {
    const args = this.#list(')')
    return { kind: 'call', name, args, text: this.#since(start) }
  }

  #tuple(start: number): Expression {
    if (this.#isLoop()) return this.#loop(']', start)
    const items = this.#list(']')
    return { kind: 'tuple', items, text: this.#since(start) }
  }

  #list(end: string): readonly Expression[] {
    const cursor = this.#cursor
    return this.#bracketed(() => {
      const items: Expression[] = []
      cursor.skip()
      while (!cursor.take(end)) {
        items.push(this.#expression())
        cursor.skip()
        if (cursor.take(',')) cursor.skip()
        else if (!cursor.startsWith(end)) throw new Unparsable()
      }
      return items
    })
  }

  #object(start: number): Expression {
    if (this.#isLoop()) return this.#loop('}', start)
    const cursor = this.#cursor
    const outer = cursor.isLineBound
    const members: [Expression, Expression][] = []
    cursor.skipAll()
    while (!cursor.take('}')) {
      cursor.isLineBound = true
      const key = this.#key()
      cursor.skip()
      if (!cursor.take('=')) cursor.expect(':')
      members.push([key, this.#expression()])
      cursor.skip()
      if (!cursor.take(',') && !cursor.startsWith('\n') && !cursor.startsWith('}')) throw new Unparsable()
      cursor.skipAll()
    }
    cursor.isLineBound = outer
    return { kind: 'object', members, text: this.#since(start) }
  }

  #key(): Expression {
    const cursor = this.#cursor
    const name = cursor.name()
    return name === undefined ? this.#primary() : { kind: 'literal', value: name, text: name }
  }

  #isLoop(): boolean {
    const cursor = this.#cursor
    cursor.skipAll()
    return /^for\s/.test(cursor.text.slice(cursor.position, cursor.position + 4))
  }

  #loop(end: string, start: number): Expression {
    skipLoop(this.#cursor, end, () => this.#parts('"'))
    return { kind: 'other', text: this.#since(start) }
  }

  /** Reads an expression in brackets, where line breaks have no meaning. */
  #bracketed<T>(read: () => T): T {
    const cursor = this.#cursor
    const outer = cursor.isLineBound
    cursor.isLineBound = false
    const found = read()
    cursor.skip()
    cursor.isLineBound = outer
    return found
  }

  #parts(quote: '"' | undefined): readonly (string | Expression)[] {
    return readParts(this.#cursor, quote, () => this.#bracketed(() => this.#expression()))
  }

  #since(start: number): string {
    return this.#cursor.text.slice(start, this.#cursor.position)
  }
}

/** Parses text with expressions between `${` and `}`. */
export const parseTemplate = (text: string): Expression => {
  try {
    return new Parser(text).template()
  } catch (error) {
    if (error instanceof Unparsable) return { kind: 'other', text }
    throw error
  }
}
