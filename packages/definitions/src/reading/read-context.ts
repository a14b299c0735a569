/** What the reader of a format works with. @module */
import { ApiBuilder } from '../building/api-builder.ts'
import type { Findings } from '../building/findings.ts'
import type { Values } from '../building/values.ts'
import type { Origin, Protocol } from '../definition.ts'
import { Budget } from '../document/budget.ts'
import { DocumentProblem } from '../document/document-problem.ts'
import type { Node } from '../document/node.ts'
import { parseDocument, type Source } from '../document/parse.ts'
import type { Files } from './files.ts'
import type { ReadOptions } from './options.ts'

/** Reader of a format: adds the APIs of a document to the context. */
export type DocumentReader = (document: Node, context: ReadContext) => void

/** The state of one import. */
export class ReadContext {
  readonly findings: Findings
  readonly values: Values
  readonly options: Readonly<ReadOptions>
  readonly files: Files
  /** Whether nothing else is read, so that what other stacks export is not part of the input. */
  readonly isOnlyFile: boolean
  readonly #budget = new Budget()
  readonly #apis: ApiBuilder[] = []

  constructor(parts: {
    findings: Findings
    values: Values
    options: Readonly<ReadOptions>
    files: Files
    isOnlyFile: boolean
  }) {
    this.findings = parts.findings
    this.values = parts.values
    this.options = parts.options
    this.files = parts.files
    this.isOnlyFile = parts.isOnlyFile
  }

  /** The APIs found so far. */
  get apis(): readonly ApiBuilder[] {
    return this.#apis
  }

  /** Adds an API; a name that is taken gets a number. */
  addApi(name: string, protocol: Protocol, origin: Origin): ApiBuilder {
    const taken = new Set(this.#apis.map((each) => each.name))
    let unique = name
    for (let count = 2; taken.has(unique); count++) unique = `${name}-${count}`
    const api = new ApiBuilder(unique, protocol, { findings: this.findings, origin })
    this.#apis.push(api)
    return api
  }

  /** @throws {DocumentProblem} */
  parse(source: Source): Node {
    return parseDocument(source, this.#budget)
  }

  /**
   * Counts values and texts that functions of a document generate.
   *
   * @throws {DocumentProblem} class `hostile`
   */
  generated({ nodes, characters }: { readonly nodes: number; readonly characters: number }, origin: Origin): void {
    if (this.#budget.takeNodes(nodes) && this.#budget.takeText(characters)) return
    const message = 'functions that generate too many values, or too much text'
    throw new DocumentProblem('DEF-IN-07', 'hostile', origin, { message, advice: 'Simplify the functions.' })
  }

  /** Runs a step of an import; a document or file that cannot be read becomes a finding, and the step has no result. */
  attempt<T>(step: () => T): T | undefined {
    try {
      return step()
    } catch (error) {
      if (!(error instanceof DocumentProblem)) throw error
      this.findings.problem(error)
      return undefined
    }
  }
}
