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
  /** Whether the path with its escaped slashes decoded has no route: what serves it then is not part of the API. */
  readonly isPartlyUnknown: boolean
}

/** How the gateways compare paths; `foldsCase` is added for routers that ignore letter case. */
const RULES: Readonly<Record<Protocol, Omit<TreeRules, 'foldsCase'>>> = {
  REST: { firstTemplateDecides: true, ignoresTrailingSlash: true, greedyRoot: false },
  HTTP: { firstTemplateDecides: false, ignoresTrailingSlash: false, greedyRoot: true },
  HUAWEI: { firstTemplateDecides: false, ignoresTrailingSlash: true, greedyRoot: false },
  WEBSOCKET: { firstTemplateDecides: false, ignoresTrailingSlash: true, greedyRoot: true },
}

/** Maximum number of recent paths whose routes are kept. */
const MAX_RECENT = 1000

const endsInSlash = (path: string): boolean => path.length > 1 && path.endsWith('/')

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

/** The routes of an API, compared with letter case and without. */
class Trees<T extends Selectable> {
  readonly exact: RouteTree<T>
  readonly folded: RouteTree<T>

  constructor(rules: Omit<TreeRules, 'foldsCase'>, templates: readonly T[], fallback: T | undefined) {
    this.exact = new RouteTree({ ...rules, foldsCase: false }, fallback)
    this.folded = new RouteTree({ ...rules, foldsCase: true }, fallback)
    for (const route of templates)
      for (const tree of [this.exact, this.folded]) {
        tree.add(route.method, route.path, route)
        if (route.isPrefix) tree.add(route.method, `${route.path === '/' ? '' : route.path}/{proxy+}`, route)
      }
  }
}

/** Selects among the routes of one API. */
export class RouteSelection<T extends Selectable> implements Selecting<T> {
  /** The routes as the gateway compares paths. */
  readonly #trees: Trees<T>
  /** The routes as a strict router compares paths, if the gateway ignores a slash at the end. */
  readonly #strict: Trees<T> | undefined
  readonly #recent = new Map<string, Selection<T>>()
  /** `''`, or a path such as `/v1`. */
  readonly basePath: string
  readonly #distinguishesSlashes: boolean
  /** Whether a template has letters that lower case changes. */
  readonly #hasUpperCase: boolean
  /** Whether a template ends in a slash. */
  readonly #hasSlashAtEnd: boolean

  /**
   * @param basePath `''`, or a path such as `/v1`
   * @param routes with one whose path is `$default` (HTTP APIs) or `$connect` (WebSocket APIs) for requests that no other serves
   */
  constructor(protocol: Protocol, basePath: string, routes: readonly T[]) {
    this.basePath = basePath
    const rules = RULES[protocol]
    this.#distinguishesSlashes = !rules.ignoresTrailingSlash
    const fallbackPath = protocol === 'WEBSOCKET' ? '$connect' : '$default'
    const fallback = routes.find(({ path }) => path === fallbackPath)
    const templates = routes.filter(({ path }) => path.startsWith('/'))
    this.#hasUpperCase = templates.some(({ path }) => /[A-Z]/.test(path.replaceAll(/\{[^}]*\}/g, '')))
    this.#hasSlashAtEnd = templates.some(({ path }) => endsInSlash(path))
    this.#trees = new Trees(rules, templates, fallback)
    if (rules.ignoresTrailingSlash)
      this.#strict = new Trees({ ...rules, ignoresTrailingSlash: false }, templates, fallback)
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
   * router compares paths. A path with escapes has several readings, and is not kept.
   */
  #selectRecent(request: GatewayRequest): Selection<T> {
    const { method, path, routing } = request
    if (!request.isCanonical || path.includes('%')) return this.#selectOne(request)
    const key = `${routing.caseSensitive ? 1 : 0}${routing.strict ? 1 : 0}${routing.looseMounts === true ? 1 : 0}${method} ${path}`
    const recent = this.#recent.get(key)
    if (recent !== undefined) return recent
    const selection = this.#selectOne(request)
    if (this.#recent.size >= MAX_RECENT) this.#recent.clear()
    this.#recent.set(key, selection)
    return selection
  }

  #selectOne(request: GatewayRequest): Selection<T> {
    return this.#hasOneReading(request) ? this.#selectOnly(request) : this.#selectAll(request)
  }

  /** Whether every layer reads the request alike, so that one search is enough. */
  #hasOneReading({ method, path, isCanonical, routing }: GatewayRequest): boolean {
    const { caseSensitive, strict, looseMounts } = routing
    const isExact = caseSensitive || !(this.#hasUpperCase || /[A-Z]/.test(path))
    const oneSlash = this.#distinguishesSlashes
      ? strict && looseMounts !== true
      : !this.#hasSlashAtEnd && !endsInSlash(path)
    return isExact && oneSlash && isCanonical && method !== 'HEAD' && !path.includes('%')
  }

  #selectOnly({ method, path, routing }: GatewayRequest): Selection<T> {
    const below = this.#belowBasePath(path, routing.caseSensitive)
    if (below === undefined) return NOTHING
    const { gateway, router } = this.#trees.exact.selectBoth(method, below)
    const [route] = gateway
    return this.#selection(route, router, false)
  }

  #selectAll(request: GatewayRequest): Selection<T> {
    const { read, otherSlash } = pathsOf(request)
    const methods = methodsOf(request)
    const { caseSensitive } = request.routing
    const all: T[] = []
    let isPartlyUnknown = false
    for (const path of read) {
      const below = this.#belowBasePath(path, caseSensitive)
      const found =
        below === undefined ? [] : methods.flatMap((method) => this.#routesOf(method, below, caseSensitive, 'router'))
      all.push(...found)
      if (found.length === 0 && path !== request.path) isPartlyUnknown ||= request.hasEncodedSlash
    }
    for (const path of this.#distinguishesSlashes ? otherSlash : []) {
      const below = this.#belowBasePath(path, caseSensitive)
      if (below !== undefined)
        for (const method of methods) all.push(...this.#routesOf(method, below, caseSensitive, 'spelling'))
    }
    return this.#selection(this.#gatewayRoute(request), all, isPartlyUnknown)
  }

  #selection(route: T | undefined, others: readonly T[], isPartlyUnknown: boolean): Selection<T> {
    if (route === undefined)
      return others.length === 0 ? NOTHING : { route, all: [...new Set(others)], isPartlyUnknown }
    const isOnly = others.length === 0 || (others.length === 1 && others[0] === route)
    return { route, all: isOnly ? [route] : [...new Set([route, ...others])], isPartlyUnknown }
  }

  /** The gateway compares the canonical path and the method as sent. */
  #gatewayRoute({ path, method, routing }: GatewayRequest): T | undefined {
    const below = this.#belowBasePath(path, routing.caseSensitive)
    if (below === undefined) return undefined
    const [route] = this.#trees.exact.select(method, below)
    return route
  }

  #routesOf(method: string, path: string, caseSensitive: boolean, as: 'router' | 'spelling'): readonly T[] {
    const trees = [this.#trees.exact, this.#strict?.exact]
    if (!caseSensitive && (this.#hasUpperCase || /[A-Z]/.test(path)))
      trees.push(this.#trees.folded, this.#strict?.folded)
    return trees.flatMap((tree) => tree?.select(method, path, as) ?? [])
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
