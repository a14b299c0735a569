/** The comparison of two authorizers: which requests are compared, and what the candidate decides on them. @module */
import type { Authorizer } from '../authorizer/authorizer.ts'
import type { EvaluateOptions } from '../authorizer/evaluate-options.ts'
import type { Waited } from '../authorizer/waiting.ts'
import type { Decision } from '../decision/decision.ts'
import { loggable } from '../decision/loggable.ts'
import { isolated } from '../decision/problems.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import type { Clock } from '../util/clock.ts'
import type { Candidate } from './candidate.ts'
import { compare, isDecided } from './compare.ts'
import { type Difference, FoundDifference } from './difference.ts'
import {
  type DecidedObservation,
  type Observation,
  observationOf,
  observationOfError,
  TIMED_OUT,
} from './observation.ts'
import type { SafeAfter, ShadowReport, SkipReason } from './report.ts'
import { Tally } from './tally.ts'
import { Trials } from './trials.ts'
import { type Names, verdictOn } from './verdict.ts'

/** Checked options of `shadow`. */
export interface ComparisonSettings {
  readonly enforce: Authorizer
  readonly candidate: Candidate
  readonly clock: Clock
  readonly safeAfter: SafeAfter
  /** Writes a log line. */
  readonly report: (kind: 'HOOK_FAILURE' | 'NOTE', message: string) => void
  readonly onDifference?: ((difference: Difference) => unknown) | undefined
  readonly sampleRate?: number | undefined
  readonly random?: (() => number) | undefined
  readonly maxInFlight?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly ignore?: readonly string[] | undefined
}

/** The comparison of one request. */
export interface Round {
  /** Receives the decisions of `enforce`. */
  readonly decisions: Decision[]
  /** To be called with the outcome of `enforce`. Never throws. */
  readonly enforced: (outcome: unknown) => void
  /** To be called if `enforce` has no outcome. */
  readonly abandon: () => void
}

/** Authorizers of other authors may have any name, or none. */
const printable = (name: unknown): string => loggable(String(name))

const DEFAULTS: Required<SafeAfter> = { requests: 1000, allowed: 1, denied: 1, differences: 0 }

/** The comparison of two authorizers. */
export class Comparison {
  readonly #settings: ComparisonSettings
  readonly #trials: Trials
  readonly #ignored: ReadonlySet<string>
  readonly #safeAfter: Required<SafeAfter>
  readonly #names: Names
  #tally: Tally

  constructor(settings: ComparisonSettings) {
    const { clock, maxInFlight = 100, timeoutMs = 10_000 } = settings
    this.#settings = settings
    this.#trials = new Trials({ clock, maxInFlight, timeoutMs })
    this.#ignored = new Set(settings.ignore)
    this.#safeAfter = { ...DEFAULTS, ...settings.safeAfter }
    this.#names = { enforce: printable(settings.enforce.name), candidate: printable(settings.candidate.name) }
    this.#tally = new Tally(clock.now())
  }

  reset(): void {
    this.#tally = new Tally(this.#settings.clock.now())
  }

  report(): ShadowReport {
    const counts = this.#tally.counts()
    return { ...counts, inFlight: this.#trials.inFlight, ...verdictOn(counts, this.#safeAfter, this.#names) }
  }

  /** Begins the comparison of a request; `undefined` if it is not compared. Never throws. */
  begin(request: GatewayRequest, given: EvaluateOptions | undefined): Round | undefined {
    // A reset during the round must not add its result to the new counts.
    const tally = this.#tally
    tally.request()
    const skipped = this.#skip()
    if (skipped !== undefined) {
      tally.skip(skipped)
      return undefined
    }
    const decisions: Decision[] = []
    const abandon = (): void => tally.skip('NO_DECISION')
    try {
      // Copied now: the guard and the handler may change headers of the request as soon as it is allowed.
      const copy = request.detached()
      const apiKey = given?.apiKey && { ...given.apiKey }
      const enforced = (outcome: unknown): void => {
        const observation = observationOf(outcome)
        if (!isDecided(observation)) abandon()
        else if (!this.#trials.hasRoom) tally.skip('BUSY')
        else if (!this.#try({ copy, apiKey, tally, decisions, observation })) abandon()
      }
      return { decisions, enforced, abandon }
    } catch {
      abandon()
      return undefined
    }
  }

  #skip(): SkipReason | undefined {
    const { sampleRate = 1, random = Math.random } = this.#settings
    try {
      if (sampleRate < 1 && !(random() < sampleRate)) return 'NOT_SAMPLED'
    } catch {
      return 'NOT_SAMPLED'
    }
    return this.#trials.hasRoom ? undefined : 'BUSY'
  }

  /** Returns `false` if the clock fails. */
  #try({ copy, apiKey, tally, decisions, observation }: Attempt): boolean {
    const own: Decision[] = []
    const conclude = (ended: Waited<unknown>): void => {
      const observed = this.#observe(ended)
      if (observed === undefined) return tally.skip('NOT_OBSERVABLE')
      const discrepancy = compare(observation, observed, this.#ignored)
      if (discrepancy === undefined) return tally.agree(observation.verdict)
      const enforce = { name: this.#names.enforce, observation, decisions }
      const candidate = { name: this.#names.candidate, observation: observed, decisions: own }
      this.#differ(tally, new FoundDifference(discrepancy, copy, enforce, candidate))
    }
    return this.#trials.add({
      call: callOf(this.#settings.candidate, copy, apiKey, own),
      end: (ended) =>
        isolated(
          () => conclude(ended),
          () => tally.skip('NO_DECISION'),
        ),
    })
  }

  #observe(ended: Waited<unknown>): Observation | undefined {
    if (ended.status === 'timedOut' || ended.status === 'gone') return TIMED_OUT
    if (ended.status === 'failed') return observationOfError(ended.error)
    return this.#settings.candidate.read(ended.value)
  }

  #differ(tally: Tally, difference: FoundDifference): void {
    tally.differ(difference)
    const { onDifference, report } = this.#settings
    if (onDifference === undefined) return
    isolated(
      () => onDifference(difference.toDifference()),
      () => report('HOOK_FAILURE', 'onDifference failed; the difference was counted'),
    )
  }
}

/** Outside of the class, so that a call that hangs does not keep the decision of `enforce` in memory. */
const callOf = (
  candidate: Candidate,
  request: GatewayRequest,
  apiKey: EvaluateOptions['apiKey'],
  decisions: Decision[],
): ((signal: AbortSignal) => unknown) => {
  const onDecision = (decision: Decision): void => void decisions.push(decision)
  return (signal) => candidate.call(request, { signal, onDecision, apiKey })
}

/** A request that `enforce` has decided on. */
interface Attempt {
  readonly copy: GatewayRequest
  readonly apiKey: EvaluateOptions['apiKey']
  readonly tally: Tally
  readonly decisions: readonly Decision[]
  readonly observation: DecidedObservation
}
