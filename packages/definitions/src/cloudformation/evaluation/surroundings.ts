/** What a template refers to besides its own resources. @module */
import type { Node } from '../../document/node.ts'

export interface Surroundings {
  /** Put before the IDs of resources, so that those of several templates differ, such as `Nested/`. Default: nothing. */
  readonly prefix?: string
  /** `Parameters` of the resource that nests the template. Those that the caller gives are for the outer template. */
  readonly passed?: Node
  /** Whether the stack of the template exists. Default: it does. */
  readonly exists?: Node
  /** IDs that exist without being declared, such as the implicit API of SAM. */
  readonly implicit?: ReadonlySet<string>
  /** Values that other templates export, by name (DEF-CDK-03). */
  readonly exports?: ReadonlyMap<string, Node>
}
