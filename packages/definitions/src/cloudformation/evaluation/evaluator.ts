/**
 * Evaluates the functions of a template (DEF-RES-02 to DEF-RES-05). What remains are values, references to resources, and
 * values that are known only when the template is deployed.
 * @module
 */
import { DocumentProblem } from '../../document/document-problem.ts'
import {
  assumedWithin,
  at,
  entriesOf,
  IMPORT_VALUE,
  itemsOf,
  member,
  type Node,
  referencesIn,
  scalar,
  textOf,
  unknown,
  assuming,
  sameValue,
} from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'
import { Conditions, type Decided } from './conditions.ts'
import { Parameters, resolved } from './parameters.ts'
import type { Surroundings } from './surroundings.ts'
import { base64, concatenate, join, partsOfSub, select, split } from './text-functions.ts'

type Evaluate = (argument: Node, origin: Node['origin']) => Node

/** Evaluates the values of one template. */
export class Evaluator {
  readonly #template: Node
  readonly #context: ReadContext
  readonly #surroundings: Surroundings
  readonly #parameters: Parameters
  readonly #conditions: Conditions
  readonly #functions: ReadonlyMap<string, Evaluate>
  #depth = 0

  constructor(template: Node, context: ReadContext, surroundings: Surroundings = {}) {
    this.#template = template
    this.#context = context
    this.#surroundings = surroundings
    this.#parameters = new Parameters(surroundings.passed, context)
    this.#conditions = new Conditions(member(template, 'Conditions'), (node) => this.evaluate(node))
    this.#functions = new Map<string, Evaluate>([
      ['Fn::GetAtt', (node, origin) => this.#attribute(node, origin)],
      ['Fn::Sub', (node, origin) => this.#substitute(node, origin)],
      ['Fn::Join', join],
      ['Fn::Split', split],
      ['Fn::Select', select],
      ['Fn::Base64', base64],
      ['Fn::FindInMap', (node, origin) => this.#findInMap(node, origin)],
      ['Fn::ImportValue', (node, origin) => this.#import(node, origin)],
    ])
  }

  /** Whether a condition holds. */
  decide(name: string, origin: Node['origin']): Decided {
    return this.#conditions.named(name, origin)
  }

  /** The value of a node; `undefined` if it is `AWS::NoValue`. */
  evaluate(node: Node): Node | undefined {
    if (node.kind === 'list') {
      const items = node.items.map((item) => this.evaluate(item)).filter((item) => item !== undefined)
      return { ...node, items }
    }
    if (node.kind === 'scalar') return resolved(node)
    if (node.kind !== 'map') return node
    const [[name, argument] = []] = node.entries
    if (node.entries.size === 1 && name !== undefined && argument !== undefined && isFunction(name))
      return this.#call(name, argument, node)
    if (node.entries.has('Fn::Transform')) return this.#include(node)
    const generating = [...node.entries.keys()].find((key) => key.startsWith('Fn::'))
    if (generating !== undefined) return unknown('dynamic', generating, node.origin)
    const entries = new Map<string, Node>()
    for (const [key, value] of node.entries) {
      const evaluated = this.evaluate(value)
      if (evaluated !== undefined) entries.set(key, evaluated)
    }
    return { ...node, entries }
  }

  #call(name: string, argument: Node, { origin }: Node): Node | undefined {
    if (name === 'Ref') return this.#refer(argument, origin)
    if (name === 'Fn::If') return this.#choose(argument, origin)
    if (name === 'Fn::Transform') return this.#transform(argument, origin)
    const evaluate = this.#functions.get(name)
    if (evaluate === undefined) return unknown(name.startsWith('Fn::ForEach') ? 'dynamic' : 'unresolved', name, origin)
    // The text of Fn::Sub refers to names itself.
    const value = name === 'Fn::Sub' ? argument : this.evaluate(argument)
    if (value === undefined) return unknown('unresolved', `${name} of AWS::NoValue`, origin)
    const result = evaluate(value, origin)
    if (result.kind === 'list') this.#context.generated({ nodes: result.items.length, characters: 0 }, origin)
    const text = result.kind === 'unknown' ? result.text : textOf(result)
    this.#context.generated({ nodes: 0, characters: text?.length ?? 0 }, origin)
    return resolved(result)
  }

  #refer(argument: Node, origin: Node['origin']): Node | undefined {
    const name = textOf(argument)
    if (name === undefined) return unknown('unresolved', 'Ref', origin)
    if (name === 'AWS::NoValue') return undefined
    return this.#named(name, origin)
  }

  /** A parameter, a pseudo parameter or a resource. */
  #named(name: string, origin: Node['origin']): Node {
    if (name.startsWith('AWS::')) {
      const given = this.#parameters.given(name)
      return given === undefined ? unknown('unresolved', `\${${name}}`, origin) : scalar(given, origin)
    }
    const parameter = at(this.#template, 'Parameters', name)
    if (parameter !== undefined) return this.#parameters.valueOf(name, parameter, origin)
    if (this.#isResource(name)) return { kind: 'reference', resource: this.#prefix + name, origin }
    return unknown('unresolved', `\${${name}}`, origin)
  }

  get #prefix(): string {
    return this.#surroundings.prefix ?? ''
  }

  #isResource(name: string): boolean {
    return at(this.#template, 'Resources', name) !== undefined || this.#surroundings.implicit?.has(name) === true
  }

  #attribute(node: Node, origin: Node['origin']): Node {
    const whole = textOf(node)
    const [resource, ...attributes] = whole === undefined ? itemsOf(node).map((each) => textOf(each)) : whole.split('.')
    const attribute = attributes.join('.')
    if (resource === undefined || attribute === '' || attributes.includes(undefined))
      return unknown('unresolved', 'Fn::GetAtt', origin)
    if (!this.#isResource(resource)) return unknown('unresolved', `\${${resource}.${attribute}}`, origin)
    return { kind: 'reference', resource: this.#prefix + resource, attribute, origin }
  }

  #substitute(node: Node, origin: Node['origin']): Node {
    const items = itemsOf(node)
    const text = textOf(node) ?? textOf(items[0])
    if (text === undefined) return unknown('unresolved', 'Fn::Sub', origin)
    const parts = partsOfSub(text, (name) => {
      const own = member(items[1], name)
      if (own !== undefined) return this.evaluate(own) ?? unknown('unresolved', 'Fn::Sub of AWS::NoValue', origin)
      const dot = name.indexOf('.')
      if (dot < 0 || name.startsWith('AWS::')) return this.#named(name, origin)
      return this.#attribute(scalar(name, origin), origin)
    })
    const [only, ...others] = parts.filter((part) => part !== '')
    // The same as `Ref` or `Fn::GetAtt`.
    if (typeof only === 'object' && only.kind === 'reference' && others.length === 0) return only
    return concatenate(parts, origin)
  }

  #findInMap(node: Node, origin: Node['origin']): Node {
    const keys = itemsOf(node)
    const texts = keys.map((each) => textOf(each))
    const assumed = keys.find((each) => each.assumed !== undefined)?.assumed
    if (texts.length !== 3 || texts.includes(undefined)) return unknown('unresolved', 'Fn::FindInMap', origin)
    const found = at(this.#template, 'Mappings', ...(texts as string[]))
    if (found === undefined) return unknown('unresolved', 'Fn::FindInMap without such a key', origin)
    return assuming({ ...found, origin }, assumed)
  }

  #import(node: Node, origin: Node['origin']): Node {
    const name = textOf(node)
    const exported = name === undefined ? undefined : this.#surroundings.exports?.get(name)
    if (exported !== undefined) return { ...exported, origin }
    // A stack of the same assembly may export the name in a way that is not known.
    const text =
      this.#surroundings.exports === undefined ? IMPORT_VALUE : 'a value that no stack of the assembly exports'
    return unknown('external', text, origin)
  }

  #choose(argument: Node, origin: Node['origin']): Node | undefined {
    const [condition, whenTrue, whenFalse, another] = itemsOf(argument)
    const name = textOf(condition)
    if (name === undefined || whenTrue === undefined || whenFalse === undefined || another !== undefined)
      return unknown('unresolved', 'Fn::If', origin)
    const { holds, assumed } = this.decide(name, origin)
    if (holds === undefined) {
      const branches = [this.evaluate(whenTrue), this.evaluate(whenFalse)] as const
      const [first, second] = branches
      if (first !== undefined && second !== undefined && sameValue(first, second))
        return assuming(first, assumedWithin(first) ?? assumedWithin(second))
      const references = [...referencesIn(first), ...referencesIn(second)]
      return unknown('unresolved', `it depends on the condition ${JSON.stringify(name)}`, origin, references)
    }
    const chosen = this.evaluate(holds ? whenTrue : whenFalse)
    if (chosen !== undefined) return assuming({ ...chosen, origin }, assumed)
    // A property that is absent because of a default is not the same as one that is absent.
    return assumed === undefined ? undefined : assuming(scalar(null, origin), assumed)
  }

  /** A map with `Fn::Transform` beside other members: what is included, and the other members over it. */
  #include(node: Extract<Node, { kind: 'map' }>): Node | undefined {
    const included = this.#transform(member(node, 'Fn::Transform') as Node, node.origin)
    const others = entriesOf(node).filter(([key]) => key !== 'Fn::Transform')
    const rest = this.evaluate({ ...node, entries: new Map(others) })
    if (included.kind !== 'map' || rest?.kind !== 'map') return included
    return { ...node, entries: new Map([...included.entries, ...rest.entries]) }
  }

  #transform(argument: Node, origin: Node['origin']): Node {
    const name = textOf(member(argument, 'Name'))
    if (name !== 'AWS::Include') return unknown('dynamic', 'Fn::Transform', origin)
    const parameter = at(argument, 'Parameters', 'Location')
    const location = parameter === undefined ? undefined : textOf(this.evaluate(parameter))
    if (location === undefined) return unknown('external', 'AWS::Include', origin)
    this.#depth += 1
    try {
      if (this.#depth > 8)
        throw new DocumentProblem('DEF-IN-05', 'hostile', origin, {
          message: 'files that include each other',
          advice: 'Remove the cycle.',
        })
      const included = this.#context.parse(this.#context.files.readReferenced(location, origin))
      return this.evaluate(included) ?? scalar(null, origin)
    } finally {
      this.#depth -= 1
    }
  }
}

const isFunction = (name: string): boolean => name === 'Ref' || name.startsWith('Fn::')
