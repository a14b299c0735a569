/** Members and items of values. @module */
import type { Origin } from '../../definition.ts'
import { assuming, type Node, unknown } from '../../document/node.ts'

/** The value at a path of names and indices; unknown if there is none. */
export const walk = (node: Node, keys: readonly (string | number)[], text: string, origin: Origin): Node => {
  let current = node
  for (const key of keys) {
    const { assumed } = current
    let next: Node | undefined
    if (current.kind === 'map') next = current.entries.get(String(key))
    else if (current.kind === 'list') next = /^\d+$/.test(String(key)) ? current.items[Number(key)] : undefined
    else if (current.kind === 'reference') {
      const attribute = current.attribute === undefined ? String(key) : `${current.attribute}.${key}`
      next = { ...current, attribute }
    } else if (current.kind === 'unknown') return assuming({ ...current, origin }, assumed)
    if (next === undefined) return assuming(unknown('unresolved', text, origin), assumed)
    current = assuming(next, assumed)
  }
  return current
}
