/** Reads the output of `terraform show -json` for a state or a plan (DEF-TF-01). @module */
import type { Origin } from '../../definition.ts'
import { at, entriesOf, isAbsent, itemsOf, map, type MapNode, member, type Node, textOf } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'
import { readResources } from '../resources/read-resources.ts'
import { isReadType, type Resource } from '../resources/resource.ts'
import { ConfigurationModule, type Instances } from './plan-references.ts'

/** Adds the APIs of a state or a plan to the context. */
export const readShowJson = (document: Node, context: ReadContext): void => {
  const planned = member(document, 'planned_values')
  const values = planned ?? member(document, 'values')
  const found = [...modulesOf(member(values, 'root_module'), '', undefined, 0)]
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

interface Step {
  readonly name: string
  readonly suffix: string
}

interface FoundModule {
  readonly prefix: string
  readonly node: Node
  /** The calls that lead to the module. */
  readonly path: readonly Step[]
}

/** The modules of a tree. Documents are no deeper than the parser allows. */
function* modulesOf(
  node: Node | undefined,
  parent: string,
  path: readonly Step[] | undefined,
  depth: number,
): Generator<FoundModule> {
  if (node === undefined) return
  const address = textOf(member(node, 'address')) ?? ''
  const prefix = address === '' ? '' : `${address}.`
  const [, name, suffix = ''] = /^module\.([\w-]+)(\[.*\])?$/s.exec(address.slice(parent.length)) ?? []
  const steps = path === undefined ? [] : [...path, { name: name ?? '', suffix }]
  yield { prefix, node, path: steps }
  for (const child of itemsOf(member(node, 'child_modules'))) yield* modulesOf(child, prefix, steps, depth + 1)
}

const isTrue = (node: Node | undefined): boolean => textOf(node) === 'true'

const addressesOf = (modules: readonly FoundModule[]): readonly string[] =>
  modules
    .flatMap(({ node }) => itemsOf(member(node, 'resources')))
    .filter((each) => isReadType(textOf(member(each, 'type')) ?? '') && textOf(member(each, 'mode')) !== 'data')
    .flatMap((each) => textOf(member(each, 'address')) ?? [])

/** Adds a stop if the plan does not have every resource: routes that it leaves out may be more specific than others. */
const checkComplete = (document: Node, planned: readonly FoundModule[], { findings }: ReadContext): void => {
  const changed = itemsOf(member(document, 'resource_changes')).flatMap((each) => textOf(member(each, 'address')) ?? [])
  const known = new Set([...addressesOf(planned), ...changed])
  const before = [...modulesOf(at(document, 'prior_state', 'values', 'root_module'), '', undefined, 0)]
  const isPartial =
    textOf(member(document, 'complete')) === 'false' ||
    isTrue(member(document, 'errored')) ||
    itemsOf(member(document, 'deferred_changes')).length > 0 ||
    addressesOf(before).some((address) => !known.has(address))
  if (!isPartial) return
  const message = 'the plan is not complete, so that resources may be missing'
  const advice = 'Give a plan that was made without -target and without errors, or the state after it is applied.'
  findings.stop('unresolved', 'DEF-TF-01', document, { message, advice })
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
        member(expressions, key),
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
