/** Counts what was compared, with a few samples of each kind of difference. @module */
import type { DifferenceKind } from './compare.ts'
import type { DifferenceSample, FoundDifference } from './difference.ts'
import type { Differences, ShadowReport, SkipReason } from './report.ts'

/** Maximum number of samples of one kind. */
const MAX_SAMPLES = 5

/** Every kind, the most dangerous first. A kind that is missing here does not compile. */
const KINDS = Object.keys({
  ALLOWED_INSTEAD_OF_DENIED: true,
  DENIED_INSTEAD_OF_ALLOWED: true,
  OTHER_PRINCIPAL: true,
  OTHER_SCOPES: true,
  OTHER_CONTEXT: true,
  OTHER_DENIAL: true,
  CANDIDATE_FAILED: true,
  CANDIDATE_TIMED_OUT: true,
} satisfies Record<DifferenceKind, true>) as readonly DifferenceKind[]

interface Counted {
  count: number
  /** By likeness. */
  readonly samples: Map<string, DifferenceSample>
}

/** The counts of a report. */
export type Counts = Pick<ShadowReport, 'since' | 'requests' | 'compared' | 'agreed' | 'skipped' | 'differences'>

/** The counts since the start or the last reset. */
export class Tally {
  readonly #since: number
  #requests = 0
  readonly #agreed = { allowed: 0, denied: 0 }
  readonly #skipped: Record<SkipReason, number> = { NOT_SAMPLED: 0, BUSY: 0, NO_DECISION: 0, NOT_OBSERVABLE: 0 }
  readonly #found = new Map<DifferenceKind, Counted>()

  /** @param since now, in milliseconds since the epoch */
  constructor(since: number) {
    this.#since = since
  }

  request(): void {
    this.#requests++
  }

  skip(reason: SkipReason): void {
    this.#skipped[reason]++
  }

  agree(verdict: 'allow' | 'deny'): void {
    this.#agreed[verdict === 'allow' ? 'allowed' : 'denied']++
  }

  differ(difference: FoundDifference): void {
    const counted = this.#found.get(difference.kind) ?? { count: 0, samples: new Map() }
    this.#found.set(difference.kind, counted)
    counted.count++
    if (counted.samples.size >= MAX_SAMPLES) return
    const { likeness } = difference
    if (!counted.samples.has(likeness)) counted.samples.set(likeness, difference.toSample())
  }

  /** A copy of the counts. */
  counts(): Counts {
    const differences = KINDS.flatMap((kind): Differences[] => {
      const counted = this.#found.get(kind)
      return counted === undefined ? [] : [{ kind, count: counted.count, samples: [...counted.samples.values()] }]
    })
    const { allowed, denied } = this.#agreed
    return {
      since: this.#since,
      requests: this.#requests,
      compared: differences.reduce((sum, { count }) => sum + count, allowed + denied),
      agreed: { allowed, denied },
      skipped: { ...this.#skipped },
      differences,
    }
  }
}
