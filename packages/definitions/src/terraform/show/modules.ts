/** The modules of a state or a plan. @module */
import { itemsOf, member, type Node, textOf } from '../../document/node.ts'

interface Step {
  readonly name: string
  readonly suffix: string
}

/** A module with its place in the tree. */
export interface FoundModule {
  readonly prefix: string
  readonly node: Node
  /** The calls that lead to the module. */
  readonly path: readonly Step[]
}

/** The modules of a tree. Documents are no deeper than the parser allows. */
export function* modulesOf(
  node: Node | undefined,
  parent: string = '',
  path?: readonly Step[],
): Generator<FoundModule> {
  if (node === undefined) return
  const address = textOf(member(node, 'address')) ?? ''
  const prefix = address === '' ? '' : `${address}.`
  const [, name, suffix = ''] = /^module\.([\w-]+)(\[.*\])?$/s.exec(address.slice(parent.length)) ?? []
  const steps = path === undefined ? [] : [...path, { name: name ?? '', suffix }]
  yield { prefix, node, path: steps }
  for (const child of itemsOf(member(node, 'child_modules'))) yield* modulesOf(child, prefix, steps)
}
