/** `assertGuarded` for Hono: finds routes that can be reached without an authorizer (SEC-107). @module */
import type { AssertGuardedOptions } from '@custom-authorizer/core'
import { check } from '@custom-authorizer/core/contract'
import { coverage } from '@custom-authorizer/core/adapter'
import type { Hono } from 'hono'

export type { AssertGuardedOptions } from '@custom-authorizer/core'

/** A registered function. Hono lists them in the order in which they run. */
interface RegisteredHandler {
  readonly method: string
  readonly path: string
  readonly handler: (...args: never[]) => unknown
}
interface Guard {
  readonly method: string
  readonly patterns: readonly coverage.PathPattern[]
}

const SYNTAX: coverage.PatternSyntax = { braces: 'expression', wildcard: 'anything' }

/** Returns the patterns of a path. Equal paths match the same requests in every router, hence the key. */
const patternsOf = (path: string): readonly coverage.PathPattern[] => {
  const use = { prefix: false, caseSensitive: true, strict: true }
  const withKey = (pattern: coverage.PathPattern): coverage.PathPattern => ({ ...pattern, key: path })
  return coverage.parsePattern(path, SYNTAX, use).map(withKey)
}

/** Returns the handler itself. Hono wraps handlers of a sub-application that has its own error handler. */
const unwrap = (handler: RegisteredHandler['handler']): RegisteredHandler['handler'] => {
  const wrapped = handler as unknown as Record<string | symbol, unknown>
  const symbol = Object.getOwnPropertySymbols(wrapped).find(({ description }) => description === 'composedHandler')
  const inner = wrapped['__COMPOSED_HANDLER'] ?? (symbol === undefined ? undefined : wrapped[symbol])
  return typeof inner === 'function' ? unwrap(inner as RegisteredHandler['handler']) : handler
}

const isCovered = (guards: readonly Guard[], method: string, pattern: coverage.PathPattern): boolean =>
  guards.some(
    (guard) =>
      (guard.method === 'ALL' || guard.method === method) &&
      guard.patterns.some((each) => coverage.coversRoute(each, pattern)),
  )

/** Whether a function ends the request: it does not take `next`, or it is a mounted application, which has this name. */
const endsRequest = ({ handler }: RegisteredHandler): boolean => handler.length < 2 || handler.name === 'handler'

/**
 * Checks that no route of an application can be reached without passing a `customAuthorizer`. Call it once, after all routes
 * are registered. It does not affect requests.
 *
 * It inspects the functions that `get`, `all`, `use`, `route` and `mount` have registered. It reports those that no earlier
 * guard covers: handlers for one method, functions that do not take `next`, and mounted applications. Other functions for all
 * methods may be middleware; they are reported only if no guard covers their path, earlier or later. A guard covers a route if
 * its pattern certainly matches every path of the route. `requireContext` and `requireScopes` do not count as guards; paths on
 * a guard's `skip` list count as guarded. Functions for all methods are reported with their name: `ALL /* (notFound)`.
 *
 * It does not recognize guards inside other functions (`every`, `except`), middleware for every path that sends a response,
 * or `notFound`.
 *
 * @throws {AuthorizerError} `ERR_UNGUARDED` with one line per unguarded route; `ERR_OPTION` if an argument is invalid
 * @example
 * assertGuarded(app, { except: ['GET /health', '/static/*'] })
 */
export const assertGuarded = (app: Pick<Hono, 'routes'>, options?: AssertGuardedOptions): void => {
  const routes = (app as Partial<typeof app> | undefined)?.routes as readonly RegisteredHandler[] | undefined
  if (!Array.isArray(routes)) throw check.optionError('assertGuarded', app, 'a Hono application')
  const handlers = (routes as readonly RegisteredHandler[]).map(({ method, path, handler }): RegisteredHandler => ({
    method,
    path,
    handler: unwrap(handler),
  }))
  const toGuard = ({ method, path }: RegisteredHandler): Guard => ({ method, patterns: patternsOf(path) })
  const allGuards = handlers.filter(({ handler }) => coverage.isGuard(handler)).map(toGuard)
  const guards: Guard[] = []
  const found: coverage.UnguardedRoute[] = []
  for (const registered of handlers) {
    const { method, path, handler } = registered
    if (coverage.isGuard(handler)) {
      guards.push(toGuard(registered))
      continue
    }
    const isMiddleware = method === 'ALL' && !endsRequest(registered)
    if (isMiddleware && (path === '*' || path === '/*')) continue
    // Mounted applications have the name `handler`, and Hono registers them for all methods.
    const named = method === 'ALL' && handler.name !== 'handler' ? { name: handler.name } : {}
    for (const pattern of patternsOf(path))
      if (!isCovered(isMiddleware ? allGuards : guards, method, pattern))
        found.push({ method, path, pattern, ...named })
  }
  coverage.reportUnguarded(found, options)
}
