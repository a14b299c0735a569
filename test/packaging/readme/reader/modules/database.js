// The database of plans and API keys as a reader has it.
const keys = new Map([['digest', { id: 'acme', enabled: true, usagePlanIds: ['gold'] }]])

export const database = {
  /** @param {{ signal?: AbortSignal }} [options] */
  plans: async ({ signal } = {}) =>
    signal?.aborted ? [] : [{ id: 'gold', throttle: { rateLimit: 100, burstLimit: 200 } }],

  /**
   * @param {string} digest
   * @param {{ signal?: AbortSignal }} [options]
   */
  findApiKey: async (digest, { signal } = {}) => (signal?.aborted ? undefined : keys.get(digest)),
}
