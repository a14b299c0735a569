/**
 * Parses YAML 1.2 and JSON into nodes with their places. JSON is read as YAML too, because `JSON.parse` does not see a key
 * that occurs twice (DEF-IN-02).
 * @module
 */
import { type Alias, isAlias, isMap, isPair, isScalar, isSeq, type LineCounter, type YAMLMap } from 'yaml'
import type { Origin } from '../definition.ts'
import type { Budget } from './budget.ts'
import { compose, type Source } from './compose.ts'
import { DocumentProblem } from './document-problem.ts'
import { LIMITS } from './limits.ts'
import { below, type ListNode, type MapNode, type Node, scalar } from './node.ts'
import { shortForm } from './tags.ts'

export type { Source } from './compose.ts'

const CORE_TAGS = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq|merge)$/

class Conversion {
  readonly #file: string
  readonly #lines: LineCounter
  readonly #budget: Budget
  readonly #anchors = new Map<string, unknown>()
  readonly #open = new Set<unknown>()
  #aliases = 0

  constructor(file: string, lines: LineCounter, budget: Budget) {
    this.#file = file
    this.#lines = lines
    this.#budget = budget
  }

  convert(node: unknown, pointer: string, depth: number, line: number): Node {
    const place = this.#place(node, pointer, line)
    if (!this.#budget.takeNodes()) throw this.#hostile('DEF-IN-07', place, `more than ${LIMITS.nodes} values`)
    if (depth > LIMITS.depth) throw this.#hostile('DEF-IN-07', place, `more than ${LIMITS.depth} levels`)
    if (isAlias(node)) return this.#expand(node, place, depth)
    const { anchor, tag } = (node ?? {}) as { anchor?: string; tag?: string }
    if (anchor !== undefined) this.#anchors.set(anchor, node)
    this.#open.add(node)
    const value = this.#untagged(node, place, depth)
    this.#open.delete(node)
    if (tag === undefined || tag === '!' || CORE_TAGS.test(tag)) return value
    const long = shortForm(tag, value)
    if (long !== undefined) return long
    const advice = 'Use only the tags of YAML and the short forms of CloudFormation, such as !Ref.'
    throw new DocumentProblem('DEF-RES-04', 'malformed', place, { message: 'an unknown tag', advice })
  }

  #untagged(node: unknown, place: Origin, depth: number): Node {
    if (isMap(node)) return this.#map(node, place, depth)
    if (isSeq(node)) {
      this.#checkSize(node.items.length, place)
      const items = node.items.map((item, index) =>
        this.convert(item, below(place, index).pointer, depth + 1, place.line),
      )
      return { kind: 'list', items, origin: place } satisfies ListNode
    }
    if (isScalar(node)) {
      const { value, source } = node
      const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      return { ...scalar(isPlain ? value : null, place), text: source ?? String(value) }
    }
    return scalar(null, place)
  }

  #map(node: YAMLMap, place: Origin, depth: number): MapNode {
    this.#checkSize(node.items.length, place)
    const entries = new Map<string, Node>()
    const merged: [Node, Origin][] = []
    for (const pair of node.items) {
      if (!isPair(pair)) continue
      const key = this.#key(pair.key, place)
      const origin = this.#place(pair.key, below(place, key).pointer, place.line)
      if (key === '<<' && isPlain(pair.key)) {
        merged.push([this.convert(pair.value, origin.pointer, depth + 1, origin.line), origin])
        continue
      }
      if (key === '__proto__') throw this.#hostile('DEF-IN-03', origin, 'the key __proto__')
      const earlier = entries.get(key)
      if (earlier !== undefined) {
        const message = `the key ${JSON.stringify(key)} occurs twice, in lines ${earlier.origin.line} and ${origin.line}`
        const advice = 'Remove one of them: tools differ in which one counts.'
        throw new DocumentProblem('DEF-IN-02', 'malformed', origin, { message, advice })
      }
      const value = this.convert(pair.value, origin.pointer, depth + 1, origin.line)
      // A member is reported at the place of its key.
      entries.set(key, { ...value, origin })
    }
    for (const [value, origin] of merged) this.#merge(entries, value, origin)
    return { kind: 'map', entries, origin: place }
  }

  /** Applies a merge key: own members win, then earlier maps (DEF-IN-24). */
  #merge(entries: Map<string, Node>, merged: Node, origin: Origin): void {
    const maps = merged.kind === 'list' ? merged.items : [merged]
    for (const each of maps) {
      if (each.kind !== 'map') {
        const advice = 'Merge a map, or a list of maps.'
        throw new DocumentProblem('DEF-IN-24', 'malformed', origin, { message: 'a merge key without a map', advice })
      }
      for (const [key, member] of each.entries) if (!entries.has(key)) entries.set(key, member)
    }
  }

  #key(key: unknown, place: Origin): string {
    const target = isAlias(key) ? this.#anchors.get(key.source) : key
    if (isScalar(target) && target.anchor !== undefined) this.#anchors.set(target.anchor, target)
    if (isScalar(target) && target.value !== null && (target.tag === undefined || CORE_TAGS.test(target.tag)))
      return typeof target.value === 'string' ? target.value : (target.source ?? '')
    const advice = 'Use text as a key.'
    throw new DocumentProblem('DEF-IN-02', 'malformed', place, { message: 'a key that is not text', advice })
  }

  #expand(alias: Alias, place: Origin, depth: number): Node {
    this.#aliases += 1
    if (this.#aliases > LIMITS.aliases)
      throw this.#hostile('DEF-IN-01', place, `more than ${LIMITS.aliases} expanded aliases`)
    const target = this.#anchors.get(alias.source)
    if (target === undefined) {
      const advice = 'Define the anchor before it is used.'
      throw new DocumentProblem('DEF-IN-04', 'malformed', place, { message: 'an alias without an anchor', advice })
    }
    if (this.#open.has(target)) throw this.#hostile('DEF-IN-05', place, 'an alias that contains itself')
    return { ...this.convert(target, place.pointer, depth + 1, place.line), origin: place }
  }

  #checkSize(size: number, place: Origin): void {
    if (size > LIMITS.members) throw this.#hostile('DEF-IN-07', place, `more than ${LIMITS.members} members`)
  }

  #place(node: unknown, pointer: string, line: number): Origin {
    const range = (node as { range?: readonly [number, number, number] } | null)?.range
    const found = range ? this.#lines.linePos(range[0]).line : line
    return { file: this.#file, line: found, pointer }
  }

  #hostile(code: string, origin: Origin, message: string): DocumentProblem {
    return new DocumentProblem(code, 'hostile', origin, {
      message,
      advice: 'Split the file, or remove what generates it.',
    })
  }
}

const isPlain = (key: unknown): boolean => isScalar(key) && key.type !== 'QUOTE_DOUBLE' && key.type !== 'QUOTE_SINGLE'

/**
 * Parses one document.
 *
 * @throws {DocumentProblem} if the text is not one document, or exceeds a limit
 */
export const parseDocument = (source: Source, budget: Budget): Node => {
  const { contents, lines } = compose(source, budget)
  return new Conversion(source.name, lines, budget).convert(contents, '', 0, 1)
}
