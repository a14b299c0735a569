/** What a subject has used, for operators (FLEET-23). @module */
import { check } from '../contract.ts'
import type { StagePlan } from './catalog.ts'
import { counterDigest, counterName } from './keys/counter-name.ts'
import type { UsageStore } from './store.ts'

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

/** Reads a counter. */
export const readUsage = async (
  store: UsageStore,
  plan: StagePlan | undefined,
  planId: string,
  subject: string,
): Promise<UsageReport> => {
  if (plan === undefined) throw check.optionProblem('usageOf.planId', 'an unknown ID', 'the ID of a plan of this stage')
  const key = store.inProcess === true ? counterName(plan.id, subject) : await counterDigest(plan.id, subject)
  const { used, resetsAt, levels } = await store.read(key, plan.demand)
  const { quota } = plan.demand
  return {
    planId,
    used,
    remaining: quota && Math.max(0, quota.limit - used),
    resetsAt,
    tokens: levels[''],
  }
}
