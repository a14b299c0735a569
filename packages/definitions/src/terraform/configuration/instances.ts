/** Instances of `count` and `for_each`, and `dynamic` blocks (DEF-TF-04). @module */
import { LIMITS } from '../../document/limits.ts'
import {
  assuming,
  entriesOf,
  isAbsent,
  type ListNode,
  type MapNode,
  member,
  type Node,
  scalar,
  unknown,
  type UnknownNode,
} from '../../document/node.ts'
import { plainText } from '../expressions/functions.ts'

/** A key and a value that a block is repeated for. */
interface Pair {
  readonly key: Node
  readonly value: Node
}

/** The values of `each`, `count` and the iterators of dynamic blocks. */
export interface Frame {
  readonly each?: Pair
  readonly count?: Node
  readonly iterators?: ReadonlyMap<string, Pair>
}

/** One instance of a block. */
export interface Instance {
  /** `''`, `[0]` or `["key"]`. */
  readonly suffix: string
  readonly frame: Frame
  /** Present if it depends on the value whether the instance exists. */
  readonly doubt?: Node
}

/** The instances of a block by suffix, or the value that they depend on and that is not known. */
export type Instances = { readonly instances: ReadonlyMap<string, Instance> } | { readonly unknown: Node }

const bySuffix = (instances: readonly Instance[]): Instances => ({
  instances: new Map(instances.map((each) => [each.suffix, each])),
})

/** Keys and values that a `for_each` goes over; `undefined` if they are not known. */
const pairsOf = (over: Node): readonly Pair[] | undefined => {
  if (over.kind === 'map')
    return entriesOf(over).map(([key, value]) => ({
      key: assuming(scalar(key, value.origin), over.assumed),
      value: assuming(value, over.assumed),
    }))
  if (over.kind !== 'list') return undefined
  return over.items.every((item) => plainText(item) !== undefined)
    ? over.items.map((item) => assuming(item, over.assumed)).map((item) => ({ key: item, value: item }))
    : undefined
}

/** The instances of a block. */
export const instancesOf = (
  block: MapNode,
  { evaluated, useDefaults }: { readonly evaluated: (node: Node) => Node; readonly useDefaults: boolean },
): Instances => {
  const forEach = member(block, 'for_each')
  const count = member(block, 'count')
  if (forEach !== undefined) {
    const over = evaluated(forEach)
    const pairs = isAbsent(over) ? undefined : pairsOf(over)
    // Nothing by default may be something in another stage.
    const isOpen = pairs?.length === 0 && over.assumed !== undefined && !useDefaults
    if (pairs === undefined || count !== undefined || isOpen) return { unknown: over }
    return bySuffix(
      pairs.map((each) => instance(`[${JSON.stringify(plainText(each.key))}]`, { each }, doubtOf(over, each.key))),
    )
  }
  if (count === undefined) return bySuffix([{ suffix: '', frame: {} }])
  const over = evaluated(count)
  const text = plainText(over)
  const number = text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined
  if (number === undefined || number > LIMITS.members) return { unknown: over }
  // A count of nothing by default may be something in another stage: one instance in doubt stands for it.
  const shown = number === 0 && over.assumed !== undefined && !useDefaults ? 1 : number
  return bySuffix(
    Array.from({ length: shown }, (_, index) =>
      instance(`[${index}]`, { count: assuming(scalar(index, over.origin), over.assumed) }, doubtOf(over)),
    ),
  )
}

const doubtOf = (over: Node, key?: Node): Node | undefined =>
  over.assumed !== undefined ? over : key?.assumed !== undefined ? key : undefined

const instance = (suffix: string, frame: Frame, doubt: Node | undefined): Instance =>
  doubt === undefined ? { suffix, frame } : { suffix, frame, doubt }

/** Attributes that say how a block is deployed, and nothing about what it is. */
const META = new Set([
  'count',
  'for_each',
  'depends_on',
  'lifecycle',
  'provider',
  'providers',
  'provisioner',
  'connection',
])

type Evaluated = (node: Node, frame: Frame) => Node

/** Evaluates the attributes and inner blocks of a block, with its dynamic blocks. */
export const attributesOf = (block: MapNode, frame: Frame, evaluated: Evaluated): MapNode => {
  const entries = new Map<string, Node>()
  for (const [name, node] of block.entries)
    if (!META.has(name) && name !== 'dynamic') entries.set(name, evaluated(node, frame))
  for (const [name, dynamics] of entriesOf(member(block, 'dynamic')))
    for (const dynamic of dynamics.kind === 'list' ? dynamics.items : [dynamics]) {
      const added = dynamicBlocks(name, dynamic, frame, evaluated)
      const earlier = entries.get(name)
      const before = earlier === undefined ? [] : earlier.kind === 'list' ? earlier.items : [earlier]
      if (earlier?.kind === 'unknown') continue
      if (added.kind === 'unknown') entries.set(name, added)
      else entries.set(name, { ...added, items: [...before, ...added.items], ...assumedOf(earlier) })
    }
  return { ...block, entries }
}

const assumedOf = (node: Node | undefined): { readonly assumed?: string } =>
  node?.assumed === undefined ? {} : { assumed: node.assumed }

const dynamicBlocks = (name: string, dynamic: Node, frame: Frame, evaluated: Evaluated): ListNode | UnknownNode => {
  const { origin } = dynamic
  const forEach = member(dynamic, 'for_each')
  const over = forEach === undefined ? undefined : evaluated(forEach, frame)
  const pairs = over?.kind === 'list' ? itemPairs(over) : over === undefined ? undefined : pairsOf(over)
  const contents = member(dynamic, 'content')
  const content = contents?.kind === 'list' ? contents.items[0] : contents
  if (pairs === undefined || content?.kind !== 'map')
    return unknown('dynamic', `dynamic ${JSON.stringify(name)}`, origin)
  const iterator = plainText(member(dynamic, 'iterator'))?.replaceAll(/[${}\s]/g, '') ?? name
  const items = pairs.map((pair) => {
    const iterators = new Map([...(frame.iterators ?? []), [iterator, pair] as const])
    return attributesOf(content, { ...frame, iterators }, evaluated)
  })
  return { kind: 'list', items, origin, ...assumedOf(over) }
}

/** Unlike a resource, a dynamic block takes lists of anything. */
const itemPairs = (over: ListNode): readonly Pair[] =>
  over.items.map((value, index) => ({ key: scalar(index, value.origin), value: assuming(value, over.assumed) }))
