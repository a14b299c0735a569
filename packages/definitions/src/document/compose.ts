/**
 * Composes the syntax tree of one YAML or JSON document. The lexer, the parser and the composer of the library run step by
 * step, so that a text that exceeds a limit is rejected before the tree exists (DEF-IN-07, DEF-IN-08).
 * @module
 */
import { Composer, type CST, type Document, Lexer, LineCounter, Parser } from 'yaml'
import type { Origin } from '../definition.ts'
import type { Budget } from './budget.ts'
import { DocumentProblem } from './document-problem.ts'
import { LIMITS } from './limits.ts'

/** A file or another text that has a name. */
export interface Source {
  /** Path for messages and origins. */
  readonly name: string
  readonly text: string
}

/** What the lexer puts before each plain and block scalar. */
const SCALAR = '\u001F'
/** Besides collections, the stack of the parser has the document and one scalar. */
const MAX_STACK = LIMITS.depth + 4

const CORRECT = 'Correct the file.'

/** The tree of a document, and the positions of its lines. */
export interface Composed {
  readonly contents: unknown
  readonly lines: LineCounter
}

/** Composes one document; throws if there are more, or if a limit is exceeded. */
class Composition {
  readonly #source: Source
  readonly #lines = new LineCounter()
  readonly #budget: Budget

  constructor(source: Source, budget: Budget) {
    this.#source = source
    this.#budget = budget
  }

  compose(): Composed {
    const { text } = this.#source
    if (text.includes('\0')) throw this.#malformed('not a text file', 1)
    const document = this.#only()
    const [error] = document.errors
    if (error !== undefined)
      throw this.#malformed(`not valid YAML or JSON: ${error.code}`, this.#lines.linePos(error.pos[0]).line)
    const directive = document.directives?.yaml
    if (directive?.explicit === true && directive.version !== '1.2')
      throw this.#malformed('a %YAML directive of another version than 1.2', 1, 'DEF-IN-23')
    if (document.contents === null) throw this.#malformed('the file is empty', 1)
    return { contents: document.contents, lines: this.#lines }
  }

  #only(): Document.Parsed {
    // Keys are compared by the conversion: the library does it in quadratic time.
    const composer = new Composer({ uniqueKeys: false, schema: 'core', version: '1.2', logLevel: 'silent' })
    let only: Document.Parsed | undefined
    for (const document of composer.compose(this.#tokens())) {
      if (only !== undefined)
        throw this.#malformed('more than one document', this.#lines.linePos(document.range[0]).line)
      only = document
    }
    if (only === undefined) throw this.#malformed('the file is empty', 1)
    return only
  }

  /** The tokens of the parser. The first error ends them: the library would collect an error for every character. */
  *#tokens(): Generator<CST.Token, void> {
    const parser = new Parser(this.#lines.addNewLine)
    this.#lines.addNewLine(0)
    const counts = { aliases: 0, tags: 0 }
    let previous = ''
    for (const lexeme of new Lexer().lex(this.#source.text.replace(/^\uFEFF/, ''))) {
      if (previous !== SCALAR) this.#count(lexeme, counts, parser.offset)
      if (!this.#budget.takeToken())
        throw this.#hostile('DEF-IN-07', `more than ${LIMITS.tokens} tokens`, parser.offset)
      previous = lexeme
      for (const token of parser.next(lexeme)) yield this.#sound(token)
      if (parser.stack.length > MAX_STACK)
        throw this.#hostile('DEF-IN-08', `more than ${LIMITS.depth} levels`, parser.offset)
    }
    for (const token of parser.end()) yield this.#sound(token)
  }

  #count(lexeme: string, counts: { aliases: number; tags: number }, offset: number): void {
    if (lexeme.startsWith('*')) counts.aliases += 1
    if (lexeme.startsWith('!') || lexeme.startsWith('&')) counts.tags += 1
    if (counts.aliases > LIMITS.aliases) throw this.#hostile('DEF-IN-01', `more than ${LIMITS.aliases} aliases`, offset)
    if (counts.tags > LIMITS.tags) throw this.#hostile('DEF-IN-07', `more than ${LIMITS.tags} tags and anchors`, offset)
  }

  #sound(token: CST.Token): CST.Token {
    if (token.type === 'error') throw this.#malformed('not valid YAML or JSON', this.#lines.linePos(token.offset).line)
    return token
  }

  #at(line: number): Origin {
    return { file: this.#source.name, line, pointer: '' }
  }

  #malformed(message: string, line: number, code = 'DEF-IN-04'): DocumentProblem {
    return new DocumentProblem(code, 'malformed', this.#at(line), { message, advice: CORRECT })
  }

  #hostile(code: string, message: string, offset: number): DocumentProblem {
    const advice = 'Split the file, or remove what generates it.'
    return new DocumentProblem(code, 'hostile', this.#at(this.#lines.linePos(offset).line), { message, advice })
  }
}

/**
 * Composes the tree of one document.
 *
 * @throws {DocumentProblem} if the text is not one document, or exceeds a limit
 */
export const compose = (source: Source, budget: Budget): Composed => new Composition(source, budget).compose()
