/** What all modules of one configuration share. @module */
import type { Node } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'
import type { Budget } from '../expressions/budget.ts'
import type { Expression } from '../expressions/expression.ts'

/** The state of the evaluation of one configuration. */
export interface Shared {
  readonly context: ReadContext
  readonly budget: Budget
  readonly useDefaults: boolean
  /** Expressions by their text: instances of one block have the same. */
  readonly expressions: Map<string, Expression>
  /** Folder of the root module. */
  readonly root: string
}

/** Names and indices after the first name of a reference. */
export type Keys = readonly (string | number)[]

/** Evaluates a node outside of all blocks that repeat. */
export type EvaluateAtTop = (node: Node) => Node
