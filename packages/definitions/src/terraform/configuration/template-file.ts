/**
 * Renders a template file of YAML or JSON into nodes (DEF-TF-07). What is certain is filled in as text, as Terraform does.
 * What is not known, or depends on a default, is filled in after parsing, so that exactly the values that contain it are
 * not known.
 * @module
 */
import type { Origin } from '../../definition.ts'
import { assuming, type Node, scalar, type UnknownNode } from '../../document/node.ts'
import type { Source } from '../../document/parse.ts'
import type { ReadContext } from '../../reading/read-context.ts'
import type { Budget } from '../expressions/budget.ts'
import { evaluate, type Scope, unresolved } from '../expressions/evaluate.ts'
import { plainText } from '../expressions/functions.ts'
import { parseTemplate } from '../expressions/parse.ts'
import { walk } from '../expressions/walk.ts'

interface Place {
  readonly origin: Origin
  readonly context: ReadContext
  readonly budget: Budget
}

/** The document that a template gives; `undefined` if it has directives or cannot be parsed as a template. */
export const renderTemplate = (source: Source, variables: Node | undefined, place: Place): Node | undefined => {
  const template = parseTemplate(source.text)
  if (template.kind === 'literal') return scalar(template.value, { file: source.name, line: 1, pointer: '' })
  const parts = template.kind === 'template' ? template.parts : [template]
  if (template.kind === 'other') return undefined
  const scope: Scope = {
    budget: place.budget,
    readFunction: () => undefined,
    lookup: (root, keys, text, origin) =>
      variables?.kind === 'map' ? walk(variables, [root, ...keys], text, origin) : unresolved(text, origin),
  }
  const mark = markFor(source.text)
  const held: Node[] = []
  let rendered = ''
  for (const part of parts) {
    if (typeof part === 'string') {
      rendered += part
      continue
    }
    const value = evaluate(part, scope, place.origin)
    const text = plainText(value)
    if (text !== undefined && value.assumed === undefined && !text.includes(mark)) rendered += text
    else {
      rendered += `${mark}${held.length}.`
      held.push(value)
    }
    place.budget.takeText(text?.length ?? 0, place.origin)
  }
  const document = place.context.attempt(() => place.context.parse({ name: source.name, text: rendered }))
  return document === undefined ? undefined : new Filling(mark, held).filled(document)
}

/** Text that does not occur in a template. */
const markFor = (text: string): string => {
  for (let count = 0; ; count++) {
    const mark = `terraform-value-${count}-`
    if (!text.includes(mark)) return mark
  }
}

/** Puts values in the place of their marks. */
class Filling {
  readonly #held: readonly Node[]
  readonly #mark: string

  constructor(mark: string, held: readonly Node[]) {
    this.#held = held
    this.#mark = mark
  }

  filled(node: Node): Node {
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => this.filled(item)) }
    if (node.kind === 'map') {
      const entries = new Map<string, Node>()
      for (const [key, value] of node.entries) {
        // A name that is not known: no member of the map is.
        if (key.includes(this.#mark)) return this.#unknown(key, node.origin)
        entries.set(key, this.filled(value))
      }
      return { ...node, entries }
    }
    return node.kind === 'scalar' && node.text.includes(this.#mark) ? this.#scalar(node.text, node.origin) : node
  }

  #scalar(text: string, origin: Origin): Node {
    const pieces = this.#pieces(text)
    const used = nodesIn(pieces)
    const [only] = used
    // A value without text around it keeps its kind, such as a reference.
    if (only !== undefined && pieces.length === 1) return { ...only, origin }
    const assumed = used.find((each) => each.assumed !== undefined)?.assumed
    const texts = pieces.map((piece) => (typeof piece === 'string' ? piece : plainText(piece)))
    const isKnown = texts.every((each) => each !== undefined)
    return assuming(isKnown ? scalar(texts.join(''), origin) : this.#unknown(text, origin), assumed)
  }

  /** The values in a text, and the text between them. */
  #pieces(text: string): readonly (string | Node)[] {
    const [head = '', ...rest] = text.split(this.#mark)
    const pieces = rest.flatMap((piece): (string | Node)[] => {
      const end = piece.indexOf('.')
      const node = this.#held[Number(piece.slice(0, end))]
      return node === undefined ? [piece] : [node, piece.slice(end + 1)]
    })
    return [head, ...pieces].filter((piece) => piece !== '')
  }

  #unknown(text: string, origin: Origin): UnknownNode {
    const pieces = this.#pieces(text)
    const used = nodesIn(pieces)
    const references = used.flatMap((each) =>
      each.kind === 'reference' ? [each] : each.kind === 'unknown' ? each.references : [],
    )
    const shown = pieces.map((piece) => (typeof piece === 'string' ? piece : '${…}')).join('')
    const blocking = used.find((each): each is UnknownNode => each.kind === 'unknown')
    return { ...unresolved(shown, origin, blocking?.why), references }
  }
}

const nodesIn = (pieces: readonly (string | Node)[]): readonly Node[] =>
  pieces.filter((piece) => typeof piece !== 'string')
