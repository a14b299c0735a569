// The parts of ioredis that the documentation uses. No server is needed.

export class Redis {
  /** @param {Record<string, unknown>} [options] */
  constructor(options = {}) {
    this.options = options
  }

  /**
   * @param {string} _event
   * @param {(error: Error) => void} _listener
   */
  on(_event, _listener) {
    return this
  }

  /**
   * @param {'ready'} _event
   * @param {() => void} _listener
   */
  once(_event, _listener) {
    return this
  }

  /** @param {Record<string, unknown>} [options] */
  duplicate(options = {}) {
    return new Redis({ ...this.options, ...options })
  }

  /**
   * @param {string} _command
   * @param {...string} _args
   * @returns {Promise<unknown>}
   */
  async call(_command, ..._args) {
    return null
  }
}

export class Cluster extends Redis {
  /**
   * @param {readonly { host: string, port: number }[]} _nodes
   * @param {Record<string, unknown>} options
   */
  constructor(_nodes, options) {
    super(options)
    this.isCluster = true
  }
}
