/** What the parts of one case have in common while it is made. @module */
import type { Context } from './context.ts'
import type { Random } from './random.ts'

export interface Making {
  readonly random: Random
  /** Whether the case may hold what a difference is known for. */
  readonly odd: boolean
  /** Whether the policy may be one that must be refused. */
  readonly malformed: boolean
  readonly resource: string
  readonly context: Context
  /** Whether the policy's version knows variables. */
  readonly variables: boolean
}

/** A list of one may be written without its brackets. */
export const bracketed = <T>(random: Random, list: readonly T[]): T | readonly T[] =>
  list.length === 1 && random.chance(0.5) ? (list[0] as T) : list
