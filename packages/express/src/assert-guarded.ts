/** `assertGuarded` for Express: finds routes that can be reached without an authorizer (SEC-107). @module */
import type { AssertGuardedOptions } from '@custom-authorizer/core'
import { check } from '@custom-authorizer/core/contract'
import { coverage } from '@custom-authorizer/core/adapter'
import type { Application, Router } from 'express'
import { type Layer, type Place, placesOf, type Route, type RouterLike, standsBefore } from './layer.ts'
import { hasOwnHead, isErrorHandler, isGuarding, isLed, openMethods } from './route.ts'
import { endpointOf, layersOf, type Part, routerOf, unwrap } from './router.ts'

export type { AssertGuardedOptions } from '@custom-authorizer/core'

/** Whether every request with this method to a route with this pattern passes a guard first. */
type Covers = (method: string, route: coverage.PathPattern) => boolean

/** Where a router is mounted in the application. */
interface Mount {
  readonly path: string
  readonly toPattern: (inner: coverage.PathPattern) => coverage.PathPattern
  readonly isCovered: Covers
  /** The routers that contain it, so that a router mounted in itself is inspected once. */
  readonly routers: readonly RouterLike[]
}

/** State of the inspection of one router. */
interface Walk {
  readonly mount: Mount
  readonly router: RouterLike
  /** The guards registered so far. */
  readonly guards: Covers[]
  /** Guards followed by an error handler, which may ignore their errors. */
  readonly uncertain: Covers[]
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

/** Returns which routes after the layer are guarded, if the layer is a guard. */
const guardAt = ({ router }: Walk, layer: Layer, guards: (method: string) => boolean = () => true): Covers => {
  // A callback of `router.param` runs before the layer and may skip it.
  const mayBeSkipped = Object.keys(router.params ?? {}).length > 0
  const places = placesOf(layer).filter(({ captures }) => !captures || !mayBeSkipped)
  const hasUnknownPath = layer.route === undefined && layer.regexp === undefined && !('rawPath' in layer)
  return (method, route) =>
    guards(method) &&
    (places.some(({ pattern }) => coverage.coversRoute(pattern, route)) ||
      (hasUnknownPath && standsBefore(layer, route)))
}

/** The method that a guard has to cover: middleware of `use` receives every method. */
const methodToCover = (method: string): string => (method === 'USE' ? 'ALL' : method)

/** How an unguarded function is named in the report: by its kind, or with its name. */
interface Label {
  readonly kind?: string
  readonly name?: string
}

/** Adds unguarded methods to the report. `ALL` includes every method; `GET` includes `HEAD` unless it has its own handler. */
const add = (walk: Walk, { route }: Layer, methods: readonly string[], place: Place, label: Label = {}): void => {
  const { text, pattern } = place
  const covers = isCovered(walk)
  const open = methods.filter((method) => !covers(methodToCover(method), pattern))
  const includesHead = open.includes('GET') && route !== undefined && !hasOwnHead(route)
  const reported = open.includes('ALL') ? ['ALL'] : open.filter((each) => each !== 'HEAD' || !includesHead)
  const path = join(walk.mount.path, text)
  for (const method of reported) {
    const { kind = '', name = '' } = label
    const line = kind === '' ? { name } : { line: `${kind} at ${path}` }
    const note = walk.uncertain.some((each) => each(methodToCover(method), pattern)) ? { note: NOTE } : {}
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
    // Express removes the text that a wildcard matches before the inner router matches.
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
  // A router that begins with a guard for every path also guards the layers after the router.
  const layers = layersOf(router)
  const [first] = layers
  if (first === undefined || first.route !== undefined || !isLed(layers)) return
  if (placesOf(first).some(({ pattern, captures }) => pattern === coverage.EVERY_PATH && !captures))
    walk.guards.push(guardAt(walk, layer))
}

const addMiddleware = (walk: Walk, layer: Layer): void => {
  const part: Part = unwrap(layer.handle)
  const router = routerOf(part)
  const endpoint = endpointOf(part)
  if (coverage.isGuard(part)) walk.guards.push(guardAt(walk, layer))
  else if (isErrorHandler(layer)) walk.uncertain.push(...walk.guards.splice(0))
  else if (router !== undefined) addRouter(walk, layer, router)
  else if (endpoint !== undefined)
    for (const place of placesOf(layer)) add(walk, layer, ['USE'], place, { kind: endpoint, name: part.name })
}

const inspect = (router: RouterLike, found: coverage.UnguardedRoute[], mount: Mount): void => {
  if (mount.routers.includes(router)) return
  const routers = [...mount.routers, router]
  const walk: Walk = { mount: { ...mount, routers }, router, guards: [], uncertain: [], found }
  for (const layer of layersOf(router)) {
    if (layer.route === undefined) addMiddleware(walk, layer)
    else addRoute(walk, layer, layer.route)
  }
}

/**
 * Checks that no route of an application can be reached without passing a `customAuthorizer`. Call it once, after all routes
 * are registered. It does not affect requests.
 *
 * It reports routes, functions passed to `use` that do not take `next` (with their name, such as `USE / (notFound)`), static
 * files, proxies, and mounted applications that it cannot inspect. A guard counts for everything registered after it, in the letter cases and with the trailing slashes that
 * it matches itself. `requireContext` and `requireScopes` do not count as guards; paths on a guard's `skip` list count as
 * guarded.
 *
 * It does not recognize guards inside other functions, middleware that takes `next` but sends a response, or middleware that
 * changes `req.url` before a guard with a path. It does not report body parsers before a guard: register them after it,
 * because they parse bodies of unauthenticated clients. Express before 5.3 does not store the path at which a router is
 * mounted: its routes are covered only by guards without a path and by guards inside the router.
 *
 * @param app an application, or a router with all of its routes
 * @throws {AuthorizerError} `ERR_UNGUARDED` with one line per unguarded route; `ERR_OPTION` if an argument is invalid
 * @example
 * assertGuarded(app, { except: ['GET /health', 'static files at /public', 'USE / (notFound)'] })
 */
export const assertGuarded = (app: Application | Router, options?: AssertGuardedOptions): void => {
  const router = typeof app === 'function' ? routerOf(app as unknown as Part) : undefined
  if (router === undefined) throw check.optionError('assertGuarded', app, 'an Express application or router')
  const found: coverage.UnguardedRoute[] = []
  inspect(router, found, { path: '', toPattern: (each) => each, isCovered: () => false, routers: [] })
  coverage.reportUnguarded(found, options)
}
