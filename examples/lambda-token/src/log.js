/** Logs one line per decision, in columns. */

const age = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)

/**
 * `hit, 1.2 s old`: the policy came from the cache; `miss`: the authorizer was called for this request.
 *
 * @param {import('@custom-authorizer/core').CacheReport} cache
 */
const describeCache = ({ state, ageMs = 0 }) => (state === 'hit' ? `hit, ${age(ageMs)} old` : state)

/** @param {import('@custom-authorizer/core').Decision} decision */
export const formatDecision = ({ method, path, principalId, verdict, status, reason, cache, durationMs }) =>
  [
    method.padEnd(6),
    path.padEnd(26),
    (principalId || '-').padEnd(6),
    `${verdict} ${status ?? ''}`.padEnd(9),
    reason.padEnd(26),
    describeCache(cache).padEnd(15),
    `${Math.round(durationMs * 1000)} µs`.padStart(9),
  ].join('  ')

export const logDecision = (decision) => console.log(formatDecision(decision))
