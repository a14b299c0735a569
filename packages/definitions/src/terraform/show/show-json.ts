/** Reads the output of `terraform show -json` for a state or a plan (DEF-TF-01). @module */
import type { Origin } from '../../definition.ts'
import { at, entriesOf, isAbsent, itemsOf, map, type MapNode, member, type Node, textOf } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'
import { readResources } from '../resources/read-resources.ts'
import { isReadType, type Resource } from '../resources/resource.ts'
import { checkComplete } from './completeness.ts'
import { modulesOf } from './modules.ts'
import { ConfigurationModule, type Instances } from './plan-references.ts'

/** Adds the APIs of a state or a plan to the context. */
export const readShowJson = (document: Node, context: ReadContext): void => {
  const planned = member(document, 'planned_values')
  const values = planned ?? member(document, 'values')
  const found = [...modulesOf(member(values, 'root_module'))]
  if (planned !== undefined) checkComplete(document, found, context)
  const instances = new Map<string, string[]>()
  for (const { prefix, node } of found)
    for (const each of itemsOf(member(node, 'resources'))) addInstance(instances, prefix, each)
  const configuration = planned && at(document, 'configuration', 'root_module')
  const root = configuration && new ConfigurationModule(configuration, '', instances)
  const changes = planned === undefined ? new Map<string, Node>() : unknownValues(document)
  const resources = found.flatMap(({ prefix, node, path }) => {
    const module = path.reduce<ConfigurationModule | undefined>(
      (each, step) => each?.child(step.name, step.suffix),
      root,
    )
    return itemsOf(member(node, 'resources')).flatMap((each) => resourceOf(each, prefix, { changes, module }) ?? [])
  })
  readResources(resources, context)
}

const addInstance = (instances: Instances, prefix: string, resource: Node): void => {
  const address = textOf(member(resource, 'address'))
  if (address === undefined || textOf(member(resource, 'mode')) === 'data') return
  const base = `${prefix}${textOf(member(resource, 'type'))}.${textOf(member(resource, 'name'))}`
  const same = instances.get(base)
  if (same === undefined) instances.set(base, [address])
  else same.push(address)
}

/** What is not known before the plan is applied, by address. */
const unknownValues = (document: Node): ReadonlyMap<string, Node> =>
  new Map(
    itemsOf(member(document, 'resource_changes')).flatMap((each): [string, Node][] => {
      // A deposed object is deleted, and has the address of the one that replaces it.
      if (textOf(member(each, 'deposed')) !== undefined) return []
      const address = textOf(member(each, 'address'))
      const unknown = at(each, 'change', 'after_unknown')
      return address === undefined || unknown === undefined ? [] : [[address, unknown]]
    }),
  )

const resourceOf = (
  node: Node,
  prefix: string,
  { changes, module }: { changes: ReadonlyMap<string, Node>; module: ConfigurationModule | undefined },
): Resource | undefined => {
  const [type, label, address] = ['type', 'name', 'address'].map((name) => textOf(member(node, name)))
  if (type === undefined || label === undefined || address === undefined) return undefined
  if (!isReadType(type) || textOf(member(node, 'mode')) === 'data') return undefined
  const origin: Origin = { ...node.origin, pointer: address }
  const values = member(node, 'values')
  const known = values?.kind === 'map' ? values : map([], origin)
  const mark = changes.get(address)
  const expressions = module?.expressionsOf(`${type}.${label}`)
  const attributes = mark === undefined ? known : overlaid(known, mark, expressions, { module, text: address })
  const base = `${prefix}${type}.${label}`
  const suffix = address.startsWith(base) ? address.slice(base.length) : ''
  return {
    type,
    label,
    address,
    longName: `${prefix}${label}${suffix}`,
    attributes: attributes.kind === 'map' ? attributes : known,
    origin,
  }
}

interface Overlay {
  readonly module: ConfigurationModule | undefined
  readonly text: string
}

/** A value with what is not known put in: `true` in `mark` is a value that is not known. */
const overlaid = (node: Node, mark: Node, expressions: Node | undefined, { module, text }: Overlay): Node => {
  const { origin } = node
  const inner = (key: string | number): Overlay => ({ module, text: `${text}.${key}` })
  if (mark.kind === 'map') {
    const entries = new Map(node.kind === 'map' ? node.entries : [])
    for (const [key, each] of entriesOf(mark)) {
      const found = overlaid(
        entries.get(key) ?? { ...mark, kind: 'scalar', value: null, text: 'null' },
        each,
        // An attribute that is a map has one expression for all of its members.
        member(expressions, key) ?? (member(expressions, 'references') && expressions),
        inner(key),
      )
      if (!isAbsent(found) || entries.has(key)) entries.set(key, found)
    }
    return entries.size === 0 && isAbsent(node) ? node : ({ kind: 'map', entries, origin } satisfies MapNode)
  }
  if (mark.kind === 'list') {
    if (mark.items.length === 0) return node
    const items = node.kind === 'list' ? node.items : []
    const merged = mark.items.map((each, index) =>
      overlaid(
        items[index] ?? { kind: 'scalar', value: null, text: 'null', origin },
        each,
        itemsOf(expressions)[index],
        inner(index),
      ),
    )
    return { kind: 'list', items: [...merged, ...items.slice(merged.length)], origin }
  }
  if (textOf(mark) !== 'true') return node
  const references = itemsOf(member(expressions, 'references')).flatMap((each) => textOf(each) ?? [])
  return (
    module?.resolve(references, text, origin) ?? { kind: 'unknown', why: 'unresolved', text, origin, references: [] }
  )
}
