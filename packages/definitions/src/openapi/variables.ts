/**
 * Evaluates a plain OpenAPI file: `${…}` of templates, pseudo parameters, and the functions of CloudFormation that are read
 * without a stack (DEF-OAS-27). Given values are data and are never evaluated again (DEF-RES-12).
 * @module
 */
import type { Origin } from '../definition.ts'
import { Evaluator } from '../cloudformation/evaluation/evaluator.ts'
import { DocumentProblem } from '../document/document-problem.ts'
import { map, type MapNode, member, type Node, scalar, textOf, unknown } from '../document/node.ts'
import type { ReadOptions } from '../reading/options.ts'
import type { ReadContext } from '../reading/read-context.ts'

/** A given value; a text that stays as written; or a value that only the deployment knows. */
type Found = { readonly value: string | number | boolean } | 'literal' | 'unresolved'

type Lookup = (name: string) => Found

const own = (values: Readonly<Record<string, unknown>> | undefined, name: string): unknown =>
  values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined

const given = (...candidates: readonly unknown[]): Found => {
  const value = candidates.find((each) => each !== undefined)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { value } : 'unresolved'
}

/** Resolved for each request by the gateway, not by a template. */
const AT_RUN_TIME = /^(?:stageVariables|context)\./
const EXPRESSION = /(\$?\$\{[^{}]*\})/
const DIRECTIVE = /(?<!%)%\{~?\s*(?:if|else|endif|for|endfor)\b/

/** Replaces `${…}` in a text. The result is an unknown value if a variable is not given. */
const substitute = (text: string, origin: Origin, lookup: Lookup): Node | undefined => {
  if (!text.includes('${') && !text.includes('%{')) return undefined
  const parts = text.split(EXPRESSION)
  let isKnown = !DIRECTIVE.test(text)
  const replaced = parts.map((part, index) => {
    if (index % 2 === 0) {
      if (part.includes('${')) isKnown = false
      return part
    }
    if (part.startsWith('$$')) return part.slice(1)
    const found = lookup(part.slice(2, -1).trim())
    if (found === 'literal') return part
    if (found === 'unresolved') isKnown = false
    return found === 'unresolved' ? part : found.value
  })
  if (!isKnown) return unknown('unresolved', text, origin)
  const [before, only, after] = replaced
  const isWhole = replaced.length === 3 && before === '' && after === ''
  return scalar(isWhole && only !== undefined ? only : replaced.join(''), origin)
}

/** Functions of CloudFormation, evaluated with the given parameters and without resources. */
const functionsOf = (document: Node, context: ReadContext): Evaluator => {
  const { origin } = document
  const type = map([['Type', scalar('String', origin)]], origin)
  const parameters = Object.keys(context.options.parameters ?? {}).map((name) => [name, type] as const)
  return new Evaluator(map([['Parameters', map(parameters, origin)]], origin), context)
}

const isFunction = (node: MapNode): boolean => {
  const [name, second] = node.entries.keys()
  if (name === undefined || second !== undefined) return node.entries.has('Fn::Transform')
  return name.startsWith('Fn::') || (name === 'Ref' && textOf(member(node, name)) !== undefined)
}

class Evaluation {
  readonly #options: Readonly<ReadOptions>
  readonly #functions: Evaluator

  constructor(document: Node, context: ReadContext) {
    this.#options = context.options
    this.#functions = functionsOf(document, context)
  }

  /** The value of a node; `undefined` if it is `AWS::NoValue`. */
  evaluate(node: Node): Node | undefined {
    if (node.kind === 'scalar')
      return typeof node.value === 'string' ? (substitute(node.value, node.origin, this.#variable) ?? node) : node
    if (node.kind === 'list') {
      const items = node.items.map((item) => this.evaluate(item)).filter((item) => item !== undefined)
      return { ...node, items }
    }
    if (node.kind !== 'map') return node
    return isFunction(node) ? this.#functions.evaluate(node) : this.#map(node)
  }

  readonly #variable: Lookup = (name) => {
    if (AT_RUN_TIME.test(name)) return 'literal'
    const { variables, parameters } = this.#options
    return given(own(variables, name), name.startsWith('AWS::') ? own(parameters, name) : undefined)
  }

  #map(node: MapNode): MapNode {
    const entries = new Map<string, Node>()
    for (const [key, value] of node.entries) {
      const name = textOf(substitute(key, value.origin, this.#variable)) ?? key
      if (entries.has(name) || name === '__proto__') {
        const message = `the key ${JSON.stringify(key)} is ${JSON.stringify(name)} after substitution, which occurs twice or is reserved`
        const details = { message, advice: 'Give another value for the variable.' }
        throw new DocumentProblem('DEF-IN-02', 'malformed', value.origin, details)
      }
      const evaluated = this.evaluate(value)
      if (evaluated !== undefined) entries.set(name, evaluated)
    }
    return { ...node, entries }
  }
}

/**
 * The document with values for its variables and functions.
 *
 * @throws {DocumentProblem} if two keys are equal after substitution, or a file that is included cannot be read
 */
export const evaluateVariables = (document: Node, context: ReadContext): Node =>
  new Evaluation(document, context).evaluate(document) ?? scalar(null, document.origin)

/** Whether a key contains a variable that has no value. */
export const hasVariable = (key: string): boolean => key.includes('${')
