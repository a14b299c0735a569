// The parts of redis that the documentation uses. No server is needed.

/** @param {{ disableOfflineQueue?: boolean }} options */
export const createClient = (options) => ({
  options,
  /**
   * @param {'error'} _event
   * @param {(error: Error) => void} _listener
   */
  on: (_event, _listener) => undefined,
  connect: async () => undefined,
  /**
   * @param {string[]} _args
   * @returns {Promise<unknown>}
   */
  sendCommand: async (_args) => null,
})
