/** Evaluates a module: its names, its resources, and the modules that it calls (DEF-TF-03, -04, -06). @module */
import type { Origin } from '../../definition.ts'
import { assuming, type MapNode, member, type Node, scalar, unknown } from '../../document/node.ts'
import { evaluate, type Scope, unresolved } from '../expressions/evaluate.ts'
import { plainText } from '../expressions/functions.ts'
import { parseTemplate } from '../expressions/parse.ts'
import { walk } from '../expressions/walk.ts'
import { isDecisiveType, isReadType, type Resource } from '../resources/resource.ts'
import { Calls } from './calls.ts'
import type { DeclaredResource } from './declarations.ts'
import { readFunction } from './file-functions.ts'
import { attributesOf, type Frame, type Instances, instancesOf } from './instances.ts'
import { ignoredIn, withoutIgnored } from './lifecycle.ts'
import type { LoadedModule } from './load.ts'
import { type Inputs, Names } from './names.ts'
import type { Keys, Shared } from './shared.ts'

/** Where a module is called. */
export interface ModulePlace {
  /** Prefix of addresses, such as `module.api.`; `''` for the root module. */
  readonly prefix: string
  readonly inputs: Inputs
  /** Present if it is not certain that the module is called. */
  readonly doubt?: Node | undefined
}

interface Use {
  readonly frame: Frame
  readonly text: string
  readonly origin: Origin
}

/** One instance of a module. */
export class Module {
  readonly #shared: Shared
  readonly #loaded: LoadedModule
  readonly #place: ModulePlace
  readonly #names: Names
  readonly #calls: Calls<Module>
  readonly #instances = new Map<string, Instances>()

  constructor(shared: Shared, loaded: LoadedModule, place: ModulePlace) {
    this.#shared = shared
    this.#loaded = loaded
    this.#place = place
    const evaluated = (node: Node): Node => this.#evaluated(node, {})
    this.#names = new Names(shared, loaded, { inputs: place.inputs, evaluated })
    this.#calls = new Calls<Module>(shared, loaded, {
      prefix: place.prefix,
      instancesOf: (address, block) => this.#instancesOf(address, block),
      stopUnexpanded: (address, block) => this.#stopUnexpanded(address, block),
      create: (child, prefix, { block, instance: { frame, doubt } }) => {
        const inputs = { block, evaluated: (node: Node) => this.#evaluated(node, frame) }
        return new Module(shared, child, { prefix, inputs, doubt: doubt ?? place.doubt })
      },
    })
  }

  /** The resources of this module and of the modules that it calls. */
  *resources(): Generator<Resource> {
    for (const declared of this.#loaded.declarations.resources.values())
      if (isReadType(declared.type)) yield* this.#resourcesOf(declared)
    for (const child of this.#calls.all()) yield* child.resources()
  }

  /** The value of an output. */
  output(name: string, text: string, origin: Origin): Node {
    const value = member(this.#loaded.declarations.outputs.get(name), 'value')
    if (value === undefined) return unresolved(text, origin)
    return this.#shared.budget.follow(origin, () => this.#evaluated(value, {}))
  }

  *#resourcesOf({ type, label, block, isRepeated }: DeclaredResource): Generator<Resource> {
    const { prefix, doubt: callDoubt } = this.#place
    const found = this.#instancesOf(`${type}.${label}`, block)
    if ('unknown' in found) {
      if (isDecisiveType(type)) this.#stopUnexpanded(`${prefix}${type}.${label}`, block)
      else this.#reportUnexpanded(`${prefix}${type}.${label}`, block)
      return
    }
    for (const { suffix, frame, doubt } of found.instances.values()) {
      const address = `${prefix}${type}.${label}${suffix}`
      const repeated = isRepeated ? unknown('unresolved', `${address} is declared twice`, block.origin) : undefined
      const uncertain = repeated ?? doubt ?? callDoubt
      yield {
        type,
        label,
        address,
        longName: `${prefix}${label}${suffix}`,
        attributes: withoutIgnored(
          attributesOf(block, frame, (node, inner) => this.#evaluated(node, inner)),
          block,
          address,
        ),
        origin: { ...block.origin, pointer: address },
        ...(uncertain !== undefined && { doubt: uncertain }),
      }
    }
  }

  #stopUnexpanded(address: string, block: MapNode): void {
    const message = `count or for_each of ${address} is not known, so that routes or authorizers may be missing`
    const advice = 'Give the variables it depends on, or the output of terraform show -json for a plan or a state.'
    const origin = { ...block.origin, pointer: address }
    this.#shared.context.findings.stop('dynamic', 'DEF-TF-04', { origin }, { message, advice })
  }

  #reportUnexpanded(address: string, block: MapNode): void {
    const details = {
      message: `count or for_each of ${address} is not known`,
      advice: 'Give the variables it depends on.',
    }
    const origin = { ...block.origin, pointer: address }
    this.#shared.context.findings.report('unresolved', 'DEF-TF-04', { origin }, details)
  }

  #instancesOf(address: string, block: MapNode): Instances {
    const known = this.#instances.get(address)
    if (known !== undefined) return known
    const { budget, useDefaults } = this.#shared
    const evaluated = (node: Node): Node => budget.follow(block.origin, () => this.#evaluated(node, {}))
    const found = instancesOf(block, { evaluated, useDefaults })
    if ('instances' in found && found.instances.size > 1) budget.takeInstances(found.instances.size, block.origin)
    this.#instances.set(address, found)
    return found
  }

  /** The value of a node, with every expression in it evaluated. */
  #evaluated(node: Node, frame: Frame): Node {
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => this.#evaluated(item, frame)) }
    if (node.kind === 'map') return this.#evaluatedMap(node, frame)
    const { budget, expressions } = this.#shared
    budget.take(node.origin)
    if (node.kind !== 'scalar' || typeof node.value !== 'string' || !hasExpression(node.value)) return node
    let expression = expressions.get(node.value)
    if (expression === undefined) {
      expression = parseTemplate(node.value)
      expressions.set(node.value, expression)
    }
    return evaluate(expression, this.#scope(frame), node.origin)
  }

  #evaluatedMap(node: MapNode, frame: Frame): Node {
    const entries = new Map<string, Node>()
    let assumed: string | undefined
    for (const [key, value] of node.entries) {
      const name = hasExpression(key) ? this.#evaluated(scalar(key, value.origin), frame) : undefined
      const text = name === undefined ? key : plainText(name)
      if (text === undefined || entries.has(text) || text === '__proto__') return unresolved(key, node.origin)
      assumed ??= name?.assumed
      entries.set(text, this.#evaluated(value, frame))
    }
    return assuming({ ...node, entries }, assumed)
  }

  #scope(frame: Frame): Scope {
    const { budget, context, root } = this.#shared
    return {
      budget,
      lookup: (name, keys, text, origin) => this.#lookup(name, keys, { frame, text, origin }),
      readFunction: (name, args, text, origin) => readFunction(name, args, { text, origin, root, context, budget }),
    }
  }

  #lookup(root: string, keys: Keys, use: Use): Node {
    const { frame, text, origin } = use
    const [first, ...rest] = keys
    const name = String(first)
    const pair = frame.iterators?.get(root) ?? (root === 'each' ? frame.each : undefined)
    if (pair !== undefined)
      return first === 'key' || first === 'value' ? walk(pair[first], rest, text, origin) : unresolved(text, origin)
    const given = this.#names.given(this.#place.prefix + root, keys, origin)
    if (given !== undefined) return given
    switch (root) {
      case 'var':
        return walk(this.#names.variable(name, origin), rest, text, origin)
      case 'local':
        return walk(this.#names.local(name, origin), rest, text, origin)
      case 'count':
        return name === 'index' && frame.count !== undefined ? frame.count : unresolved(text, origin)
      case 'path':
        return this.#names.path(name, text, origin)
      case 'module':
        return this.#calls.output(name, rest, text, origin)
      case 'data':
        // Data sources are read from the cloud.
        return unresolved(text, origin, 'external')
      case 'each':
      case 'terraform':
      case 'self':
        return unresolved(text, origin)
      default:
        return keys.length === 0 ? unresolved(text, origin) : this.#resource(`${root}.${name}`, rest, use)
    }
  }

  /** A reference to a resource, or the value of an argument that its block sets. */
  #resource(address: string, keys: Keys, { text, origin }: Use): Node {
    const block = this.#loaded.declarations.resources.get(address)?.block
    const isExpanded = block !== undefined && (block.entries.has('count') || block.entries.has('for_each'))
    if (isExpanded && keys.length === 0) return this.#allInstances(address, block, text, origin)
    const suffix = isExpanded ? `[${JSON.stringify(keys[0])}]` : ''
    const path = isExpanded ? keys.slice(1) : keys
    const [attribute] = path
    const argument = member(block, String(attribute))
    if (ignoredIn(block).has(String(attribute))) return unresolved(text, origin)
    if (block !== undefined && argument?.kind === 'scalar' && attribute !== 'id' && path.length === 1) {
      const value = this.#argument(address, suffix, { block, argument, origin })
      if (value !== undefined) return value
    }
    const resource = `${this.#place.prefix}${address}${suffix}`
    return { kind: 'reference', resource, ...(path.length > 0 && { attribute: path.join('.') }), origin }
  }

  /** A resource with `for_each` as a map of its instances, so that another one can go over them. */
  #allInstances(address: string, block: MapNode, text: string, origin: Origin): Node {
    const found = this.#instancesOf(address, block)
    if ('unknown' in found) return unresolved(text, origin)
    const references = [...found.instances.values()].map(({ suffix, frame, doubt }) => {
      const resource = `${this.#place.prefix}${address}${suffix}`
      const node: Node = { kind: 'reference', resource, origin }
      return { key: plainText(frame.each?.key), node: assuming(node, doubt?.assumed) }
    })
    const doubt = [...found.instances.values()].find((each) => each.doubt !== undefined)?.doubt
    const isMap = block.entries.has('for_each')
    const entries = new Map(references.map(({ key, node }) => [key ?? '', node]))
    const all: Node = isMap
      ? { kind: 'map', entries, origin }
      : { kind: 'list', items: references.map(({ node }) => node), origin }
    return assuming(all, doubt?.assumed)
  }

  #argument(
    address: string,
    suffix: string,
    { block, argument, origin }: { block: MapNode; argument: Node; origin: Origin },
  ): Node | undefined {
    return this.#shared.budget.follow(origin, () => {
      const found = this.#instancesOf(address, block)
      const instance = 'instances' in found ? found.instances.get(suffix) : undefined
      return instance === undefined ? undefined : this.#evaluated(argument, instance.frame)
    })
  }
}

const hasExpression = (text: string): boolean => text.includes('${') || text.includes('%{')
