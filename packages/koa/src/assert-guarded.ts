/** `assertGuarded` for Koa: finds routes that can be reached without an authorizer (SEC-107). @module */
import type { AssertGuardedOptions } from '@custom-authorizer/core'
import { check } from '@custom-authorizer/core/contract'
import { coverage } from '@custom-authorizer/core/adapter'
import { type Layer, patternsOf, type RouterLike, textOf } from './router-layer.ts'

export type { AssertGuardedOptions } from '@custom-authorizer/core'

type Part = ((...args: never[]) => unknown) & { readonly router?: Partial<RouterLike> }

const routerOf = ({ router }: Part): RouterLike | undefined =>
  Array.isArray(router?.stack) ? (router as RouterLike) : undefined

/** A guard in a router, for the layers after it. */
interface Guard {
  readonly layer: Layer
  readonly patterns: readonly coverage.PathPattern[]
}

/** Whether a layer has a handler before a guard. Koa runs the functions of a layer in order and skips none. */
const isOpen = ({ stack }: Layer): boolean => {
  const first = stack.find((each) => coverage.isGuard(each) || typeof each.param !== 'string')
  return first !== undefined && !coverage.isGuard(first)
}

const isCovered = (guards: readonly Guard[], method: string, pattern: coverage.PathPattern): boolean =>
  guards.some(
    ({ layer, patterns }) =>
      (layer.methods.length === 0 || layer.methods.includes(method)) &&
      patterns.some((each) => coverage.coversRoute(each, pattern)),
  )

/** Returns the methods for the report: `GET` includes `HEAD`, and `ALL` replaces a full list. */
const reportedMethods = (methods: readonly string[]): readonly string[] => {
  if (methods.length > 8) return ['ALL']
  return methods.includes('GET') ? methods.filter((each) => each !== 'HEAD') : methods
}

const CASE_NOTE = 'the guard matches one letter case only, the route any'
const ignoringCase = (pattern: coverage.PathPattern): coverage.PathPattern => ({ ...pattern, caseSensitive: false })

const inspect = (router: RouterLike, found: coverage.UnguardedRoute[]): void => {
  const guards: Guard[] = []
  for (const layer of router.stack) {
    const path = textOf(layer)
    const patterns = patternsOf(layer)
    const isRoute = layer.methods.length > 0
    // A middleware that does not take `next` responds by itself, but only for paths that have a route.
    const end = layer.stack.find((each) => each.length === 1)
    if (isOpen(layer) && (isRoute || end !== undefined)) {
      const methods = isRoute ? layer.methods : ['USE']
      for (const pattern of isRoute ? patterns : [coverage.UNKNOWN_PATH]) {
        const open = methods.filter((method) => !isCovered(guards, method, pattern))
        for (const method of reportedMethods(open)) {
          const loose = guards.map((each) => ({ ...each, patterns: each.patterns.map(ignoringCase) }))
          const note = isCovered(loose, method, pattern) ? { note: CASE_NOTE } : {}
          const named = isRoute || end === undefined ? {} : { name: end.name }
          found.push({ method, path, pattern, ...named, ...note })
        }
      }
    }
    // An exclusive router runs only one of the matching layers, so it skips earlier guards.
    if (router.exclusive !== true && layer.stack.some(coverage.isGuard)) guards.push({ layer, patterns })
  }
}

/** Describes a function that responds by itself: it is known to, or it does not take `next`. */
const endpointOf = (part: Part): coverage.UnguardedRoute | undefined => {
  const at = { method: 'USE', path: '/', pattern: coverage.EVERY_PATH }
  if (part.name === 'serve') return { ...at, line: 'static files at /' }
  return part.length === 1 ? { ...at, name: part.name } : undefined
}

const NOTE = 'the application has no guard'

/**
 * Checks that no route of an application can be reached without passing a `customAuthorizer`. Call it once, after all routes
 * are registered. It does not affect requests.
 *
 * It reports routes of `@koa/router` (nested ones, too, and those of the older `koa-router`), functions that do not take
 * `next` (with their name, such as `USE / (notFound)`), `koa-static`, and an application that has neither a guard nor a
 * router. A guard counts for everything registered after it, in the letter cases and with the trailing slashes that it matches itself. With `new Router({ prefix })`,
 * `router.use(guard)` matches the prefix in one letter case only, but the routes match in any: add the guard to the
 * application, or set `sensitive: true`. `router.use('/', guard)` guards only `/`. `requireContext` and `requireScopes` do not
 * count as guards; paths on a guard's `skip` list count as guarded.
 *
 * It does not recognize guards and routes inside other functions (`koa-mount`, `koa-compose`, other routers), middleware that
 * takes `next` but sends a response, or middleware that changes `ctx.path`.
 *
 * @throws {AuthorizerError} `ERR_UNGUARDED` with one line per unguarded route; `ERR_OPTION` if an argument is invalid
 * @example
 * assertGuarded(app, { except: ['GET /health'] })
 */
export const assertGuarded = (
  app: { readonly middleware: readonly unknown[] },
  options?: AssertGuardedOptions,
): void => {
  const middleware = (app as Partial<typeof app> | undefined)?.middleware as readonly Part[] | undefined
  if (!Array.isArray(middleware)) throw check.optionError('assertGuarded', app, 'a Koa application')
  const parts: readonly Part[] = middleware
  const guard = parts.findIndex(coverage.isGuard)
  const found: coverage.UnguardedRoute[] = []
  for (const part of guard < 0 ? parts : parts.slice(0, guard)) {
    const endpoint = endpointOf(part)
    const router = routerOf(part)
    if (router !== undefined) inspect(router, found)
    else if (endpoint !== undefined) found.push(endpoint)
  }
  const isBare = guard < 0 && parts.every((part) => routerOf(part) === undefined)
  if (isBare && found.length === 0) found.push({ method: 'USE', path: '/', pattern: coverage.EVERY_PATH, note: NOTE })
  coverage.reportUnguarded(found, options)
}
