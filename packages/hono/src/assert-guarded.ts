/** Finds what a Hono application serves without asking an authorizer (SEC-107). @module */
import type { AssertGuardedOptions } from '@custom-authorizer/core'
import { check } from '@custom-authorizer/core/contract'
import { coverage } from '@custom-authorizer/core/adapter'
import type { Hono } from 'hono'

export type { AssertGuardedOptions } from '@custom-authorizer/core'

/** What Hono has kept of one function that was registered, in the order in which they run. */
interface Entry {
  readonly method: string
  readonly path: string
  readonly handler: (...args: never[]) => unknown
}
interface Guard {
  readonly method: string
  readonly patterns: readonly coverage.PathPattern[]
}

const SYNTAX: coverage.PatternSyntax = { braces: 'expression', wildcard: 'anything' }

/** Entries with the same text are matched together, whatever the text means to the router in use. */
const patternsOf = (path: string): readonly coverage.PathPattern[] => {
  const use = { prefix: false, caseSensitive: true, strict: true }
  const withKey = (pattern: coverage.PathPattern): coverage.PathPattern => ({ ...pattern, key: path })
  return coverage.parsePattern(path, SYNTAX, use).map(withKey)
}

/** A handler of a sub-application with an error handler of its own is wrapped, and Hono remembers what is inside. */
const unwrap = (handler: Entry['handler']): Entry['handler'] => {
  const wrapped = handler as unknown as Record<string | symbol, unknown>
  const symbol = Object.getOwnPropertySymbols(wrapped).find(({ description }) => description === 'composedHandler')
  const inner = wrapped['__COMPOSED_HANDLER'] ?? (symbol === undefined ? undefined : wrapped[symbol])
  return typeof inner === 'function' ? unwrap(inner as Entry['handler']) : handler
}

const isCovered = (guards: readonly Guard[], method: string, pattern: coverage.PathPattern): boolean =>
  guards.some(
    (guard) =>
      (guard.method === 'ALL' || guard.method === method) &&
      guard.patterns.some((each) => coverage.coversRoute(each, pattern)),
  )

/** What takes no `next` has to answer; `app.mount` leaves a function with this name. */
const answers = ({ handler }: Entry): boolean => handler.length < 2 || handler.name === 'handler'

/**
 * Checks that no route of an application can be reached without passing a `customAuthorizer`. To be called once, when
 * everything is registered; it does not touch requests.
 *
 * Hono keeps one list of all that `get`, `all`, `use`, `route` and `mount` have registered. Reported is what stands before
 * every guard for its path: each function for one method, each that does not take `next`, each mounted application, and
 * for other functions for all methods, which may be middleware, those on a path that no guard covers at all. A guard
 * covers a route when its pattern surely matches every path of the route's. `requireContext` and `requireScopes` are no
 * guards, and what is on a guard's `skip` list counts as guarded. Not seen are guards inside of other functions
 * (`every`, `except`), middleware for every path that answers by itself, and `notFound`.
 *
 * @throws {AuthorizerError} `ERR_UNGUARDED` with a line for everything that is open; `ERR_OPTION`
 * @example
 * assertGuarded(app, { except: ['GET /health', '/static/*'] })
 */
export const assertGuarded = (app: Pick<Hono, 'routes'>, options?: AssertGuardedOptions): void => {
  const routes = (app as Partial<typeof app> | undefined)?.routes as readonly Entry[] | undefined
  if (!Array.isArray(routes)) throw check.optionError('assertGuarded', app, 'a Hono application')
  const toEntry = ({ method, path, handler }: Entry): Entry => ({ method, path, handler: unwrap(handler) })
  const entries = (routes as readonly Entry[]).map(toEntry)
  const toGuard = ({ method, path }: Entry): Guard => ({ method, patterns: patternsOf(path) })
  const all = entries.filter(({ handler }) => coverage.isGuard(handler)).map(toGuard)
  const guards: Guard[] = []
  const found: coverage.UnguardedRoute[] = []
  for (const entry of entries) {
    const { method, path, handler } = entry
    if (coverage.isGuard(handler)) {
      guards.push(toGuard(entry))
      continue
    }
    const isMiddleware = method === 'ALL' && !answers(entry)
    if (isMiddleware && (path === '*' || path === '/*')) continue
    for (const pattern of patternsOf(path))
      if (!isCovered(isMiddleware ? all : guards, method, pattern)) found.push({ method, path, pattern })
  }
  coverage.reportUnguarded(found, options)
}
