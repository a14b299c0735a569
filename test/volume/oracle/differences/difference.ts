/** The form of a row: what is known to be answered differently, and by which rule ours is the answer wanted. @module */
import type { OracleCase } from '../case.ts'

export interface Difference {
  /** Name of its section in DIFFERENCES.md. */
  readonly id: string
  /** Rules of the specification that decide. */
  readonly rules: string
  /** Whether the case holds what the difference is about. */
  readonly applies: (each: OracleCase) => boolean
}
