/** Given values as nodes: data, which is never read as an expression (DEF-RES-12). @module */
import type { Origin } from '../../definition.ts'
import { map, type Node, scalar } from '../../document/node.ts'

const MAX_DEPTH = 32

/** A value of the option `variables` as a node; `undefined` if it is absent, or nothing that a file could have. */
export const givenNode = (value: unknown, origin: Origin, depth = 0): Node | undefined => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value))
    return scalar(value as string | number | boolean | null, origin)
  if (typeof value !== 'object' || depth > MAX_DEPTH) return undefined
  const child = (each: unknown): Node => givenNode(each, origin, depth + 1) ?? scalar(null, origin)
  if (Array.isArray(value)) return { kind: 'list', items: value.map(child), origin }
  return map(
    Object.entries(value).map(([key, each]) => [key, child(each)]),
    origin,
  )
}
