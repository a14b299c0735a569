/** Marks values that depend on a default, with everything inside of them (DEF-RES-05). @module */
import { assuming, type Node } from '../../document/node.ts'

/** A node, and all nodes inside of it, marked as dependent on the default of a variable. */
export const assumeAll = (node: Node, assumed: string | undefined): Node => {
  if (assumed === undefined) return node
  const marked = assuming(node, assumed)
  if (marked.kind === 'map')
    return {
      ...marked,
      entries: new Map([...marked.entries].map(([key, value]) => [key, assumeAll(value, assumed)])),
    }
  if (marked.kind === 'list') return { ...marked, items: marked.items.map((item) => assumeAll(item, assumed)) }
  return marked
}
