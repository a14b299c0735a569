/** Follows `$ref`: within a document, and to files below the base directory (DEF-IN-20, DEF-IN-21). @module */
import { DocumentProblem } from '../document/document-problem.ts'
import { LIMITS } from '../document/limits.ts'
import { isAbsent, type MapNode, member, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { evaluateVariables } from './variables.ts'

const DESCRIPTIONS = new Set(['$ref', 'summary', 'description'])

/** The documents that one document refers to. */
export class References {
  readonly #context: ReadContext
  readonly #root: Node
  readonly #documents = new Map<string, Node>()

  constructor(root: Node, context: ReadContext) {
    this.#root = root
    this.#context = context
  }

  /** The node that a node refers to, or the node itself; `undefined` if a finding says why it cannot be read. */
  resolve(node: Node, routes: readonly string[] = []): Node | undefined {
    let current = node
    for (let count = 0; count <= LIMITS.references; count++) {
      const reference = member(current, '$ref')
      if (reference === undefined) return current
      this.#reportSiblings(current as MapNode, reference)
      const wanted = { role: 'decides', what: 'a $ref', routes } as const
      const text = this.#context.values.text(reference, wanted)
      if (text === undefined) {
        if (isAbsent(reference)) this.#stop('invalid', 'DEF-IN-21', reference, 'a $ref without a target', routes)
        return undefined
      }
      const target = this.#find(text, reference, routes)
      if (target === undefined) return undefined
      current = target
    }
    this.#stop('malformed', 'DEF-IN-05', node, 'a $ref that leads back to itself, or through too many others', routes)
    return undefined
  }

  #find(text: string, reference: Node, routes: readonly string[]): Node | undefined {
    const hash = text.indexOf('#')
    const file = hash < 0 ? text : text.slice(0, hash)
    try {
      const document = file === '' ? this.#documentOf(reference) : this.#read(file, reference)
      const target = follow(document, hash < 0 ? '' : text.slice(hash + 1))
      if (target === undefined)
        this.#stop('unresolved', 'DEF-IN-21', reference, `the $ref ${JSON.stringify(text)} leads to nothing`, routes)
      return target
    } catch (error) {
      if (!(error instanceof DocumentProblem)) throw error
      const { class: kind, code, origin, message, advice } = error
      this.#context.findings.stop(kind, code, { origin }, { message, advice, routes })
      return undefined
    }
  }

  /** The document that contains a node. A node that was inserted from a template belongs to the document itself. */
  #documentOf({ origin }: Node): Node {
    return this.#documents.get(origin.file) ?? this.#root
  }

  #read(file: string, { origin }: Node): Node {
    const { files } = this.#context
    const { name } = files.locate(decode(file) ?? file, origin)
    const known = this.#documents.get(name)
    if (known !== undefined) return known
    const source = files.readReferenced(decode(file) ?? file, origin)
    const document = evaluateVariables(this.#context.parse(source), this.#context)
    this.#documents.set(name, document)
    return document
  }

  #reportSiblings(node: MapNode, { origin }: Node): void {
    const ignored = [...node.entries.keys()].filter((key) => !DESCRIPTIONS.has(key))
    if (ignored.length === 0) return
    const message = `${ignored.map((key) => JSON.stringify(key)).join(', ')} beside a $ref`
    const advice = 'Move these members to what the $ref refers to: tools ignore them here.'
    this.#context.findings.report('ignored', 'DEF-IN-21', { origin }, { message, advice })
  }

  #stop(
    kind: 'invalid' | 'malformed' | 'unresolved',
    code: string,
    { origin }: Node,
    message: string,
    routes: readonly string[],
  ): void {
    this.#context.findings.stop(kind, code, { origin }, { message, advice: 'Correct the reference.', routes })
  }
}

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The node at a JSON pointer in a URI fragment; `undefined` if there is none. */
const follow = (document: Node, fragment: string): Node | undefined => {
  if (fragment === '') return document
  const pointer = decode(fragment)
  if (pointer === undefined || !pointer.startsWith('/')) return undefined
  let current: Node | undefined = document
  for (const part of pointer.slice(1).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (current?.kind === 'list') current = /^(?:0|[1-9]\d{0,5})$/.test(key) ? current.items[Number(key)] : undefined
    else current = member(current, key)
    if (current === undefined) return undefined
  }
  return current
}
