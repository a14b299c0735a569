/** Whether a property is set, and what a reference names. @module */
import { isAbsent, type Node } from '../document/node.ts'

/** Whether a property is set. One that is absent only because of a default counts as set: another stage may set it. */
export const isDeclared = (node: Node | undefined): node is Node =>
  node !== undefined && !(isAbsent(node) && node.assumed === undefined)

/** The resource that a node refers to, by itself or through one of these attributes. */
export const resourceOf = (node: Node | undefined, ...attributes: readonly string[]): string | undefined => {
  if (node?.kind !== 'reference') return undefined
  return node.attribute === undefined || attributes.includes(node.attribute) ? node.resource : undefined
}
