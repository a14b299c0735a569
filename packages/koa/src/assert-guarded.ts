/** Finds what a Koa application serves without asking an authorizer (SEC-107). @module */
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

/** Koa runs what stands in a layer in order, and nothing in it can be passed by. */
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

/** The names of methods in the report: `GET` speaks for the `HEAD` that comes with it, `ALL` for a whole list. */
const named = (methods: readonly string[]): readonly string[] => {
  if (methods.length > 8) return ['ALL']
  return methods.includes('GET') ? methods.filter((each) => each !== 'HEAD') : methods
}

const CASE_NOTE = 'the guard sees one letter case only, the route any'
const ignoringCase = (pattern: coverage.PathPattern): coverage.PathPattern => ({ ...pattern, caseSensitive: false })

const inspect = (router: RouterLike, found: coverage.UnguardedRoute[]): void => {
  const guards: Guard[] = []
  for (const layer of router.stack) {
    const path = textOf(layer)
    const patterns = patternsOf(layer)
    const isRoute = layer.methods.length > 0
    // A middleware that does not take `next` answers, but only for paths that have a route.
    const ends = layer.stack.some((each) => each.length === 1)
    if (isOpen(layer) && (isRoute || ends)) {
      const methods = isRoute ? layer.methods : ['USE']
      for (const pattern of isRoute ? patterns : [coverage.UNKNOWN_PATH]) {
        const open = methods.filter((method) => !isCovered(guards, method, pattern))
        for (const method of named(open)) {
          const loose = guards.map((each) => ({ ...each, patterns: each.patterns.map(ignoringCase) }))
          const note = isCovered(loose, method, pattern) ? { note: CASE_NOTE } : {}
          found.push({ method, path, pattern, ...note })
        }
      }
    }
    // An exclusive router runs one layer, and none before it.
    if (router.exclusive !== true && layer.stack.some(coverage.isGuard)) guards.push({ layer, patterns })
  }
}

/** Functions in an application's row that are known to answer by themselves, or do not take `next`. */
const endpointOf = (part: Part): coverage.UnguardedRoute | undefined => {
  const at = { method: 'USE', path: '/', pattern: coverage.EVERY_PATH }
  if (part.name === 'serve') return { ...at, line: 'static files at /' }
  return part.length === 1 ? at : undefined
}

const NOTE = 'the application has no guard'

/**
 * Checks that no route of an application can be reached without passing a `customAuthorizer`. To be called once, when
 * everything is registered; it does not touch requests.
 *
 * Reported are the routes of `@koa/router` (also nested, and of the older `koa-router`), functions that do not take `next`,
 * `koa-static`, and an application without any guard and any router. A guard counts from where it stands, for the letter
 * cases and slashes that it sees itself. With `new Router({ prefix })`, `router.use(guard)` sees the prefix in one letter
 * case only and the routes in any: put the guard into the application, or set `sensitive: true`. `router.use('/', guard)`
 * guards `/` alone. `requireContext` and `requireScopes` are no guards; what is on a guard's `skip` list counts as guarded.
 * Not seen are guards and routes inside of other functions (`koa-mount`, `koa-compose`, other routers), middleware that
 * answers although it takes `next`, and middleware that changes `ctx.path`.
 *
 * @throws {AuthorizerError} `ERR_UNGUARDED` with a line for everything that is open; `ERR_OPTION`
 * @example
 * assertGuarded(app, { except: ['GET /health'] })
 */
export const assertGuarded = (
  app: { readonly middleware: readonly unknown[] },
  options?: AssertGuardedOptions,
): void => {
  const row = (app as Partial<typeof app> | undefined)?.middleware as readonly Part[] | undefined
  if (!Array.isArray(row)) throw check.optionError('assertGuarded', app, 'a Koa application')
  const parts: readonly Part[] = row
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
