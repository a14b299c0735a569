/**
 * Values that decide whether a route is guarded. A value that cannot be read is not the same as one that is absent: absent
 * means open, and a doubt must not (DEF-DEF-06).
 * @module
 */
import { isDeclared } from '../building/declared.ts'
import type { Wanted } from '../building/values.ts'
import { isAbsent, type MapNode, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'

/** Stands for a value that cannot be read; a finding that stops says why. */
export const UNDECIDED: unique symbol = Symbol('undecided')

/** A value, `undefined` if it is absent, or undecided. */
export type Decided<T> = T | undefined | typeof UNDECIDED

type What = Omit<Wanted, 'role'>

const decided = <T>(context: ReadContext, node: Node | undefined, value: T | undefined): Decided<T> => {
  if (value !== undefined || node === undefined) return value
  const isCertain = node.assumed === undefined || context.options.useDefaults === true
  return isCertain && isAbsent(node) ? undefined : UNDECIDED
}

/** A map that protection depends on, such as `Auth`. */
export const decidingMap = (context: ReadContext, node: Node | undefined, what: What): Decided<MapNode> =>
  decided(context, node, context.values.map(node, { ...what, role: 'decides' }))

/** A text that protection depends on, such as the name of an authorizer. */
export const decidingText = (context: ReadContext, node: Node | undefined, what: What): Decided<string> =>
  decided(context, node, context.values.text(node, { ...what, role: 'decides' }))

/** A flag that protection depends on. */
export const decidingFlag = (context: ReadContext, node: Node | undefined, what: What): Decided<boolean> =>
  decided(context, node, context.values.flag(node, { ...what, role: 'decides' }))

/**
 * A flag that SAM tests itself. It takes every text for true, `'false'` and parameters with this value too, so that this text
 * has two readings.
 */
export const samFlag = (context: ReadContext, node: Node | undefined, what: What): Decided<boolean> => {
  if (node?.kind !== 'scalar' || typeof node.value !== 'string' || node.value.toLowerCase() !== 'false')
    return decidingFlag(context, node, what)
  const message = `${what.what} is the text "false", which SAM takes for true`
  const advice = 'Write false without quotes, or leave it out.'
  context.findings.stop('ambiguous', 'DEF-SAM-14', node, { message, advice, routes: what.routes ?? [] })
  return UNDECIDED
}

/**
 * Whether a node is neither absent nor empty, as SAM tests most properties. An unknown value is not empty, and one that is empty
 * only because of a default counts as set: another stage may set it.
 */
export const isGiven = (node: Node | undefined): node is Node => {
  if (!isDeclared(node)) return false
  if (node.assumed !== undefined && node.kind === 'scalar') return true
  if (node.kind === 'map') return node.entries.size > 0
  if (node.kind === 'list') return node.items.length > 0
  return node.kind !== 'scalar' || (node.value !== '' && node.value !== false)
}

/** The names in a text, separated by spaces. */
export const namesOf = (text: string): ReadonlySet<string> => new Set(text.split(' '))
