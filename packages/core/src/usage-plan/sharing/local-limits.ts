/** The limits of one process while the shared store of a usage plan cannot be used (FLEET-50). @module */
import type { Demand } from '../store.ts'

/** A share of a whole number of requests: at least one, unless there is none. */
const shareOf = (requests: number, share: number): number =>
  requests === 0 ? 0 : Math.max(1, Math.floor(requests * share))

/**
 * The part of a plan that one process may use.
 *
 * @param share greater than 0, at most 1
 */
export const localLimits = (demand: Demand, share: number): Demand => {
  if (share === 1) return demand
  const { quota, buckets } = demand
  return {
    quota: quota && { ...quota, limit: shareOf(quota.limit, share) },
    buckets: buckets.map(({ name, rateLimit, burstLimit }) => ({
      name,
      rateLimit: rateLimit * share,
      burstLimit: shareOf(burstLimit, share),
    })),
  }
}
