/** What the sources of variables work with. @module */
import type { Origin } from '../../definition.ts'
import type { Node } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'

/** Finds and evaluates values of the file. */
export interface Resolver {
  /** The document, not evaluated. */
  readonly root: Node
  readonly context: ReadContext
  evaluate(node: Node): Node
  find(start: Node, keys: readonly string[]): Node | undefined
}

/** A value; `undefined` if there is none; or none here, while the deployment may have one. */
export type Lookup = Node | { readonly assumes: string } | undefined

/** A variable whose parameters and address are evaluated. */
export interface Reference {
  readonly parameters: readonly string[]
  readonly address: string
  readonly origin: Origin
}
