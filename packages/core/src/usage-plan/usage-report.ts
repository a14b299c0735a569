/** What a subject has used, for operators (FLEET-23). @module */
import { AuthorizerError, type Clock } from '../index.ts'
import { check, replyWithin } from '../contract.ts'
import type { StagePlan } from './catalog.ts'
import { counterDigest, counterName } from './keys/counter-name.ts'
import type { CounterState, UsageStore } from './store.ts'

/** The use of one subject in one plan. */
export interface UsageReport {
  readonly planId: string
  /** Requests counted in the current period; 0 without a quota. */
  readonly used: number
  /** Requests left in the period; `undefined` without a quota. */
  readonly remaining: number | undefined
  /** End of the period in milliseconds since the epoch; `undefined` without a quota. */
  readonly resetsAt: number | undefined
  /** Tokens in the bucket of the plan; `undefined` without a throttle. */
  readonly tokens: number | undefined
}

/** Where a counter is read. */
export interface CounterSource {
  readonly store: UsageStore
  readonly clock: Clock
  /** Deadline of the store in milliseconds. */
  readonly timeoutMs: number
}

/** Reads a counter. Rejects if the store fails or does not respond in time. */
export const readUsage = async (
  { store, clock, timeoutMs }: CounterSource,
  plan: StagePlan | undefined,
  planId: string,
  subject: string,
): Promise<UsageReport> => {
  if (plan === undefined) throw check.optionProblem('usageOf.planId', 'an unknown ID', 'the ID of a plan of this stage')
  const allowed = check.text()(subject)
  if (allowed !== undefined) throw check.optionError('usageOf.subject', subject, allowed)
  const read = async (): Promise<CounterState> => {
    const key = store.inProcess === true ? counterName(plan.id, subject) : await counterDigest(plan.id, subject)
    return store.read(key, plan.demand)
  }
  const reply = await replyWithin(clock, timeoutMs, read())
  if (reply.status !== 'ready') {
    const why = reply.status === 'timedOut' ? `did not respond within ${timeoutMs} ms` : 'failed'
    throw new AuthorizerError('ERR_STORE', `usageOf: the store of the usage plan ${why}`)
  }
  const { used, resetsAt, levels } = reply.value
  const { quota } = plan.demand
  return {
    planId,
    used,
    remaining: quota && Math.max(0, quota.limit - used),
    resetsAt,
    tokens: levels[''],
  }
}
