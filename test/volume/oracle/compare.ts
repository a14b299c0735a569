/** Compares the two answers to a case. @module */
import { type Answer, itsAnswer, ourAnswer } from './evaluators.ts'
import type { OracleCase } from './case.ts'
import { CONDITION_DIFFERENCES } from './differences/conditions.ts'
import type { Difference } from './differences/difference.ts'
import { REFUSALS } from './differences/rejected-policies.ts'
import { RESOURCE_DIFFERENCES } from './differences/resources.ts'
import { VARIABLE_DIFFERENCES } from './differences/variables.ts'

/** What the two may answer differently. */
export const DIFFERENCES: readonly Difference[] = [
  ...VARIABLE_DIFFERENCES,
  ...RESOURCE_DIFFERENCES,
  ...CONDITION_DIFFERENCES,
]

export interface Judgement {
  readonly ours: Answer
  readonly its: Answer
  /** `agreed`: the same answer. `explained`: not the same, and a row of the table applies. */
  readonly verdict: 'agreed' | 'explained' | 'mismatch'
  /** Rows that apply to a case without agreement. */
  readonly rows: readonly string[]
}

const idsOf = (rows: readonly Difference[], each: OracleCase): readonly string[] =>
  rows.filter(({ applies }) => applies(each)).map(({ id }) => id)

/** Refusals are exact: a policy is refused if, and only if, one of them applies. */
export const judge = (each: OracleCase): Judgement => {
  const ours = ourAnswer(each)
  const refusals = idsOf(REFUSALS, each)
  if (ours === 'Refused' || refusals.length > 0) {
    const verdict = ours === 'Refused' && refusals.length > 0 ? 'explained' : 'mismatch'
    return { ours, its: itsAnswer(each), verdict, rows: refusals }
  }
  const its = itsAnswer(each)
  if (ours === its) return { ours, its, verdict: 'agreed', rows: [] }
  const rows = idsOf(DIFFERENCES, each)
  return { ours, its, verdict: rows.length > 0 ? 'explained' : 'mismatch', rows }
}
