/** `usagePlan`: an authorizer with API keys, throttling and quotas. @module */
import type { Allowed, Authorizer, Clock, EvaluateOptions, GatewayRequest, Outcome } from '../index.ts'
import {
  andThen,
  type ApiKeyIdentity,
  checkAuthorizers,
  composeAuthorizers,
  type Evaluated,
  markOutermost,
  REPEATED,
  RepeatedLines,
  resultOfContext,
  systemClock,
  withoutRejection,
} from '../contract.ts'
import type { PlanConfiguration } from './configuration.ts'
import { Enforcement } from './enforcement.ts'
import { KeyRequirement } from './key-requirement.ts'
import { counterName } from './keys/counter-name.ts'
import { UNAVAILABLE } from './keys/found-keys.ts'
import { MemoryUsageStore } from './memory-usage-store.ts'
import { checkPlanOptions, type UsagePlanOptions } from './options.ts'
import { type KeyLookup, PlanState } from './plan-state.ts'
import { ProcessCounting } from './sharing/counting.ts'
import { SharedCounting } from './sharing/shared-counting.ts'
import { SourceLimit } from './source-limit.ts'
import type { UsageStore } from './store.ts'
import { readUsage, type UsageReport } from './usage-report.ts'

/** An authorizer with a usage plan. It can be mounted like any other, but is no member of a composition. */
export interface PlannedAuthorizer<TContext = Record<string, unknown>> extends Authorizer<TContext> {
  /**
   * Replaces plans and keys for the requests that follow. What was counted stays.
   *
   * @throws {AuthorizerError} `ERR_OPTION` if the configuration is invalid; the active one stays
   */
  replace(configuration: PlanConfiguration): void
  /**
   * Reads what a subject has used.
   *
   * @param planId ID of the plan
   * @param subject ID of the API key, or the subject of a plan without keys
   * @throws {AuthorizerError} `ERR_OPTION` if no plan of this stage has the ID, or there is no subject; `ERR_STORE` if the store fails
   */
  usageOf(planId: string, subject: string): Promise<UsageReport>
}

type Settings = ReturnType<typeof checkPlanOptions>

const API_KEY = 'x-api-key'

/** A key that has a plan in this stage, as events and handlers receive it. */
const identityOf = (value: string, key: KeyLookup): ApiKeyIdentity | undefined =>
  typeof key === 'object' && key.plan !== undefined ? { value, id: key.id } : undefined

interface PlanParts {
  readonly state: PlanState
  readonly enforcement: Enforcement
  readonly sourceLimit: SourceLimit | undefined
}

/** Evaluates with the inner authorizer, and counts what it allows. */
class Plan {
  readonly #inner: Authorizer
  readonly #options: Settings
  readonly #state: PlanState
  readonly #enforcement: Enforcement
  readonly #requirement: KeyRequirement
  readonly #sourceLimit: SourceLimit | undefined

  constructor(inner: Authorizer, options: Settings, { state, enforcement, sourceLimit }: PlanParts) {
    this.#inner = inner
    this.#options = options
    this.#state = state
    this.#enforcement = enforcement
    this.#requirement = new KeyRequirement(options.apiKeyRequired ?? true, options.routes ?? {})
    this.#sourceLimit = sourceLimit
  }

  evaluate(request: GatewayRequest, options: EvaluateOptions | undefined): Evaluated {
    const refused = this.#sourceLimit?.refusal(request)
    if (refused !== undefined)
      return this.#enforcement.deny(request, 'THROTTLED', undefined, { ...refused, problem: 'sourceLimit is reached' })
    const isCounted = this.#options.subject !== undefined || this.#requirement.holdsFor(request)
    if (!isCounted || request.problem !== undefined) return this.#inner.evaluate(request, options)
    return andThen(this.#state.refresh(), () => this.#evaluateCounted(request, options))
  }

  #evaluateCounted(request: GatewayRequest, options: EvaluateOptions | undefined): Evaluated {
    if (this.#options.subject !== undefined || this.#options.apiKeySource === 'AUTHORIZER')
      return andThen(this.#inner.evaluate(request, options), (outcome) =>
        outcome.allowed ? this.#countByResult(request, outcome) : outcome,
      )
    const sent = request.headerOnce(API_KEY)
    if (sent === undefined || sent === '' || sent === REPEATED)
      return andThen(this.#inner.evaluate(request, options), (outcome) =>
        outcome.allowed ? this.#denyMissing(request, outcome, sent === REPEATED) : outcome,
      )
    return andThen(this.#state.key(sent), (key) => this.#evaluateWithKey(request, options, sent, key))
  }

  /** The key is looked up before the event is built, and counted after the policy has allowed the request (FLEET-06). */
  #evaluateWithKey(
    request: GatewayRequest,
    options: EvaluateOptions | undefined,
    value: string,
    key: KeyLookup,
  ): Evaluated {
    const apiKey = identityOf(value, key)
    const evaluated = this.#inner.evaluate(request, apiKey === undefined ? options : { ...options, apiKey })
    return andThen(evaluated, (outcome) => (outcome.allowed ? this.#countKey(request, outcome, key, apiKey) : outcome))
  }

  #countByResult(request: GatewayRequest, outcome: Allowed): Evaluated {
    if (this.#options.subject !== undefined) return this.#countSubject(request, outcome)
    const value = resultOfContext(outcome.authorizer)?.usageIdentifierKey
    if (value === undefined || value === '') return this.#denyMissing(request, outcome, false)
    return andThen(this.#state.key(value), (key) => this.#countKey(request, outcome, key, identityOf(value, key)))
  }

  #denyMissing(request: GatewayRequest, { authorizer }: Allowed, isRepeated: boolean): Outcome {
    const problem = isRepeated ? 'x-api-key is sent more than once' : undefined
    return this.#enforcement.deny(request, 'API_KEY_MISSING', authorizer, problem === undefined ? {} : { problem })
  }

  #countKey(request: GatewayRequest, outcome: Allowed, key: KeyLookup, apiKey: ApiKeyIdentity | undefined): Evaluated {
    if (key === UNAVAILABLE) return this.#enforcement.deny(request, 'PLAN_UNAVAILABLE', outcome.authorizer)
    if (key?.plan === undefined) return this.#enforcement.deny(request, 'API_KEY_INVALID', outcome.authorizer)
    const { plan, id, counter } = key
    return this.#enforcement.count(request, outcome, { plan, id, counter, apiKey })
  }

  #countSubject(request: GatewayRequest, outcome: Allowed): Evaluated {
    if (this.#state.isUnavailable) return this.#enforcement.deny(request, 'PLAN_UNAVAILABLE', outcome.authorizer)
    const { subject, planOf, missingSubject = 'error' } = this.#options
    let id: unknown
    let planId: unknown
    try {
      id =
        typeof subject === 'function'
          ? withoutRejection(subject(outcome.authorizer, request))
          : outcome.authorizer.principalId
      planId = planOf && withoutRejection(planOf(outcome.authorizer, request))
    } catch {
      id = undefined
    }
    const plan =
      planOf === undefined ? this.#state.onlyPlan : typeof planId === 'string' ? this.#state.plan(planId) : undefined
    if (typeof id === 'string' && id !== '' && plan !== undefined)
      return this.#enforcement.count(request, outcome, {
        plan,
        id,
        counter: counterName(plan.id, id),
        apiKey: undefined,
      })
    const missing = plan === undefined ? 'no plan of this stage applies to the caller' : 'the caller has no subject'
    const reason = missingSubject === 'deny' ? 'DENIED' : 'PLAN_SUBJECT_MISSING'
    return this.#enforcement.deny(request, reason, outcome.authorizer, { problem: missing })
  }
}

const stateOf = (options: Settings, clock: Clock, report: (message: string) => void): PlanState => {
  const { plans, keys, usagePlanKeys, api, load, findKey } = options
  return new PlanState({
    configuration:
      plans === undefined
        ? undefined
        : { plans, ...(keys !== undefined && { keys }), ...(usagePlanKeys !== undefined && { usagePlanKeys }) },
    api,
    routes: Object.keys(options.routes ?? {}),
    clock,
    needsOnlyPlan: options.subject !== undefined && options.planOf === undefined,
    load: load && { load, seconds: options.loadSeconds ?? 60, timeoutMs: options.loadTimeoutMs ?? 5000 },
    find: findKey && {
      findKey,
      ttlSeconds: options.keySeconds ?? 60,
      unknownTtlSeconds: options.unknownKeySeconds ?? 5,
      timeoutMs: options.findKeyTimeoutMs ?? 1000,
    },
    report,
  })
}

/**
 * Limits what an authorizer allows by usage plans: API keys with throttling and quotas, as on Amazon API Gateway, or plans that
 * count by caller. The result is an authorizer. Wrap a whole composition, not a member of it, so that a request counts once.
 *
 * Requests that the authorizer denies are not counted. Requests beyond a limit get 429; a missing or unknown key gets 403.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if an option is invalid, or plans and keys contradict each other
 * @example
 * const limited = usagePlan(authorizer, {
 *   plans: [{ id: 'gold', throttle: { rateLimit: 100, burstLimit: 200 }, quota: { limit: 10_000, period: 'DAY' } }],
 *   keys: [{ id: 'acme', value: process.env.ACME_KEY, usagePlanIds: ['gold'] }],
 * })
 * app.use(customAuthorizer(limited))
 */
export const usagePlan = <TContext>(
  authorizer: Authorizer<TContext>,
  options: UsagePlanOptions<NoInfer<TContext>>,
): PlannedAuthorizer<TContext> => {
  const [inner] = checkAuthorizers('usagePlan', [authorizer]) as [Authorizer]
  const checked = checkPlanOptions(options)
  const { clock = inner.clock ?? systemClock, api, retryAfter = true, storeTimeoutMs = 100 } = checked
  const { onStoreError = 'local', localShare = 1 } = checked
  const store: UsageStore = checked.store ?? new MemoryUsageStore({ clock })
  const lines = new RepeatedLines()
  // A caller beyond its limit must not flood the log.
  const report = (message: string): void => {
    const line = lines.next(message, clock.monotonic())
    if (line !== undefined) inner.report('NOTE', line)
  }
  const state = stateOf(checked, clock, report)
  const counting =
    store.inProcess === true
      ? new ProcessCounting(store, clock, storeTimeoutMs)
      : new SharedCounting({ store, clock, timeoutMs: storeTimeoutMs, onStoreError, localShare, report })
  for (const warning of store.warnings ?? []) report(warning)
  const enforcement = new Enforcement({ authorizer: inner, counting, api, retryAfter, report })
  const sourceLimit = checked.sourceLimit && new SourceLimit(checked.sourceLimit, clock)
  const plan = new Plan(inner, checked, { state, enforcement, sourceLimit })
  const composed = composeAuthorizers('usagePlan', [inner], (request, given) => {
    try {
      const evaluated = plan.evaluate(request, given)
      return evaluated instanceof Promise ? evaluated.catch(() => inner.deny(request, 'INTERNAL_ERROR')) : evaluated
    } catch {
      return inner.deny(request, 'INTERNAL_ERROR')
    }
  })
  const planned: PlannedAuthorizer = Object.assign(composed, {
    replace: (configuration: PlanConfiguration) => state.replace(configuration),
    usageOf: (planId: string, subject: string) =>
      readUsage({ store, clock, timeoutMs: storeTimeoutMs }, state.plan(planId), planId, subject),
  })
  markOutermost(planned)
  return planned as unknown as PlannedAuthorizer<TContext>
}
