/** Compares the two evaluators for the cases of one kind. @module */
import { scaled } from '../../support/volume.ts'
import type { CaseKind, OracleCase } from './case.ts'
import { compare } from './compare.ts'
import { kindOf, makeCase } from './generate.ts'
import { shrink } from './shrink.ts'

/** About 98 of 100 agree; DIFFERENCES.md explains the others. */
const CASES = scaled(104_000)
const SEED = 20_260_301
const MISMATCHES_SHOWN = 5

const setting = (name: string, fallback: number): number => Number(process.env[name] ?? fallback)

/** The arguments of `node test/volume/oracle/run.mjs --cases --seed --case`, or their defaults. */
export const settings = () => ({
  cases: setting('ORACLE_CASES', CASES),
  seed: setting('ORACLE_SEED', SEED),
  onlyCase: process.env['ORACLE_CASE'],
})

export interface Figures {
  readonly compared: number
  readonly agreed: number
  readonly explained: number
  /** How often the two agreed on each decision. */
  readonly decisions: Readonly<Record<string, number>>
  /** How often each known difference applied to a case without agreement. */
  readonly differences: Readonly<Record<string, number>>
  readonly mismatched: number
  /** Descriptions of the first mismatches. */
  readonly mismatches: readonly string[]
}

const describe = (seed: number, each: OracleCase): string => {
  const smallest = shrink(each, (smaller) => compare(smaller).verdict === 'mismatch')
  const { ours, theirs } = compare(smallest)
  const { policy, action, resource, context } = smallest
  return [
    `seed ${seed}, case ${each.number} (node test/volume/oracle/run.mjs --seed ${seed} --case ${each.number})`,
    `evaluatePolicy: ${ours}, iam-simulate: ${theirs}. The smallest case found:`,
    JSON.stringify({ policy, action, resource, context }, undefined, 2),
  ].join('\n')
}

const increment = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1
}

export const runCases = (kind: CaseKind): Figures => {
  const { cases, seed, onlyCase } = settings()
  const decisions: Record<string, number> = {}
  const differences: Record<string, number> = {}
  const mismatches: string[] = []
  const totals = { compared: 0, agreed: 0, explained: 0, mismatched: 0 }
  const first = onlyCase === undefined ? 0 : Number(onlyCase)
  const end = onlyCase === undefined ? cases : first + 1
  for (let number = first; number < end; number++) {
    if (kindOf(seed, number) !== kind) continue
    const each = makeCase(seed, number)
    const { verdict, ours, rows } = compare(each)
    totals.compared++
    if (verdict === 'agreed') {
      totals.agreed++
      increment(decisions, ours)
    } else if (verdict === 'explained') {
      totals.explained++
      for (const row of rows) increment(differences, row)
    } else if (++totals.mismatched <= MISMATCHES_SHOWN) mismatches.push(describe(seed, each))
  }
  return { ...totals, decisions, differences, mismatches }
}
