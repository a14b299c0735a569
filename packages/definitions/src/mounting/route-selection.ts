/** Selects the routes of a request: the one that the gateway selects, and those that looser routers may serve. @module */
import type { GatewayRequest, Routing } from '@custom-authorizer/core'
import { ownText } from '@custom-authorizer/core/contract'
import type { Protocol } from '../definition.ts'
import { methodsOf, pathsOf } from './spellings.ts'
import { partsOf, RouteTree, type TreeRules } from './route-tree.ts'

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
  /** Whether the path with its escaped slashes decoded has no route: what serves it then is not part of the API. */
  readonly isPartlyUnknown: boolean
}

/** How the gateways compare paths. */
const RULES: Readonly<Record<Protocol, TreeRules>> = {
  REST: { firstTemplateDecides: true, ignoresTrailingSlash: true, greedyRoot: false },
  HTTP: { firstTemplateDecides: false, ignoresTrailingSlash: false, greedyRoot: true },
  HUAWEI: { firstTemplateDecides: false, ignoresTrailingSlash: true, greedyRoot: false },
  WEBSOCKET: { firstTemplateDecides: false, ignoresTrailingSlash: true, greedyRoot: true },
}

/** Maximum number of recent paths whose routes are kept. */
const MAX_RECENT = 1000
/** Maximum length of such a path in characters. */
const MAX_RECENT_PATH = 512
/** Number of hashes of keys that were selected once; a power of two. */
const SEEN = 1024

/** Only decides whether a selection is kept: the whole key is compared. Paths differ most at their end. */
const hashOf = (key: string): number => {
  let hash = key.length
  for (let index = Math.max(0, key.length - 12); index < key.length; index++)
    hash = Math.imul(hash, 31) + key.charCodeAt(index)
  return hash | 0
}

const decodesKey = ({ decodes }: Routing): string => (decodes === undefined ? '' : decodes ? '1' : '0')

const NOTHING: Selection<never> = Object.freeze({ route: undefined, all: Object.freeze([]), isPartlyUnknown: false })

/** Selects routes. */
export interface Selecting<T> {
  select(request: GatewayRequest): Selection<T>
}

/**
 * Selects among the routes of several APIs, each below a base path of its own. As on the gateway, the most specific base path of
 * a request decides alone, also if its APIs do not have the route.
 */
export class JoinedSelection<T extends Selectable> implements Selecting<T> {
  readonly #members: readonly RouteSelection<T>[]

  /** @param members the most specific base path first */
  constructor(members: readonly RouteSelection<T>[]) {
    this.#members = members
  }

  select(request: GatewayRequest): Selection<T> {
    const deciding = this.#members.find((each) => each.covers(request))?.basePath
    const found = this.#members.map((member) => [member.basePath === deciding, member.select(request)] as const)
    const all = [...new Set(found.flatMap(([, selection]) => selection.all))]
    if (all.length === 0) return NOTHING
    return {
      route: found.find(([decides, { route }]) => decides && route !== undefined)?.[1].route,
      all,
      isPartlyUnknown: found.some(([, { isPartlyUnknown }]) => isPartlyUnknown),
    }
  }
}

/** A template for everything below a path. */
const belowPath = (path: string): string => `${path.endsWith('/') ? path.slice(0, -1) : path}/{proxy+}`

/** Selects among the routes of one API. */
export class RouteSelection<T extends Selectable> implements Selecting<T> {
  readonly #tree: RouteTree<T>
  readonly #routes: readonly T[]
  readonly #recent = new Map<string, Selection<T>>()
  readonly #seen = new Int32Array(SEEN)
  /** `''`, or a path such as `/v1`. */
  readonly basePath: string

  /**
   * @param basePath `''`, or a path such as `/v1`
   * @param routes with one whose path is `$default` (HTTP APIs) or `$connect` (WebSocket APIs) for requests that no other serves
   */
  constructor(protocol: Protocol, basePath: string, routes: readonly T[]) {
    this.basePath = basePath
    this.#routes = routes
    const fallback = protocol === 'WEBSOCKET' ? '$connect' : '$default'
    this.#tree = new RouteTree(
      RULES[protocol],
      routes.find(({ path }) => path === fallback),
    )
    // The other routes of a WebSocket API are selected by messages.
    for (const route of protocol === 'WEBSOCKET' ? [] : routes.filter(({ path }) => path.startsWith('/'))) {
      this.#tree.add(route.method, route.path, route)
      if (route.isPrefix) this.#tree.add(route.method, belowPath(route.path), route)
    }
  }

  /** Whether a request is below the base path. */
  covers({ path, routing }: GatewayRequest): boolean {
    return this.#belowBasePath(path, routing.caseSensitive) !== undefined
  }

  /** The routes of a request, for the path that is routed and for the one that the client sent. */
  select(request: GatewayRequest): Selection<T> {
    if (request.received === undefined) return this.#selectRecent(request)
    const routed = this.#selectOne(request)
    const received = this.#selectOne(request.received)
    if (received.all.length === 0) return routed
    const isPartlyUnknown = routed.isPartlyUnknown || received.isPartlyUnknown
    return { route: routed.route, all: [...new Set([...routed.all, ...received.all])], isPartlyUnknown }
  }

  /**
   * Keeps the selections of recent requests. A key holds everything that a selection depends on: method, path, and how the
   * router compares paths. A path with escapes has several readings, and is not kept. Others are kept from their second use:
   * most paths with an ID never recur, and keeping them costs more than the selection.
   */
  #selectRecent(request: GatewayRequest): Selection<T> {
    const { method, path, routing } = request
    if (!request.isCanonical || path.includes('%') || path.length > MAX_RECENT_PATH) return this.#selectOne(request)
    const key = `${routing.caseSensitive ? 1 : 0}${routing.strict ? 1 : 0}${routing.looseMounts === true ? 1 : 0}${decodesKey(routing)}${method} ${path}`
    const recent = this.#recent.get(key)
    if (recent !== undefined) return recent
    const selection = this.#selectOne(request)
    const hash = hashOf(key)
    const place = hash & (SEEN - 1)
    if (this.#seen[place] !== hash) {
      this.#seen[place] = hash
      return selection
    }
    if (this.#recent.size >= MAX_RECENT) this.#recent.clear()
    this.#recent.set(ownText(key), selection)
    return selection
  }

  #selectOne(request: GatewayRequest): Selection<T> {
    const { caseSensitive, strict, looseMounts, decodes } = request.routing
    // `OPTIONS *` names no path. Handlers of any route may serve it.
    if (!request.path.startsWith('/')) return this.#selection(undefined, this.#routes, false)
    const looseness = {
      ignoresCase: !caseSensitive,
      ignoresTrailingSlash: !strict || looseMounts === true,
      // Hono does so, which decodes paths. A router that is not known may do so, too.
      removesTrailingSlash: !strict && decodes !== false,
    }
    const methods = methodsOf(request)
    const all: T[] = []
    let route: T | undefined
    let isPartlyUnknown = false
    for (const path of pathsOf(request)) {
      const before = all.length
      const below = this.#belowBasePath(path, caseSensitive)
      if (below !== undefined) {
        const parts = partsOf(below)
        // The gateway compares the canonical path and the method as sent.
        if (path === request.path) [route] = this.#tree.select(request.method, parts)
        for (const method of methods) this.#tree.reach(method, parts, looseness, all)
      }
      if (all.length === before && path !== request.path) isPartlyUnknown ||= request.hasEncodedSlash
    }
    return this.#selection(route, all, isPartlyUnknown)
  }

  #selection(route: T | undefined, others: readonly T[], isPartlyUnknown: boolean): Selection<T> {
    if (route === undefined)
      return others.length === 0 ? NOTHING : { route, all: [...new Set(others)], isPartlyUnknown }
    const isOnly = others.length === 0 || (others.length === 1 && others[0] === route)
    return { route, all: isOnly ? [route] : [...new Set([route, ...others])], isPartlyUnknown }
  }

  #belowBasePath(path: string, caseSensitive: boolean): string | undefined {
    const base = this.basePath
    if (base === '') return path
    const start = path.slice(0, base.length)
    const isBase = start === base || (!caseSensitive && start.toLowerCase() === base.toLowerCase())
    if (!isBase || (path.length > base.length && path[base.length] !== '/')) return undefined
    return path.length === base.length ? '/' : path.slice(base.length)
  }
}
