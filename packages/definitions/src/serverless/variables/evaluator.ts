/**
 * Evaluates the variables of a serverless.yml into nodes. Each value of the file is evaluated once. What a value refers to is
 * counted as often as it is referred to, so that neither depth nor size of the result exceed the limits.
 * @module
 */
import type { Origin } from '../../definition.ts'
import { DocumentProblem } from '../../document/document-problem.ts'
import { LIMITS } from '../../document/limits.ts'
import { type Node, scalar, type ScalarNode, unknown, type UnknownNode } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'
import { assumeAll } from './assume.ts'
import { absence, assumedBy, isFound, type Lookup, type Resolver } from './resolver.ts'
import { isShown, lookUp } from './sources.ts'
import { parseTemplate, type Part, type Template, type VariableSource } from './syntax.ts'

/** An evaluated node with the number of its levels and of its nodes. */
interface Sized {
  readonly node: Node
  readonly height: number
  readonly size: number
}

const MAX_DEPTH = 200
const MAX_TEXT = 65_536

const one = (node: Node): Sized => ({ node, height: 1, size: 1 })

/** Evaluates values of one file, and of the files that it refers to. */
export class Evaluator implements Resolver {
  readonly root: Node
  readonly context: ReadContext
  readonly #done = new Map<Node, Sized>()
  readonly #open = new Set<Node>()
  #depth = 0

  constructor(root: Node, context: ReadContext) {
    this.root = root
    this.context = context
  }

  /**
   * The value of a node, with all variables inside of it.
   *
   * @throws {DocumentProblem} if it refers to itself, or exceeds a limit
   */
  evaluate(node: Node): Node {
    return this.#sized(node).node
  }

  /**
   * The value at a path of keys below a node that is not evaluated yet. A missing key depends on every default that decided
   * where it was looked for.
   */
  find(start: Node, keys: readonly string[]): Lookup {
    let current: Node | undefined = start
    let assumed: string | undefined
    let isEvaluated = false
    for (const key of keys) {
      // Only texts are evaluated on the way: a value may refer to its neighbour.
      if (current.kind === 'scalar' && !isEvaluated) {
        current = this.evaluate(current)
        isEvaluated = true
      }
      assumed ??= current.assumed
      if (current.kind === 'unknown') return assumeAll(current, assumed)
      if (current.kind === 'map') current = current.entries.get(key)
      else if (current.kind === 'list' && /^\d{1,5}$/.test(key)) current = current.items[Number(key)]
      else return absence(assumed)
      if (current === undefined) return absence(assumed)
    }
    // A value that comes from a variable is data (DEF-RES-12).
    return assumeAll(isEvaluated ? current : this.evaluate(current), assumed)
  }

  #sized(node: Node): Sized {
    const done = this.#done.get(node)
    if (done !== undefined) return done
    if (this.#open.has(node)) {
      const advice = 'Remove the cycle.'
      throw new DocumentProblem('DEF-RES-10', 'malformed', node.origin, {
        message: 'a variable refers to itself',
        advice,
      })
    }
    if (this.#depth > MAX_DEPTH) throw this.#hostile(node.origin, 'too many levels of variables', 'DEF-IN-05')
    this.#open.add(node)
    this.#depth += 1
    const sized = this.#compute(node)
    this.#depth -= 1
    this.#open.delete(node)
    if (sized.height > MAX_DEPTH) throw this.#hostile(node.origin, 'too many levels of variables', 'DEF-IN-05')
    this.#done.set(node, sized)
    this.#done.set(sized.node, sized)
    return sized
  }

  #compute(node: Node): Sized {
    if (node.kind === 'scalar') return this.#scalar(node)
    if (node.kind === 'map') {
      const total = new Total(node.origin)
      const entries = new Map<string, Node>()
      for (const [key, value] of node.entries) entries.set(key, total.add(this.#sized(value)))
      return total.of({ ...node, entries })
    }
    if (node.kind === 'list') {
      const total = new Total(node.origin)
      return total.of({ ...node, items: node.items.map((item) => total.add(this.#sized(item))) })
    }
    return one(node)
  }

  #scalar(node: ScalarNode): Sized {
    if (typeof node.value !== 'string' || !node.value.includes('${')) return one(node)
    const { origin, value } = node
    const template = parseTemplate(value)
    if (template === undefined) return one(unknown('unresolved', 'a variable in a notation that is not known', origin))
    const [first, second] = template
    if (first?.kind === 'variable' && second === undefined) {
      const found = this.#variable(first, origin)
      const sized = this.#done.get(found) ?? this.#measure(found)
      return { ...sized, node: { ...found, origin } }
    }
    return one(this.#joined(template, origin))
  }

  /** Joins text and values. A part that is not known makes the text unknown; its known parts stay readable. */
  #joined(template: Template, origin: Origin): Node {
    let text = ''
    let shown = ''
    let missing: UnknownNode | undefined
    let assumed: string | undefined
    for (const part of template) {
      const value = part.kind === 'text' ? scalar(part.text, origin) : this.#variable(part, origin)
      assumed ??= value.assumed
      if (value.kind === 'scalar' && value.value !== null) {
        text += String(value.value)
        shown += part.kind === 'text' || isShown(part) ? String(value.value) : part.text
      } else {
        missing ??= value.kind === 'unknown' ? value : unknown('unresolved', part.text, origin)
        shown += part.text
      }
      if (text.length + shown.length > 2 * MAX_TEXT)
        throw this.#hostile(origin, `a text of more than ${MAX_TEXT} characters`, 'DEF-IN-07')
    }
    const node = missing === undefined ? scalar(text, origin) : unknown(missing.why, shown, origin, missing.references)
    return assumed === undefined ? node : { ...node, assumed }
  }

  /** The value of the first source that has one. A source that only the deployment knows gives an unknown value. */
  #variable({ text, sources }: Extract<Part, { kind: 'variable' }>, origin: Origin): Node {
    let assumed: string | undefined
    for (const source of sources) {
      const found = source.kind === 'literal' ? scalar(source.value, origin) : this.#look(source, origin)
      const isLast = source === sources.at(-1)
      const isNull = isFound(found) && found.kind === 'scalar' && found.value === null
      if (isFound(found) && (!isNull || (isLast && source.kind === 'literal'))) return assumeAll(found, assumed)
      // The next source counts only because this one has no value.
      assumed ??= assumedBy(found)
    }
    return unknown('unresolved', text, origin)
  }

  #look(source: Extract<VariableSource, { kind: 'lookup' }>, origin: Origin): Lookup {
    const operands = [...source.parameters, source.address].map((each) => this.#joined(each, origin))
    const assumed = operands.find((each) => each.assumed !== undefined)?.assumed
    const missing = operands.find((each) => each.kind !== 'scalar')
    if (missing !== undefined) return assumeAll(missing, assumed)
    const texts = operands.map((each) => (each.kind === 'scalar' ? String(each.value) : ''))
    const found = lookUp(source.type, { parameters: texts.slice(0, -1), address: texts.at(-1) ?? '', origin }, this)
    return isFound(found) ? assumeAll(found, assumed) : (found ?? absence(assumed))
  }

  #measure(node: Node): Sized {
    const children = node.kind === 'map' ? [...node.entries.values()] : node.kind === 'list' ? node.items : []
    if (children.length === 0) return one(node)
    const total = new Total(node.origin)
    for (const child of children) total.add(this.#done.get(child) ?? this.#measure(child))
    return total.of(node)
  }

  #hostile(origin: Origin, message: string, code: string): DocumentProblem {
    return new DocumentProblem(code, 'hostile', origin, { message, advice: 'Simplify the variables of the file.' })
  }
}

/** The size of a map or list. */
class Total {
  readonly #origin: Origin
  #height = 0
  #size = 1

  constructor(origin: Origin) {
    this.#origin = origin
  }

  add({ node, height, size }: Sized): Node {
    this.#height = Math.max(this.#height, height)
    this.#size += size
    if (this.#size <= LIMITS.nodes) return node
    const advice = 'Simplify the variables of the file.'
    throw new DocumentProblem('DEF-IN-07', 'hostile', this.#origin, {
      message: `more than ${LIMITS.nodes} values`,
      advice,
    })
  }

  of(node: Node): Sized {
    return { node, height: this.#height + 1, size: this.#size }
  }
}
