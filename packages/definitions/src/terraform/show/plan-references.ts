/**
 * Follows references in the configuration of a plan, for values that are not known before it is applied (DEF-TF-01). The
 * configuration names what an expression refers to, and not how: only a single reference is followed.
 * @module
 */
import type { Origin } from '../../definition.ts'
import { LIMITS } from '../../document/limits.ts'
import { at, itemsOf, member, type Node, type ReferenceNode, textOf, unknown } from '../../document/node.ts'

/** Addresses of the instances of each resource, by address without the key. */
export type Instances = Map<string, string[]>

interface Target {
  readonly resource: string
  readonly attribute?: string
}

const RESOURCE = /^([a-z][a-z\d]*_\w+)\.([\w-]+)(\[(?:\d+|"(?:[^"\\]|\\.)*")\])?(?:\.(.+))?$/s
const OUTPUT = /^module\.([\w-]+)(\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.([\w-]+)/s

/** One instance of a module of a plan. */
export class ConfigurationModule {
  readonly #node: Node
  readonly #prefix: string
  readonly #instances: Instances
  readonly #parent: { readonly module: ConfigurationModule; readonly call: Node | undefined } | undefined
  #resources: ReadonlyMap<string, Node> | undefined

  constructor(
    node: Node,
    prefix: string,
    instances: Instances,
    parent?: { readonly module: ConfigurationModule; readonly call: Node | undefined },
  ) {
    this.#node = node
    this.#prefix = prefix
    this.#instances = instances
    this.#parent = parent
  }

  /** An instance of a module that this one calls. */
  child(name: string, suffix: string): ConfigurationModule | undefined {
    const call = at(this.#node, 'module_calls', name)
    const node = member(call, 'module')
    if (node === undefined) return undefined
    const prefix = `${this.#prefix}module.${name}${suffix}.`
    return new ConfigurationModule(node, prefix, this.#instances, { module: this, call })
  }

  /** The expressions of a resource. */
  expressionsOf(address: string): Node | undefined {
    this.#resources ??= new Map(
      itemsOf(member(this.#node, 'resources')).map((each) => [textOf(member(each, 'address')) ?? '', each]),
    )
    return member(this.#resources.get(address), 'expressions')
  }

  /** The resource that references lead to; unknown if they lead to none, or to several. */
  resolve(references: readonly string[], text: string, origin: Origin): Node {
    const targets = this.#targets(references, 0)
    const unique = new Map(targets?.map((each) => [JSON.stringify(each), each]))
    const [only] = unique.values()
    if (only !== undefined && unique.size === 1) return { kind: 'reference', ...only, origin }
    const named = references.flatMap((each): ReferenceNode[] => {
      const [, type, label] = RESOURCE.exec(each) ?? []
      return type === undefined ? [] : [{ kind: 'reference', resource: `${this.#prefix}${type}.${label}`, origin }]
    })
    return unknown('unresolved', `${text} (known after apply)`, origin, named.slice(0, 8))
  }

  /** What references lead to; `undefined` if one cannot be followed. */
  #targets(references: readonly string[], depth: number): readonly Target[] | undefined {
    if (depth > LIMITS.references) return undefined
    const targets: Target[] = []
    const longest = withoutPrefixes(references)
    const isIndexed = longest.some((each) => /^(?:each|count)\./.test(each))
    let isExplained = !isIndexed
    for (const reference of longest) {
      // Keys of instances: they explain an index that is not in the reference to the resource.
      if (/^(?:each\.key$|count\.index$)/.test(reference)) continue
      const [, type, label, suffix, attribute] = RESOURCE.exec(reference) ?? []
      if (type !== undefined && label !== undefined) {
        const base = `${this.#prefix}${type}.${label}`
        if (suffix === undefined && attribute === undefined) {
          const instances = this.#instances.get(base) ?? []
          const [only] = instances
          if (only === undefined || instances.length > 1) return undefined
          isExplained = true
          targets.push({ resource: only })
        } else targets.push({ resource: base + (suffix ?? ''), ...(attribute !== undefined && { attribute }) })
        continue
      }
      const followed = this.#follow(reference, depth)
      if (followed === undefined) return undefined
      targets.push(...followed)
    }
    return isExplained ? targets : undefined
  }

  /** Follows a variable to the call of the module, or an output into a module. */
  #follow(reference: string, depth: number): readonly Target[] | undefined {
    const [, variable] = /^var\.([\w-]+)$/.exec(reference) ?? []
    if (variable !== undefined && this.#parent !== undefined) {
      const { module, call } = this.#parent
      return module.#targets(referencesOf(at(call, 'expressions', variable)), depth + 1)
    }
    const [, name, suffix = '', output] = OUTPUT.exec(reference) ?? []
    if (name === undefined || output === undefined) return undefined
    const child = this.child(name, suffix)
    const expression = child && at(child.#node, 'outputs', output, 'expression')
    return expression && child.#targets(referencesOf(expression), depth + 1)
  }
}

/** An expression without references has no value to follow: its value would be known. */
const referencesOf = (expression: Node | undefined): readonly string[] =>
  itemsOf(member(expression, 'references')).flatMap((each) => textOf(each) ?? [])

/** Terraform lists `a.b.c`, then `a.b`: only the longest of such a row counts. */
const withoutPrefixes = (references: readonly string[]): readonly string[] => {
  const longest: string[] = []
  let previous: string | undefined
  for (const reference of references) {
    const isShorter =
      previous !== undefined && (previous.startsWith(`${reference}.`) || previous.startsWith(`${reference}[`))
    if (!isShorter) longest.push(reference)
    previous = reference
  }
  return longest
}
