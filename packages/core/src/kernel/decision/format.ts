/** Formats decisions as log lines. @module */
import type { Decision } from './decision.ts'
import type { CacheReport } from './explanation.ts'

const age = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)

/** `hit, 1.2 s old`: the result came from the cache. */
const describeCache = ({ state, ageMs = 0 }: CacheReport): string =>
  state === 'hit' ? `hit, ${age(ageMs)} old` : state

/** The summary of a denial. A contract that fails to explain itself leaves the rest of the line intact. */
const summaryOf = (decision: Decision): string => {
  try {
    return decision.explain().summary
  } catch {
    return 'no explanation: the contract failed'
  }
}

/**
 * Formats a decision as one line for a log, in columns: authorizer, method, path, verdict and status, reason, cache state,
 * duration in milliseconds, and for a denial the summary of `explain()` and the request ID. The line contains no credential,
 * principal ID, policy or context value (SEC-101).
 *
 * @example
 * customAuthorizer(handler, { onDecision: (decision) => console.log(formatDecision(decision)) })
 */
export const formatDecision = (decision: Decision): string => {
  const { authorizer, method, path, verdict, status, reason, cache, durationMs, requestId } = decision
  const columns = [
    authorizer.padEnd(8),
    method.padEnd(6),
    path.padEnd(26),
    `${verdict} ${status ?? ''}`.padEnd(8),
    reason.padEnd(26),
    describeCache(cache).padEnd(15),
    `${Number.isFinite(durationMs) ? durationMs.toFixed(2) : '-'} ms`.padStart(10),
  ]
  if (verdict === 'allow') return columns.join('  ')
  const id = requestId === undefined ? '' : `; request ID ${requestId}`
  return [...columns, `${summaryOf(decision)}${id}`].join('  ')
}
