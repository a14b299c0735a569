/** Values of variables: given ones, those of `.tfvars` files, and defaults (DEF-TF-03, DEF-RES-05). @module */
import type { Origin } from '../../definition.ts'
import { DocumentProblem } from '../../document/document-problem.ts'
import { LIMITS } from '../../document/limits.ts'
import { type MapNode, member, type Node, scalar, unknown } from '../../document/node.ts'
import { convertedTo } from './types.ts'

/** A given value as a node. It is data: text in it is never an expression (DEF-RES-12). */
export const givenValue = (value: unknown, origin: Origin, depth = 0): Node => {
  if (depth > LIMITS.depth) {
    const details = { message: 'a given value has too many levels', advice: 'Give a smaller value.' }
    throw new DocumentProblem('DEF-IN-07', 'hostile', origin, details)
  }
  if (Array.isArray(value))
    return { kind: 'list', items: value.map((item) => givenValue(item, origin, depth + 1)), origin }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, each]): [string, Node] => [
      key,
      givenValue(each, origin, depth + 1),
    ])
    return { kind: 'map', entries: new Map(entries), origin }
  }
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return isPlain || value === null
    ? scalar(value, origin)
    : unknown('unresolved', 'a given value that is neither text, number, true, false, list nor object', origin)
}

/** Converts a value to the type of its variable, as Terraform does. */
export const converted = (node: Node, declaration: MapNode | undefined): Node =>
  convertedTo(node, member(declaration, 'type'))
