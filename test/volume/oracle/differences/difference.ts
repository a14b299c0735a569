/** A known difference between the two evaluators, with the rules that require our result. @module */
import type { OracleCase } from '../case.ts'

export interface Difference {
  /** The title of its section in DIFFERENCES.md. */
  readonly id: string
  /** The rules that require our result. */
  readonly rules: string
  /** Whether the difference can occur in this case. */
  readonly applies: (each: OracleCase) => boolean
}
