/** Which routes require an API key. @module */
import type { GatewayRequest } from '../index.ts'
import { check, decodeSlashes, RouteTable } from '../contract.ts'
import { servedMethod } from './method-throttles.ts'

const nameOf = (method: string | undefined, template: string): string =>
  method === undefined ? template : `${method} ${template}`

/** The option `apiKeyRequired` of the API and its routes. */
export class KeyRequirement {
  readonly #default: boolean
  readonly #routes: ReadonlyMap<string, boolean>
  readonly #table: RouteTable | undefined

  /** @throws {AuthorizerError} `ERR_OPTION` if a route is not a template */
  constructor(isRequired: boolean, routes: Readonly<Record<string, { readonly apiKeyRequired: boolean }>>) {
    this.#default = isRequired
    const entries = Object.entries(routes)
    for (const [route] of entries)
      if (route.startsWith('HEAD '))
        throw check.optionProblem(
          'usagePlan.routes',
          'a route of HEAD',
          'routes of other methods: what holds for GET holds for HEAD',
        )
    this.#table = entries.length === 0 ? undefined : new RouteTable('usagePlan.routes', Object.keys(routes))
    // The table names a route of every method without one.
    this.#routes = new Map(entries.map(([route, { apiKeyRequired }]) => [route.replace(/^ANY /, ''), apiKeyRequired]))
    if (this.#routes.size < entries.length)
      throw check.optionProblem(
        'usagePlan.routes',
        'the same path with ANY and without a method',
        'each path once for all methods',
      )
  }

  /** Whether a request needs a key: for the path that is routed, and for the path that the client sent. */
  holdsFor(request: GatewayRequest): boolean {
    if (this.#table === undefined) return this.#default
    return this.#holdsFor(request) || (request.received !== undefined && this.#holdsFor(request.received))
  }

  /** A file server reads `%2F` as a slash, so both readings of the path count (SEC-06). */
  #holdsFor(request: GatewayRequest): boolean {
    const { resourcePath } = request
    return (
      this.#holdsForPath(request, resourcePath) ||
      (request.hasEncodedSlash && this.#holdsForPath(request, decodeSlashes(resourcePath)))
    )
  }

  #holdsForPath({ method, routing }: GatewayRequest, path: string): boolean {
    const route = this.#table?.match(servedMethod(method), path, routing.caseSensitive)
    if (route === undefined) return this.#default
    const isRequired = this.#routes.get(nameOf(route.method, route.template)) ?? this.#default
    // To a strict router, a path with a trailing slash is another route, which is not exempt.
    const isOther = routing.strict && path.endsWith('/') && !/(?:\/|\+\})$/.test(route.template)
    return isRequired || (isOther && this.#default)
  }
}
