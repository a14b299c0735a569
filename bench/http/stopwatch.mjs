/** Measures a part of the work for each request in a server: the guard until it calls `next`, and what the handler reads. */

/** Number of requests whose times are kept. */
const SLOTS = 1 << 15

export class Stopwatch {
  #times = new Float64Array(SLOTS)
  #request = 0
  #started = 0

  /** Begins the measurement of another request. */
  begin() {
    this.#request++
    this.#times[this.#request % SLOTS] = 0
    this.resume()
  }

  /** Continues the measurement of the current request. */
  resume() {
    this.#started = performance.now()
  }

  pause() {
    this.#times[this.#request % SLOTS] += performance.now() - this.#started
  }

  /** Microseconds of the latest requests. */
  latest(count) {
    if (count > Math.min(SLOTS, this.#request)) throw new Error(`The stopwatch has no ${count} requests`)
    return Array.from({ length: count }, (_, index) => this.#times[(this.#request - index) % SLOTS] * 1000)
  }
}

/** A guard that is a Connect middleware, measured until it calls `next`. Without a stopwatch it is the guard itself. */
export const timedMiddleware = (guard, stopwatch) =>
  stopwatch === undefined
    ? guard
    : (request, response, next) => {
        stopwatch.begin()
        guard(request, response, (error) => {
          stopwatch.pause()
          next(error)
        })
      }

/** A guard that takes a context, as in Koa and Hono. */
export const timedWithContext = (guard, stopwatch) =>
  stopwatch === undefined
    ? guard
    : (context, next) => {
        stopwatch.begin()
        return guard(context, () => {
          stopwatch.pause()
          return next()
        })
      }

/** What a handler reads for the same request. */
export const timedRead = (read, stopwatch) =>
  stopwatch === undefined || read === undefined
    ? read
    : (request) => {
        stopwatch.resume()
        const found = read(request)
        stopwatch.pause()
        return found
      }
