/** Selects the routes of a request: the one that the gateway selects, and those that looser routers may serve. @module */
import type { GatewayRequest } from '@custom-authorizer/core'
import type { Protocol } from '../definition.ts'
import { methodsOf, pathsOf } from './spellings.ts'
import { RouteTree, type TreeRules } from './route-tree.ts'

/** A route to select. */
export interface Selectable {
  /** `undefined` for every method, and for routes without one. */
  readonly method: string | undefined
  readonly path: string
  readonly isPrefix: boolean
}

/** The routes of a request. */
export interface Selection<T> {
  /** The route that the gateway selects; `undefined` if there is none. */
  readonly route: T | undefined
  /** All routes under which the request may be served, {@link route} first. */
  readonly all: readonly T[]
}

/** How the gateways compare paths; `foldsCase` is added for routers that ignore letter case. */
const RULES: Readonly<Record<Protocol, Omit<TreeRules, 'foldsCase'>>> = {
  REST: { firstTemplateDecides: true, ignoresTrailingSlash: true, greedyRoot: false },
  HTTP: { firstTemplateDecides: false, ignoresTrailingSlash: false, greedyRoot: true },
  HUAWEI: { firstTemplateDecides: false, ignoresTrailingSlash: true, greedyRoot: false },
  WEBSOCKET: { firstTemplateDecides: false, ignoresTrailingSlash: true, greedyRoot: true },
}

const NOTHING: Selection<never> = Object.freeze({ route: undefined, all: Object.freeze([]) })

/** Selects among the routes of one API. */
export class RouteSelection<T extends Selectable> {
  readonly #exact: RouteTree<T>
  readonly #folded: RouteTree<T>
  readonly #fallback: T | undefined
  readonly #basePath: string
  readonly #distinguishesSlashes: boolean
  /** Whether a template has letters that lower case changes. */
  readonly #hasUpperCase: boolean

  /**
   * @param basePath `''`, or a path such as `/v1`
   * @param routes with one whose path is `$default` (HTTP APIs) or `$connect` (WebSocket APIs) for requests that no other serves
   */
  constructor(protocol: Protocol, basePath: string, routes: readonly T[]) {
    this.#exact = new RouteTree({ ...RULES[protocol], foldsCase: false })
    this.#folded = new RouteTree({ ...RULES[protocol], foldsCase: true })
    this.#basePath = basePath
    this.#distinguishesSlashes = !RULES[protocol].ignoresTrailingSlash
    this.#fallback = routes.find(({ path }) => path === '$default' || path === '$connect')
    const templates = routes.filter(({ path }) => path.startsWith('/'))
    this.#hasUpperCase = templates.some(({ path }) => /[A-Z]/.test(path.replaceAll(/\{[^}]*\}/g, '')))
    for (const route of templates)
      for (const tree of [this.#exact, this.#folded]) {
        tree.add(route.method, route.path, route)
        if (route.isPrefix) tree.add(route.method, `${route.path === '/' ? '' : route.path}/{proxy+}`, route)
      }
  }

  /** The routes of a request, for the path that is routed and for the one that the client sent. */
  select(request: GatewayRequest): Selection<T> {
    const routed = this.#selectOne(request)
    if (request.received === undefined) return routed
    const received = this.#selectOne(request.received)
    if (received.all.length === 0) return routed
    return { route: routed.route, all: [...new Set([...routed.all, ...received.all])] }
  }

  #selectOne(request: GatewayRequest): Selection<T> {
    const { read, otherSlash } = pathsOf(request)
    const methods = methodsOf(request)
    const { caseSensitive } = request.routing
    const route = this.#gatewayRoute(request)
    const all = new Set<T>(route === undefined ? [] : [route])
    for (const path of read) {
      const below = this.#belowBasePath(path, caseSensitive)
      if (below === undefined) continue
      const before = all.size
      for (const method of methods) for (const each of this.#routesOf(method, below, caseSensitive)) all.add(each)
      // Another reading of the path that no route serves is served by the fallback.
      if (path !== request.path && all.size === before && this.#fallback !== undefined) all.add(this.#fallback)
    }
    for (const path of this.#distinguishesSlashes ? otherSlash : []) {
      const below = this.#belowBasePath(path, caseSensitive)
      if (below === undefined) continue
      for (const method of methods)
        for (const each of this.#routesOf(method, below, caseSensitive, false)) all.add(each)
    }
    return all.size === 0 ? NOTHING : { route, all: [...all] }
  }

  /** The gateway compares the canonical path and the method as sent. */
  #gatewayRoute({ path, method, routing }: GatewayRequest): T | undefined {
    const below = this.#belowBasePath(path, routing.caseSensitive)
    if (below === undefined) return undefined
    const [route = this.#fallback] = this.#exact.select(method, below)
    return route
  }

  #routesOf(method: string, path: string, caseSensitive: boolean, greedy = true): readonly T[] {
    const exact = this.#exact.select(method, path, greedy)
    if (caseSensitive || !(this.#hasUpperCase || /[A-Z]/.test(path))) return exact
    return [...exact, ...this.#folded.select(method, path, greedy)]
  }

  #belowBasePath(path: string, caseSensitive: boolean): string | undefined {
    const base = this.#basePath
    if (base === '') return path
    const start = path.slice(0, base.length)
    const isBase = start === base || (!caseSensitive && start.toLowerCase() === base.toLowerCase())
    if (!isBase || (path.length > base.length && path[base.length] !== '/')) return undefined
    return path.length === base.length ? '/' : path.slice(base.length)
  }
}
