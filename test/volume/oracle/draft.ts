/** The state that the generators of one case share. @module */
import type { Context } from './context.ts'
import type { Random } from './random.ts'

export interface Draft {
  readonly random: Random
  /** Whether the case may contain a known difference. */
  readonly odd: boolean
  /** Whether the policy may be one that must be rejected. */
  readonly malformed: boolean
  readonly resource: string
  readonly context: Context
  /** Whether the policy version supports variables. */
  readonly variables: boolean
}

/** A list of one element is sometimes written as the element itself. */
export const singleOrList = <T>(random: Random, list: readonly T[]): T | readonly T[] =>
  list.length === 1 && random.chance(0.5) ? (list[0] as T) : list
