/** Counts an allowed request, or denies it. @module */
import type { Allowed, Authorizer, AuthorizerContext, DenialReason, GatewayRequest, Outcome, Usage } from '../index.ts'
import { type ApiKeyIdentity, AuthorizedContext, type DenialDetails, trustedContext } from '../contract.ts'
import type { StagePlan } from './catalog.ts'
import type { PlanApi } from './configuration.ts'
import { CountedRequests } from './counted-requests.ts'
import { LONGEST_MS } from './counting/window.ts'
import { exceededText, type Refused, throttledText } from './refusal.ts'
import type { Counting } from './sharing/counting.ts'
import type { Demand, Taken } from './store.ts'

type Evaluated = Outcome | Promise<Outcome>

/** Who is counted in which plan. */
export interface Subject {
  readonly plan: StagePlan
  /** ID of the key, or the subject of the caller. */
  readonly id: string
  /** Name of the counter in this process. */
  readonly counter: string
  /** The API key, if there is one. */
  readonly apiKey: ApiKeyIdentity | undefined
}

export interface EnforcementSettings {
  readonly authorizer: Authorizer
  readonly counting: Counting
  readonly api: PlanApi | undefined
  readonly retryAfter: boolean
  /** Writes a log line. */
  readonly report: (message: string) => void
}

/** No window is longer than a month, and a bucket that takes longer to refill never helps a client. */
const MAX_SECONDS = LONGEST_MS.MONTH / 1000

const secondsOf = (waitMs: number): number => Math.min(MAX_SECONDS, Math.max(1, Math.ceil(waitMs / 1000)))

/** The context of this library that handlers receive. */
const ownContext = (context: AuthorizerContext): AuthorizedContext | undefined => {
  if (AuthorizedContext.isOwn(context)) return context as AuthorizedContext
  return trustedContext(context) as AuthorizedContext | undefined
}

type Passed = Extract<Taken, { readonly verdict: 'pass' }>

// Assignments, because spreading optional members takes several times as long, and this runs for each request.
const usageOf = ({ plan, apiKey }: Subject, { remaining, resetsAt, store }: Passed): Usage => {
  const usage: { -readonly [Name in keyof Usage]: Usage[Name] } = { planId: plan.id }
  if (apiKey !== undefined) usage.keyId = apiKey.id
  if (remaining !== undefined) usage.remaining = remaining
  if (resetsAt !== undefined) usage.resetsAt = resetsAt
  if (store !== undefined) usage.store = store
  return usage
}

/** Counts requests in a store. */
export class Enforcement {
  readonly #settings: EnforcementSettings
  readonly #counted = new CountedRequests()

  constructor(settings: EnforcementSettings) {
    this.#settings = settings
  }

  /** Denies a request that the authorizer has allowed. */
  deny(
    request: GatewayRequest,
    reason: DenialReason,
    context: AuthorizerContext | undefined,
    { problem, waitMs }: { readonly problem?: string; readonly waitMs?: number | undefined } = {},
  ): Outcome {
    const { authorizer, retryAfter } = this.#settings
    const details: DenialDetails | undefined =
      retryAfter && waitMs !== undefined && !Number.isNaN(waitMs) ? { retryAfterSeconds: secondsOf(waitMs) } : undefined
    return authorizer.deny(request, reason, context, problem, details)
  }

  /** Counts an allowed request. Synchronous if the store is. */
  count(request: GatewayRequest, outcome: Allowed, subject: Subject): Evaluated {
    const context = ownContext(outcome.authorizer)
    if (context === undefined)
      return this.deny(request, 'BAD_RESULT', undefined, {
        problem: 'the authorizer returned a context that is not JSON data',
      })
    const identity = request.framework ?? request
    const earlier = this.#counted.get(identity)
    if (earlier !== undefined) return allowedWith(context, earlier, subject)
    const demand = demandOf(subject.plan, request)
    const settle = (settled: Taken | undefined): Outcome => {
      try {
        if (settled === undefined) return this.#unavailable(request, context)
        if (settled.verdict !== 'pass') return this.#refuse({ request, context, subject, demand }, settled)
        const usage = usageOf(subject, settled)
        this.#counted.set(identity, usage)
        return allowedWith(context, usage, subject)
      } catch {
        return this.#unavailable(request, context)
      }
    }
    try {
      const { plan, id, counter } = subject
      const taken = this.#settings.counting.take({ planId: plan.id, subject: id, counter }, demand)
      return taken instanceof Promise ? taken.then(settle) : settle(taken)
    } catch {
      return this.#unavailable(request, context)
    }
  }

  #unavailable(request: GatewayRequest, context: AuthorizerContext): Outcome {
    this.#settings.report('the store of the usage plan failed; requests get 503')
    return this.deny(request, 'PLAN_UNAVAILABLE', context, { problem: 'the store of the usage plan failed' })
  }

  #refuse(
    { request, context, subject, demand }: Attempt,
    taken: Exclude<Taken, { readonly verdict: 'pass' }>,
  ): Outcome {
    const { api, report } = this.#settings
    const refused: Refused = { plan: subject.plan, keyId: subject.apiKey?.id, api, request }
    if (taken.verdict === 'quota') {
      const { quota } = demand
      const problem = quota === undefined ? 'quota exhausted' : exceededText(refused, quota)
      report(problem)
      // After a step of the clock back, the window ends later than a period from now (SEC-92).
      const waitMs = quota === undefined ? taken.waitMs : Math.min(taken.waitMs, LONGEST_MS[quota.period])
      return this.deny(request, 'QUOTA_EXCEEDED', context, { problem, waitMs })
    }
    const empty = demand.buckets.find(({ name }) => name === taken.bucket)
    const problem = empty === undefined ? 'throttle limit exceeded' : throttledText(refused, empty)
    report(problem)
    return this.deny(request, 'THROTTLED', context, { problem, waitMs: taken.waitMs })
  }
}

/** A request that is to be counted. */
interface Attempt {
  readonly request: GatewayRequest
  readonly context: AuthorizedContext
  readonly subject: Subject
  readonly demand: Demand
}

const allowedWith = (context: AuthorizedContext, usage: Usage, { apiKey }: Subject): Allowed => ({
  allowed: true,
  authorizer: AuthorizedContext.count(context, usage, apiKey),
})

const demandOf = ({ demand, throttles }: StagePlan, request: GatewayRequest): Demand => {
  const buckets = throttles.bucketsOf(request)
  return buckets.length === 0 ? demand : { quota: demand.quota, buckets: [...demand.buckets, ...buckets] }
}
