/** Which routes require an API key. @module */
import type { GatewayRequest } from '../index.ts'
import { RouteTable } from '../contract.ts'
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
    this.#routes = new Map(entries.map(([route, { apiKeyRequired }]) => [route, apiKeyRequired]))
    this.#table = entries.length === 0 ? undefined : new RouteTable('usagePlan.routes', [...this.#routes.keys()])
  }

  /** Whether a request needs a key: for the path that is routed, and for the path that the client sent. */
  holdsFor(request: GatewayRequest): boolean {
    return this.#holdsFor(request) || (request.received !== undefined && this.#holdsFor(request.received))
  }

  #holdsFor(request: GatewayRequest): boolean {
    if (this.#table === undefined) return this.#default
    const { caseSensitive } = request.routing
    const route = this.#table.match(servedMethod(request.method), request.resourcePath, caseSensitive)
    return (route && this.#routes.get(nameOf(route.method, route.template))) ?? this.#default
  }
}
