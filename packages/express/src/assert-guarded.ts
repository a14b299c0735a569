/** Finds what an Express application serves without asking an authorizer (SEC-107). @module */
import type { AssertGuardedOptions } from '@custom-authorizer/core'
import { check } from '@custom-authorizer/core/contract'
import { coverage } from '@custom-authorizer/core/adapter'
import type { Application, Router } from 'express'
import { type Layer, type Place, placesOf, type Route, type RouterLike, standsBefore } from './layer.ts'
import { hasOwnHead, isErrorHandler, isGuarding, isLed, openMethods } from './route.ts'
import { endpointOf, layersOf, type Part, routerOf, unwrap } from './router.ts'

export type { AssertGuardedOptions } from '@custom-authorizer/core'

/** Whether every request with this method to a route with this pattern has passed a guard. */
type Covers = (method: string, route: coverage.PathPattern) => boolean

/** Where a router is mounted, seen from the application. */
interface Mount {
  readonly path: string
  readonly toPattern: (inner: coverage.PathPattern) => coverage.PathPattern
  readonly isCovered: Covers
  /** The routers around it, so that one that is mounted in itself is looked at once. */
  readonly routers: readonly RouterLike[]
}

/** The way through one router. */
interface Walk {
  readonly mount: Mount
  readonly router: RouterLike
  /** Those that have been passed, and those of which an error handler after them makes that doubtful. */
  readonly guards: Covers[]
  readonly doubtful: Covers[]
  readonly found: coverage.UnguardedRoute[]
}

const NOTE = 'an error handler after the guard may let requests continue'

const join = (mount: string, path: string): string => {
  if (path === '' || path === '/') return mount === '' ? '/' : mount
  return path.startsWith('/') || mount === '' ? mount + path : `${mount} ${path}`
}

const isCovered =
  ({ mount, guards }: Walk): Covers =>
  (method, pattern) =>
    mount.isCovered(method, pattern) || guards.some((covers) => covers(method, pattern))

/** A guard for what comes after the layer. */
const guardAt = ({ router }: Walk, layer: Layer, guards: (method: string) => boolean = () => true): Covers => {
  // A callback of `router.param` runs before the layer and may pass it by.
  const isPassable = Object.keys(router.params ?? {}).length > 0
  const places = placesOf(layer).filter(({ captures }) => !captures || !isPassable)
  const isHidden = layer.route === undefined && layer.regexp === undefined && !('rawPath' in layer)
  return (method, route) =>
    guards(method) &&
    (places.some(({ pattern }) => coverage.coversRoute(pattern, route)) || (isHidden && standsBefore(layer, route)))
}

/** `use` sees every method. */
const asked = (method: string): string => (method === 'USE' ? 'ALL' : method)

/** Notes what is open. `ALL` speaks for every method, and `GET` for the `HEAD` that comes with it. */
const add = (walk: Walk, { route }: Layer, methods: readonly string[], place: Place, kind: string = ''): void => {
  const { text, pattern } = place
  const covers = isCovered(walk)
  const open = methods.filter((method) => !covers(asked(method), pattern))
  const isSaid = open.includes('GET') && route !== undefined && !hasOwnHead(route)
  const named = open.includes('ALL') ? ['ALL'] : open.filter((each) => each !== 'HEAD' || !isSaid)
  const path = join(walk.mount.path, text)
  for (const method of named) {
    const line = kind === '' ? {} : { line: `${kind} at ${path}` }
    const note = walk.doubtful.some((each) => each(asked(method), pattern)) ? { note: NOTE } : {}
    walk.found.push({ method, path, pattern: walk.mount.toPattern(pattern), ...line, ...note })
  }
}

const addRoute = (walk: Walk, layer: Layer, route: Route): void => {
  for (const place of placesOf(layer)) add(walk, layer, openMethods(route), place)
  walk.guards.push(guardAt(walk, layer, (method) => isGuarding(route, method)))
}

const addRouter = (walk: Walk, layer: Layer, router: RouterLike): void => {
  const { mount, found } = walk
  const covers = isCovered(walk)
  for (const { text, pattern } of placesOf(layer)) {
    // What a wildcard has matched is not there for the router inside.
    const at = text.includes('*') ? { ...pattern, exact: false } : pattern
    const outside = (inner: coverage.PathPattern): coverage.PathPattern =>
      coverage.nestPattern(at, inner, layer.regexp !== undefined)
    inspect(router, found, {
      path: join(mount.path, text).replace(/^\/$/, ''),
      toPattern: (inner) => mount.toPattern(outside(inner)),
      isCovered: (method, inner) => covers(method, outside(inner)),
      routers: mount.routers,
    })
  }
  // A router that begins with a guard for every path is one for what comes after it.
  const row = layersOf(router)
  const [first] = row
  if (first === undefined || first.route !== undefined || !isLed(row)) return
  if (placesOf(first).some(({ pattern, captures }) => pattern === coverage.EVERY_PATH && !captures))
    walk.guards.push(guardAt(walk, layer))
}

const addMiddleware = (walk: Walk, layer: Layer): void => {
  const part: Part = unwrap(layer.handle)
  const router = routerOf(part)
  const endpoint = endpointOf(part)
  if (coverage.isGuard(part)) walk.guards.push(guardAt(walk, layer))
  else if (isErrorHandler(layer)) walk.doubtful.push(...walk.guards.splice(0))
  else if (router !== undefined) addRouter(walk, layer, router)
  else if (endpoint !== undefined) for (const place of placesOf(layer)) add(walk, layer, ['USE'], place, endpoint)
}

const inspect = (router: RouterLike, found: coverage.UnguardedRoute[], mount: Mount): void => {
  if (mount.routers.includes(router)) return
  const routers = [...mount.routers, router]
  const walk: Walk = { mount: { ...mount, routers }, router, guards: [], doubtful: [], found }
  for (const layer of layersOf(router)) {
    if (layer.route === undefined) addMiddleware(walk, layer)
    else addRoute(walk, layer, layer.route)
  }
}

/**
 * Checks that no route of an application can be reached without passing a `customAuthorizer`. To be called once, when
 * everything is registered; it does not touch requests.
 *
 * Reported are routes, functions that `use` was given and that do not take `next`, static files, proxies, and mounted
 * applications that cannot be looked into. A guard counts from where it stands, for the letter cases and slashes that it
 * sees itself; `requireContext` and `requireScopes` are no guards, and what is on a guard's `skip` list counts as guarded.
 * Not seen are guards inside of other functions, middleware that answers although it takes `next`, and middleware that
 * changes `req.url` on its way to a guard with a path. Body parsers before a guard are not reported: they read what
 * strangers send, so put them after it. Express before 5.3 does not say where a router is mounted: what it serves is
 * then covered by guards without a path, or inside of it.
 *
 * @param app an application, or a router with everything that belongs to it
 * @throws {AuthorizerError} `ERR_UNGUARDED` with a line for everything that is open; `ERR_OPTION`
 * @example
 * assertGuarded(app, { except: ['GET /health', 'static files at /public'] })
 */
export const assertGuarded = (app: Application | Router, options?: AssertGuardedOptions): void => {
  const router = typeof app === 'function' ? routerOf(app as unknown as Part) : undefined
  if (router === undefined) throw check.optionError('assertGuarded', app, 'an Express application or router')
  const found: coverage.UnguardedRoute[] = []
  inspect(router, found, { path: '', toPattern: (each) => each, isCovered: () => false, routers: [] })
  coverage.reportUnguarded(found, options)
}
