/**
 * The tree that every format is turned into: YAML and JSON as written, and after evaluation with references to resources and
 * values that cannot be known. Maps keep their keys as data, so that `__proto__` is a key like any other (DEF-IN-03).
 * @module
 */
import type { Origin } from '../definition.ts'

interface Placed {
  readonly origin: Origin
  /** Name of a parameter or variable whose default this value depends on (DEF-RES-05). */
  readonly assumed?: string
}

export interface MapNode extends Placed {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, Node>
}
export interface ListNode extends Placed {
  readonly kind: 'list'
  readonly items: readonly Node[]
}
export interface ScalarNode extends Placed {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  /** The value as written, so that `1.10` stays a name. */
  readonly text: string
}
/** A resource of the same input, or one of its attributes. */
export interface ReferenceNode extends Placed {
  readonly kind: 'reference'
  /** Logical ID, or address of a Terraform resource. */
  readonly resource: string
  /** Absent for the resource itself, as in `Ref`. */
  readonly attribute?: string
}
/** A value that is known only when the definition is deployed. */
export interface UnknownNode extends Placed {
  readonly kind: 'unknown'
  readonly why: 'unresolved' | 'external' | 'dynamic'
  /** What the value depends on, such as `${ssm:/x}`; never a value. */
  readonly text: string
  /** References that the value contains, such as the function of an ARN. */
  readonly references: readonly ReferenceNode[]
}

/** A value of a document, with its place. */
export type Node = MapNode | ListNode | ScalarNode | ReferenceNode | UnknownNode

/** A node whose value depends on a default, too. */
export const assuming = (node: Node, assumed: string | undefined): Node =>
  assumed === undefined || node.assumed !== undefined ? node : { ...node, assumed }

/**
 * The member of a map; `undefined` if the node is no map, or has no such member. What depends on a default keeps that mark in
 * its members.
 */
export const member = (node: Node | undefined, key: string): Node | undefined => {
  const found = node?.kind === 'map' ? node.entries.get(key) : undefined
  return found && assuming(found, node?.assumed)
}

/** The value at a path of members. */
export const at = (node: Node | undefined, ...keys: readonly string[]): Node | undefined => {
  let current = node
  for (const key of keys) current = member(current, key)
  return current
}

/** The members of a map; none if the node is no map. */
export const entriesOf = (node: Node | undefined): readonly (readonly [key: string, value: Node])[] =>
  node?.kind === 'map' ? [...node.entries].map(([key, value]) => [key, assuming(value, node.assumed)] as const) : []

/** The items of a list; none if the node is no list. */
export const itemsOf = (node: Node | undefined): readonly Node[] =>
  node?.kind === 'list' ? node.items.map((item) => assuming(item, node.assumed)) : []

/** The text of a scalar as written; `undefined` for anything else, and for null. */
export const textOf = (node: Node | undefined): string | undefined =>
  node?.kind === 'scalar' && node.value !== null ? (typeof node.value === 'string' ? node.value : node.text) : undefined

/** The references in a value: those that it is or contains, and those that an unknown value depends on. */
export const referencesIn = (node: Node | undefined): readonly ReferenceNode[] => {
  if (node === undefined || node.kind === 'scalar') return []
  if (node.kind === 'reference') return [node]
  if (node.kind === 'unknown') return node.references
  return (node.kind === 'list' ? node.items : [...node.entries.values()]).flatMap((each) => referencesIn(each))
}

/** Whether a node is absent or null. */
export const isAbsent = (node: Node | undefined): boolean =>
  node === undefined || (node.kind === 'scalar' && node.value === null)

/** Creates a scalar. */
export const scalar = (value: ScalarNode['value'], origin: Origin, assumed?: string): ScalarNode => ({
  kind: 'scalar',
  value,
  text: String(value),
  origin,
  ...(assumed !== undefined && { assumed }),
})

/** Creates a map. */
export const map = (entries: Iterable<readonly [string, Node]>, origin: Origin): MapNode => ({
  kind: 'map',
  entries: new Map(entries),
  origin,
})

/** The text of a value that another stack exports. */
export const IMPORT_VALUE = 'Fn::ImportValue'

/** Creates a value that cannot be known. */
export const unknown = (
  why: UnknownNode['why'],
  text: string,
  origin: Origin,
  references: readonly ReferenceNode[] = [],
): UnknownNode => ({ kind: 'unknown', why, text, origin, references })

/** The place of a member of a node. */
export const below = ({ file, line, pointer }: Origin, key: string | number): Origin => ({
  file,
  line,
  pointer: `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`,
})

/** The first default that a node or a value inside it depends on. */
export const assumedWithin = (node: Node): string | undefined => {
  if (node.assumed !== undefined) return node.assumed
  const inner = node.kind === 'map' ? node.entries.values() : node.kind === 'list' ? node.items : []
  for (const each of inner) {
    const found = assumedWithin(each)
    if (found !== undefined) return found
  }
  return undefined
}

/** Whether two nodes have the same value. Their places do not count. */
export const sameValue = (a: Node, b: Node): boolean => {
  if (a.kind === 'scalar') return b.kind === 'scalar' && a.value === b.value
  if (a.kind === 'reference') return b.kind === 'reference' && a.resource === b.resource && a.attribute === b.attribute
  if (a.kind === 'list')
    return (
      b.kind === 'list' &&
      a.items.length === b.items.length &&
      a.items.every((item, index) => sameValue(item, b.items[index] as Node))
    )
  if (a.kind === 'map')
    return (
      b.kind === 'map' &&
      a.entries.size === b.entries.size &&
      [...a.entries].every(([key, value]) => {
        const other = b.entries.get(key)
        return other !== undefined && sameValue(value, other)
      })
    )
  return false
}
