/** Values that are absent by default only (DEF-RES-05). @module */
import { isAbsent, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'

const isAbsentByDefault = (node: Node): boolean => isAbsent(node) && node.assumed !== undefined

const settle = (node: Node): Node => {
  if (node.kind === 'list') {
    const items = node.items.filter((each) => !isAbsentByDefault(each)).map(settle)
    return { ...node, items }
  }
  if (node.kind !== 'map') return node
  const entries = [...node.entries].filter(([, each]) => !isAbsentByDefault(each))
  return { ...node, entries: new Map(entries.map(([key, each]) => [key, settle(each)])) }
}

/**
 * The document without what is absent by default, if defaults count as values. Otherwise such values stay, and each reader
 * that meets one adds a finding.
 */
export const settled = (document: Node, { options }: ReadContext): Node =>
  options.useDefaults === true ? settle(document) : document
