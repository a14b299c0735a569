/** Compares the results of the two evaluators for one case. @module */
import type { OracleCase } from './case.ts'
import { CONDITION_DIFFERENCES } from './differences/conditions.ts'
import type { Difference } from './differences/difference.ts'
import { REJECTED_POLICIES } from './differences/rejected-policies.ts'
import { RESOURCE_DIFFERENCES } from './differences/resources.ts'
import { VARIABLE_DIFFERENCES } from './differences/variables.ts'
import { evaluateHere, evaluateWithSimulator, type Evaluated } from './evaluators.ts'

/** The known differences in the decision. */
export const DIFFERENCES: readonly Difference[] = [
  ...VARIABLE_DIFFERENCES,
  ...RESOURCE_DIFFERENCES,
  ...CONDITION_DIFFERENCES,
]

export interface Comparison {
  readonly ours: Evaluated
  readonly theirs: Evaluated
  /** `agreed`: the same result. `explained`: different results, and a known difference applies. */
  readonly verdict: 'agreed' | 'explained' | 'mismatch'
  /** The known differences that apply to a case without agreement. */
  readonly rows: readonly string[]
}

const idsOf = (rows: readonly Difference[], each: OracleCase): readonly string[] =>
  rows.filter(({ applies }) => applies(each)).map(({ id }) => id)

/** Rejections are exact: a policy is rejected if, and only if, a row of `REJECTED_POLICIES` applies. */
export const compare = (each: OracleCase): Comparison => {
  const ours = evaluateHere(each)
  const theirs = evaluateWithSimulator(each)
  const rejections = idsOf(REJECTED_POLICIES, each)
  if (ours === 'Rejected' || rejections.length > 0) {
    const verdict = ours === 'Rejected' && rejections.length > 0 ? 'explained' : 'mismatch'
    return { ours, theirs, verdict, rows: rejections }
  }
  if (ours === theirs) return { ours, theirs, verdict: 'agreed', rows: [] }
  const rows = idsOf(DIFFERENCES, each)
  return { ours, theirs, verdict: rows.length > 0 ? 'explained' : 'mismatch', rows }
}
