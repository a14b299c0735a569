/** The additional buckets of a plan by resource and method (AWS-UP-09, FLEET-12). @module */
import type { GatewayRequest } from '../index.ts'
import { RouteTable } from '../contract.ts'
import { splitMethodKey } from './configuration.ts'
import type { Bucket, ThrottleSettings } from './store.ts'

/** Routers serve HEAD with the handler of GET, so what holds for GET holds for HEAD. */
export const servedMethod = (method: string): string => (method === 'HEAD' ? 'GET' : method)

const routePath = (declared: string): string => declared.replace(/^[A-Z-]+ /, '')

/** The method throttles of a plan. */
export class MethodThrottles {
  readonly #buckets: ReadonlyMap<string, Bucket>
  /** Finds the resource of a request whose route the framework does not name. */
  readonly #resources: RouteTable | undefined

  /** @param routes declared routes, so that the throttle of `/pets/{id}` does not count requests for `/pets/mine` */
  constructor(throttles: Readonly<Record<string, ThrottleSettings>>, routes: readonly string[]) {
    const entries = Object.entries(throttles)
    this.#buckets = new Map(
      entries.map(([key, { rateLimit, burstLimit }]) => [key, { name: key, rateLimit, burstLimit }]),
    )
    const paths = new Set([...routes.map(routePath), ...entries.map(([key]) => splitMethodKey(key)?.path ?? key)])
    this.#resources = entries.length === 0 ? undefined : new RouteTable('usagePlan.routes', [...paths])
  }

  /** The bucket for the resource and method of a request; `undefined` if it has none. */
  bucketOf(request: GatewayRequest): Bucket | undefined {
    if (this.#resources === undefined) return undefined
    const { method, route, resourcePath, routing } = request
    const named = route && this.#of(route.template, method)
    if (named !== undefined) return named
    const resource = this.#resources.match(method, resourcePath, routing.caseSensitive)
    return resource && this.#of(resource.template, method)
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
