/** Notes what was counted for each request, so that a plan that is mounted twice counts once (FLEET-39). @module */
import type { Usage } from '../index.ts'

interface Mark {
  /** The request that was counted: a copy of it, or an object that inherits from it, is another request. */
  readonly request: object
  readonly usage: Usage
}

/** The requests that one plan has counted. */
export class CountedRequests {
  /** Property of a counted request. It costs less than an entry in a `WeakMap`, which the garbage collector has to trace. */
  readonly #key = Symbol('custom-authorizer.usage')
  /** Requests that accept no property, such as frozen ones. */
  readonly #others = new WeakMap<object, Usage>()

  get(request: object): Usage | undefined {
    const mark = (request as Record<symbol, Mark | undefined>)[this.#key]
    return mark?.request === request ? mark.usage : this.#others.get(request)
  }

  set(request: object, usage: Usage): void {
    try {
      ;(request as Record<symbol, Mark>)[this.#key] = { request, usage }
    } catch {
      this.#others.set(request, usage)
    }
  }
}
