/** What Node's request tells about its target, with the members that Connect and Express add. @module */
import type { CurrentRequest, FrameworkTarget } from '../adapter.ts'
import { mappedFrom } from './views/target-views.ts'

/** The members of Node's request that describe its method and target, with those that Connect and Express add. */
export interface RoutedRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly originalUrl?: unknown
  readonly baseUrl?: unknown
}

/** The bases of a request that is not below a mount. */
const AT_ROOT: readonly string[] = Object.freeze([''])

/**
 * Returns what Node, and frameworks that set `originalUrl` and `baseUrl` on its request, report about the target.
 *
 * @param routed the target that the framework routes, if it is one that nothing in Node is mounted in or rewritten by.
 *   Default: `url` of the request, which Connect and its like rewrite
 */
export const frameworkTarget = (incoming: RoutedRequest, routed?: string): FrameworkTarget => {
  const { url = '', originalUrl, baseUrl } = incoming
  const reportsMounts = typeof baseUrl === 'string'
  return {
    received: typeof originalUrl === 'string' ? originalUrl : url,
    knowsReceived: routed !== undefined || typeof originalUrl === 'string',
    url: routed ?? url,
    bases: reportsMounts && baseUrl !== '' ? [baseUrl] : AT_ROOT,
    knowsMounts: reportsMounts || (routed !== undefined && originalUrl === undefined),
    sent: mappedFrom(incoming),
  }
}

/** Returns the current method and target, for accessors and route checks. */
export const currentRequest = (incoming: RoutedRequest): CurrentRequest => ({
  method: incoming.method,
  ...frameworkTarget(incoming),
})
