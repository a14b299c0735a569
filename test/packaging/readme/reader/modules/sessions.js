// A session store as a reader has one.
const users = new Map([['5b0e', { id: 'ann', role: 'admin', overdue: false }]])

export const sessions = {
  /**
   * @param {string | undefined} id
   * @param {{ signal?: AbortSignal }} [options]
   */
  find: async (id, { signal } = {}) => (signal?.aborted || id === undefined ? undefined : users.get(id)),

  /** @param {string | undefined} id */
  renew: async (id) => (id === '5b0e' ? { id: '5b0f', userId: 'ann' } : undefined),
}
