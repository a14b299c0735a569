/** `shadow` runs a second authorizer beside the one that decides, and reports where they differ. @module */
import type { Authorizer, InvalidateSelector } from '../authorizer/authorizer.ts'
import { checkAuthorizers, composeAuthorizers } from '../authorizer/composite.ts'
import type { EvaluateOptions } from '../authorizer/evaluate-options.ts'
import type { Outcome } from '../contract/outcome.ts'
import type { Decision } from '../decision/decision.ts'
import { isolated } from '../decision/problems.ts'
import { RepeatedLines } from '../decision/repeated-lines.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { checkOptions, type Checks } from '../util/check.ts'
import { systemClock } from '../util/clock.ts'
import { checkCandidate } from './candidate.ts'
import { Comparison } from './comparison.ts'
import { SAFE_AFTER_CHECKS, SHADOW_CHECKS, type ShadowOptions } from './options.ts'
import type { SafeAfter, ShadowReport } from './report.ts'

/** An authorizer that decides like `enforce` and is compared with a candidate. */
export interface ShadowAuthorizer<TContext = Record<string, unknown>> extends Authorizer<TContext> {
  /** What has been compared since the start or the last `reset()`. */
  comparison(): ShadowReport
  /** Sets all counts to 0, for example after the candidate was corrected. Comparisons in progress do not count any more. */
  reset(): void
}

const WHERE = 'shadow'

type Cached = Pick<Authorizer, 'invalidate' | 'invalidateAll'>

/**
 * Runs a second authorizer beside the one that decides, to find out whether it can replace it. Only `enforce` decides:
 * outcome, response, `deny` and `hasCredential` are its own. The candidate is called after that, in a later turn of the event
 * loop, with a copy of the request, and nothing that it does has an effect on the request (SEC-129, SEC-130). `invalidate` and
 * `invalidateAll` also remove the candidate's results; its errors are ignored.
 *
 * Compared are the verdict, the status and response type of denials, and the principal ID, scopes and context of allowed
 * requests. Differences name context keys, never values (SEC-131).
 *
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid, an authorizer has a usage plan, or the candidate reads the body
 * @example
 * const authorizer = shadow({ enforce: current, candidate, onDifference: (difference) => log.warn(difference) })
 * app.use(customAuthorizer(authorizer))
 * setInterval(() => console.log(authorizer.comparison().why), 60_000)
 */
export const shadow = <TContext>(options: ShadowOptions<TContext>): ShadowAuthorizer<TContext> => {
  const checked = checkOptions(WHERE, options, SHADOW_CHECKS as Checks<ShadowOptions<TContext>>)
  const [enforce] = checkAuthorizers(WHERE, [checked.enforce]) as [Authorizer]
  const candidate = checkCandidate(WHERE, checked.candidate)
  const safeAfter = checkOptions<SafeAfter>(`${WHERE}.safeAfter`, checked.safeAfter, SAFE_AFTER_CHECKS)
  const { clock = enforce.clock ?? systemClock } = checked
  const lines = new RepeatedLines()
  // Called from handlers of rejections, where nothing may throw.
  const report = (kind: 'HOOK_FAILURE' | 'NOTE', message: string): void =>
    isolated(
      () => {
        const line = lines.next(message, clock.monotonic())
        if (line !== undefined) enforce.report(kind, line)
      },
      () => undefined,
    )
  const comparison = new Comparison({ ...checked, enforce, candidate, clock, safeAfter, report })

  const evaluate = (request: GatewayRequest, given: EvaluateOptions | undefined): Outcome | Promise<Outcome> => {
    const round = comparison.begin(request, given)
    if (round === undefined) return enforce.evaluate(request, given)
    const onDecision = (decision: Decision): unknown => {
      round.decisions.push(decision)
      return given?.onDecision?.(decision)
    }
    let evaluated: Outcome | Promise<Outcome>
    try {
      evaluated = enforce.evaluate(request, { ...given, onDecision })
    } catch (error) {
      round.abandon()
      throw error
    }
    // The promise itself is returned, so that the request does not wait for the comparison.
    if (evaluated instanceof Promise) evaluated.then(round.enforced, round.abandon)
    else round.enforced(evaluated)
    return evaluated
  }

  const composed = composeAuthorizers(WHERE, [enforce], evaluate)
  const withCandidate = (act: (cached: Cached) => void | Promise<void>): void | Promise<void> => {
    const { cached } = candidate
    if (cached !== undefined)
      isolated(
        () => act(cached),
        () => report('NOTE', 'the candidate of shadow could not remove its cached results'),
      )
    return act(enforce)
  }
  const shadowed: ShadowAuthorizer = Object.assign(composed, {
    invalidate: (selector: InvalidateSelector) => withCandidate((cached) => cached.invalidate(selector)),
    invalidateAll: () => withCandidate((cached) => cached.invalidateAll()),
    comparison: () => comparison.report(),
    reset: () => comparison.reset(),
  })
  return shadowed as unknown as ShadowAuthorizer<TContext>
}
