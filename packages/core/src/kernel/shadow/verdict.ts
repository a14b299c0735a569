/** Says whether it is safe to switch, and what is missing. @module */
import type { DifferenceKind } from './compare.ts'
import type { SafeAfter, ShadowReport } from './report.ts'
import type { Counts } from './tally.ts'

/** Names of the two authorizers, for texts. */
export interface Names {
  readonly enforce: string
  readonly candidate: string
}

/** `1,000`. */
const grouped = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')

const requests = (count: number): string => (count === 1 ? '1 request' : `${grouped(count)} requests`)
const were = (count: number): string => (count === 1 ? 'was' : 'were')

/** A sentence for each kind of difference. */
const TEXTS: Readonly<Record<DifferenceKind, (count: number, names: Names) => string>> = {
  ALLOWED_INSTEAD_OF_DENIED: (count, { enforce, candidate }) =>
    `${requests(count)} ${were(count)} allowed instead of denied: ${enforce} denied, ${candidate} allowed`,
  DENIED_INSTEAD_OF_ALLOWED: (count, { enforce, candidate }) =>
    `${requests(count)} ${were(count)} denied instead of allowed: ${enforce} allowed, ${candidate} denied`,
  OTHER_PRINCIPAL: (count) => `${requests(count)} ${were(count)} allowed for another principal`,
  OTHER_SCOPES: (count) => `${requests(count)} ${were(count)} allowed with other scopes`,
  OTHER_CONTEXT: (count) => `${requests(count)} ${were(count)} allowed with another context`,
  OTHER_DENIAL: (count) => `${requests(count)} ${were(count)} denied with another status or response type`,
  CANDIDATE_FAILED: (count, { candidate }) => `${candidate} failed for ${requests(count)}`,
  CANDIDATE_TIMED_OUT: (count, { candidate }) => `${candidate} did not decide in time on ${requests(count)}`,
}

/** Lists the criteria that are not met. */
const missing = (counts: Counts, safeAfter: Required<SafeAfter>, names: Names): readonly string[] => {
  const { compared, agreed, differences, skipped } = counts
  const lines: string[] = []
  const total = differences.reduce((sum, { count }) => sum + count, 0)
  for (const { kind, count } of differences)
    if (kind === 'ALLOWED_INSTEAD_OF_DENIED' || total > safeAfter.differences) lines.push(TEXTS[kind](count, names))
  if (compared < safeAfter.requests) {
    lines.push(`only ${grouped(compared)} of ${requests(safeAfter.requests)} ${were(safeAfter.requests)} compared`)
    if (skipped.BUSY > 0)
      lines.push(`${requests(skipped.BUSY)} ${were(skipped.BUSY)} not compared because maxInFlight was reached`)
  }
  for (const verdict of ['allowed', 'denied'] as const) {
    const needed = safeAfter[verdict]
    if (agreed[verdict] >= needed) continue
    const only =
      agreed[verdict] === 0
        ? 'no request was'
        : `only ${requests(agreed[verdict])} of ${grouped(needed)} ${were(agreed[verdict])}`
    lines.push(`${only} ${verdict} by both`)
  }
  return lines
}

/** The verdict on what was compared. */
export const verdictOn = (
  counts: Counts,
  safeAfter: Required<SafeAfter>,
  names: Names,
): Pick<ShadowReport, 'isSafeToSwitch' | 'why'> => {
  const why = missing(counts, safeAfter, names)
  if (why.length > 0) return { isSafeToSwitch: false, why }
  const { compared, agreed } = counts
  const differing = compared - agreed.allowed - agreed.denied
  const rest = differing === 0 ? 'none differed' : `${grouped(differing)} differed, which is tolerated`
  const both = `${grouped(agreed.allowed)} allowed and ${grouped(agreed.denied)} denied by both`
  return { isSafeToSwitch: true, why: [`${requests(compared)} ${were(compared)} compared: ${both}, ${rest}`] }
}
