/** Reads the text of `.tf` and `.tfvars` files into nodes, with the parser `@cdktf/hcl2json` (DEF-TF-02). @module */
import type { Origin } from '../../definition.ts'
import { DocumentProblem } from '../../document/document-problem.ts'
import { LIMITS } from '../../document/limits.ts'
import { type Node, scalar } from '../../document/node.ts'
import type { Source } from '../../document/parse.ts'
import { type BlockPlace, layoutOf } from './layout.ts'

/** The part of `@cdktf/hcl2json` that is used. */
interface HclParser {
  parse: (name: string, text: string) => Promise<unknown>
}

/** Blocks of all files of one configuration. The parser takes about a millisecond for each. */
export const BLOCKS = 10_000

/** Not a literal, so that compilers and bundlers do not need the package. */
const PARSER: string = '@cdktf/hcl2json'

/** @throws {DocumentProblem} if the package is not installed */
const loadParser = async (origin: Origin): Promise<HclParser> => {
  try {
    const loaded = (await import(PARSER)) as { parse?: unknown; default?: { parse?: unknown } }
    const parse = loaded.parse ?? loaded.default?.parse
    if (typeof parse === 'function') return { parse: parse as HclParser['parse'] }
  } catch {
    // Reported below.
  }
  const message = 'reading .tf files needs the package @cdktf/hcl2json, which is not installed'
  const advice = 'Install it (npm install @cdktf/hcl2json), or give the output of terraform show -json.'
  throw new DocumentProblem('DEF-TF-02', 'external', origin, { message, advice })
}

/**
 * Parses one file. Expressions stay text: `"${var.x}"`.
 *
 * @throws {DocumentProblem}
 */
export const parseHcl = async ({ name, text }: Source, left: { blocks: number }): Promise<Node> => {
  const origin: Origin = { file: name, line: 1, pointer: '' }
  if (text.includes('\0')) throw malformed('not a text file', origin)
  const layout = layoutOf(text)
  if (layout.depth > LIMITS.depth) {
    const details = {
      message: `more than ${LIMITS.depth} levels`,
      advice: 'Split the file, or remove what generates it.',
    }
    throw new DocumentProblem('DEF-IN-08', 'hostile', origin, details)
  }
  left.blocks -= layout.blocks.length
  if (left.blocks < 0) {
    const details = { message: `more than ${BLOCKS} blocks`, advice: 'Give the output of terraform show -json.' }
    throw new DocumentProblem('DEF-IN-07', 'hostile', origin, details)
  }
  const parser = await loadParser(origin)
  let parsed: unknown
  try {
    parsed = await parser.parse(name, text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw syntaxError(error, origin)
  }
  return new Placement(name, layout.blocks).convert(parsed, '', origin.line)
}

const malformed = (message: string, origin: Origin): DocumentProblem =>
  new DocumentProblem('DEF-IN-04', 'malformed', origin, { message, advice: 'Correct the file.' })

/** The parser's message has the form `[file:line,column-column: Summary; detail]`. The detail may quote the file. */
const syntaxError = (error: unknown, origin: Origin): DocumentProblem => {
  const text = error instanceof Error ? error.message : ''
  const [, line, summary] = /:(\d+),\d+-[\d,]+: ([^;\]]{1,100})/.exec(text) ?? []
  const code = summary === 'Attribute redefined' ? 'DEF-IN-02' : 'DEF-IN-04'
  const place = { ...origin, line: line === undefined ? 1 : Number(line) }
  const details = { message: `not valid Terraform: ${summary ?? 'not readable'}`, advice: 'Correct the file.' }
  return new DocumentProblem(code, 'malformed', place, details)
}

/** Converts what the parser returns, and adds the lines. */
class Placement {
  readonly #file: string
  readonly #places = new Map<string, BlockPlace[]>()
  #left: number = LIMITS.nodes

  constructor(file: string, blocks: readonly BlockPlace[]) {
    this.#file = file
    for (const block of blocks) {
      const same = this.#places.get(block.header)
      if (same === undefined) this.#places.set(block.header, [block])
      else same.push(block)
    }
  }

  /** @param header type and labels so far, as in a {@link BlockPlace} */
  convert(value: unknown, header: string, line: number): Node {
    // The address of a resource has no prefix.
    const origin = this.#at(line, header.replace(/^resource /, '').replaceAll(' ', '.'))
    const places = this.#places.get(header)
    if (Array.isArray(value) && places !== undefined)
      return { kind: 'list', items: value.map((item, index) => this.#block(item, places[index], origin)), origin }
    if (!isObject(value) || header.split(' ').length > 3) return this.#value(value, origin, 0)
    const entries = Object.entries(value).map(([key, member]): [string, Node] => {
      this.#check(key, origin)
      return [key, this.convert(member, header === '' ? key : `${header} ${key}`, line)]
    })
    return { kind: 'map', entries: new Map(entries), origin }
  }

  #block(value: unknown, place: BlockPlace | undefined, { line, pointer }: Origin): Node {
    const origin = this.#at(place?.line ?? line, pointer)
    if (!isObject(value)) return this.#value(value, origin, 0)
    const entries = Object.entries(value).map(([key, member]): [string, Node] => {
      this.#check(key, origin)
      const at = place?.lines.get(key) ?? origin.line
      return [key, this.#value(member, this.#at(at, `${pointer}/${key}`), 0)]
    })
    return { kind: 'map', entries: new Map(entries), origin }
  }

  #value(value: unknown, origin: Origin, depth: number): Node {
    this.#left -= 1
    if (this.#left < 0 || depth > LIMITS.depth) throw this.#hostile('DEF-IN-07', origin, 'more values than the limit')
    if (Array.isArray(value))
      return { kind: 'list', items: value.map((item) => this.#value(item, origin, depth + 1)), origin }
    if (!isObject(value)) return scalar(isPlain(value) ? value : null, origin)
    const entries = Object.entries(value).map(([key, member]): [string, Node] => {
      this.#check(key, origin)
      return [key, this.#value(member, origin, depth + 1)]
    })
    return { kind: 'map', entries: new Map(entries), origin }
  }

  #check(key: string, origin: Origin): void {
    if (key === '__proto__') throw this.#hostile('DEF-IN-03', origin, 'the name __proto__')
  }

  #hostile(code: string, origin: Origin, message: string): DocumentProblem {
    return new DocumentProblem(code, 'hostile', origin, { message, advice: 'Correct the file, or split it.' })
  }

  #at(line: number, pointer: string): Origin {
    return { file: this.#file, line, pointer }
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
