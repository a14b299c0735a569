/** The additional buckets of a plan by resource and method (AWS-UP-09, FLEET-12). @module */
import type { GatewayRequest } from '../index.ts'
import { decodeSlashes, RouteTable } from '../contract.ts'
import { splitMethodKey } from './configuration.ts'
import type { Bucket, ThrottleSettings } from './store.ts'

/** Routers serve HEAD with the handler of GET, so what holds for GET holds for HEAD. */
export const servedMethod = (method: string): string => (method === 'HEAD' ? 'GET' : method)

const NONE: readonly Bucket[] = Object.freeze([])

/** The method throttles of a plan. */
export class MethodThrottles {
  readonly #buckets: ReadonlyMap<string, Bucket>
  /** Finds the resource of a request: the most specific one that has its method. */
  readonly #resources: RouteTable | undefined

  /** @param routes declared routes, so that the throttle of `/pets/{id}` does not count requests for `/pets/mine` */
  constructor(throttles: Readonly<Record<string, ThrottleSettings>>, routes: readonly string[]) {
    const entries = Object.entries(throttles)
    this.#buckets = new Map(
      entries.map(([key, { rateLimit, burstLimit }]) => [key, { name: key, rateLimit, burstLimit }]),
    )
    const resources = entries.map(([key]) => {
      const { path = key, method = 'ANY' } = splitMethodKey(key) ?? {}
      return `${method} ${path}`
    })
    this.#resources =
      entries.length === 0 ? undefined : new RouteTable('usagePlan.routes', [...new Set([...routes, ...resources])])
  }

  /**
   * The buckets for the resource and method of a request: one at most, except for a path with `%2F`, which a file server reads
   * as a slash (SEC-06).
   */
  bucketsOf(request: GatewayRequest): readonly Bucket[] {
    if (this.#resources === undefined) return NONE
    const { resourcePath, hasEncodedSlash } = request
    const found = new Set([this.#named(request), this.#at(request, resourcePath)])
    if (hasEncodedSlash) found.add(this.#at(request, decodeSlashes(resourcePath)))
    return [...found].filter((each) => each !== undefined)
  }

  /** The bucket of the route that the framework names. */
  #named({ route, method }: GatewayRequest): Bucket | undefined {
    return route && this.#of(route.template, method)
  }

  #at({ method, routing }: GatewayRequest, path: string): Bucket | undefined {
    for (const each of new Set([method, servedMethod(method)])) {
      const resource = this.#resources?.match(each, path, routing.caseSensitive)
      const bucket = resource && this.#of(resource.template, method)
      if (bucket !== undefined) return bucket
    }
    return undefined
  }

  /** HEAD may have a bucket of its own. That of ANY applies to methods without one. */
  #of(template: string, method: string): Bucket | undefined {
    for (const each of [method, servedMethod(method), 'ANY']) {
      const bucket = this.#buckets.get(`${template}/${each}`)
      if (bucket !== undefined) return bucket
    }
    return undefined
  }
}
