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
  find(start: Node, keys: readonly string[]): Lookup
}

/** No value here, while the deployment may have one: the name is that of the default which the absence depends on. */
export interface AssumedAbsence {
  readonly assumes: string
}

/** A value; `undefined` if there is none in any deployment. */
export type Lookup = Node | AssumedAbsence | undefined

/** The absence of a value, if it depends on a default. */
export const absence = (assumed: string | undefined): AssumedAbsence | undefined =>
  assumed === undefined ? undefined : { assumes: assumed }

/** Whether there is a value. */
export const isFound = (lookup: Lookup): lookup is Node => lookup !== undefined && !('assumes' in lookup)

/** The default that a value, or its absence, depends on. */
export const assumedBy = (lookup: Lookup): string | undefined =>
  lookup === undefined ? undefined : 'assumes' in lookup ? lookup.assumes : lookup.assumed

/** A variable whose parameters and address are evaluated. */
export interface Reference {
  readonly parameters: readonly string[]
  readonly address: string
  readonly origin: Origin
}
