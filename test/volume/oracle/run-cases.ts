/** Runs a part of the cases, so that several processes can share the work. @module */
import type { OracleCase } from './case.ts'
import { makeCase } from './generate.ts'
import { judge } from './compare.ts'
import { shrink } from './shrink.ts'

/** Of these about 98 in 100 are answered alike; the others are explained by DIFFERENCES.md. */
const CASES = 104_000
const SEED = 20_260_301
const SHOWN = 5

const setting = (name: string, fallback: number): number => Number(process.env[name] ?? fallback)

/** What `node test/volume/oracle/run.mjs --cases --seed --case` has asked for. */
export const settings = () => ({
  cases: setting('ORACLE_CASES', CASES),
  seed: setting('ORACLE_SEED', SEED),
  only: process.env['ORACLE_CASE'],
})

export interface Figures {
  readonly asked: number
  readonly agreed: number
  readonly explained: number
  /** How often each answer was agreed on. */
  readonly answers: Readonly<Record<string, number>>
  /** How often each row of the table applied where there was no agreement. */
  readonly rows: Readonly<Record<string, number>>
  /** Texts on the first mismatches. */
  readonly mismatches: readonly string[]
  readonly mismatched: number
}

const describe = (seed: number, each: OracleCase): string => {
  const smallest = shrink(each, (smaller) => judge(smaller).verdict === 'mismatch')
  const { ours, its } = judge(smallest)
  const { policy, action, resource, context } = smallest
  return [
    `seed ${seed}, case ${each.number} (node test/volume/oracle/run.mjs --seed ${seed} --case ${each.number})`,
    `ours ${ours}, iam-simulate ${its}, after leaving out what does not matter:`,
    JSON.stringify({ policy, action, resource, context }, undefined, 2),
  ].join('\n')
}

const count = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1
}

/** Judges the cases of one part out of several. */
export const runPart = (part: number, parts: number): Figures => {
  const { cases, seed, only } = settings()
  const answers: Record<string, number> = {}
  const rows: Record<string, number> = {}
  const mismatches: string[] = []
  const totals = { asked: 0, agreed: 0, explained: 0, mismatched: 0 }
  const first = only === undefined ? part : Number(only)
  const end = only === undefined ? cases : first + 1
  for (let number = first; number < end; number += parts) {
    const each = makeCase(seed, number)
    const judgement = judge(each)
    totals.asked++
    if (judgement.verdict === 'agreed') {
      totals.agreed++
      count(answers, judgement.ours)
    } else if (judgement.verdict === 'explained') {
      totals.explained++
      for (const row of judgement.rows) count(rows, row)
    } else if (++totals.mismatched <= SHOWN) mismatches.push(describe(seed, each))
  }
  return { ...totals, answers, rows, mismatches }
}
