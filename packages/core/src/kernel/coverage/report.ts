/** Finds and reports unguarded routes, for `assertGuarded` of every adapter (SEC-107). @module */
import { isRecord, listOf, optionProblem, checkOptions, text } from '../util/check.ts'
import { AuthorizerError } from '../util/errors.ts'
import { coversRoute, EVERY_PATH, type PathPattern } from './path-pattern.ts'

export {
  nestPattern,
  coversRoute,
  EVERY_PATH,
  parsePattern,
  type PathPattern,
  type PatternSyntax,
  type PatternUse,
  UNKNOWN_PATH,
} from './path-pattern.ts'

/** Options of `assertGuarded`. */
export interface AssertGuardedOptions {
  /**
   * Routes that may be open: lines of the report such as `'GET /health'` and `'USE / (notFound)'`, which is the function of this
   * name only, paths (`'/health'`, every method), or all routes below a path (`'/public/*'`, `'GET /public/*'`). Each entry has
   * to name a route that is open. Default: none.
   */
  except?: readonly string[]
}

/** A route or a listener that can be reached without a guard. */
export interface UnguardedRoute {
  /** `GET`, …, `ALL` for every method, or `USE` for middleware that receives every request below its path. */
  readonly method: string
  readonly path: string
  readonly pattern: PathPattern
  /** The line in the report, before `name`. An entry of `except` may name it alone. Default: method and path. */
  readonly line?: string
  /** Name of the function, if several functions can have this method and path. */
  readonly name?: string
  /** Why an existing guard does not protect it. */
  readonly note?: string
}

/** Whether a value is a middleware of `customAuthorizer` or `guardUpgrade`: it has an authorizer. */
export const isGuard = (value: unknown): boolean => {
  if (typeof value !== 'function') return false
  const { authorizer } = value as { authorizer?: unknown }
  return isRecord(authorizer) && typeof authorizer['evaluate'] === 'function'
}

/** Names that a function has in source code. Others could look like a part of the report. */
const FUNCTION_NAME = /^[A-Za-z_$][\w$]{0,63}$/

/** The line of a route in the report: `GET /health`, or `USE / (notFound)` for a function with a name. */
export const lineOf = ({ method, path, line = `${method} ${path}`, name = '' }: UnguardedRoute): string =>
  FUNCTION_NAME.test(name) ? `${line} (${name})` : line

/** Whether a route is below a path of `except`. */
const liesBelow = (path: string, { method, pattern }: UnguardedRoute): boolean => {
  const segments = path
    .split('/')
    .slice(1)
    .map((each) => (each.startsWith(':') ? undefined : each))
  const below = { ...EVERY_PATH, segments }
  if (!coversRoute(below, { ...pattern, caseSensitive: true })) return false
  return method === 'USE' || pattern.rest !== 'nothing' || (pattern.segments ?? []).length > segments.length
}

const excepts = (rule: string, route: UnguardedRoute): boolean => {
  if (rule === lineOf(route) || rule === route.line) return true
  const [, method, path] = /^(?:([A-Z][A-Z-]*) )?(\/.*)$/.exec(rule) ?? []
  if (path === undefined) return false
  if (method !== undefined && method !== route.method) return false
  // `/*` would make all routes an exception; they can only be named one by one.
  if (path.endsWith('/*') && path !== '/*') return liesBelow(path.slice(0, -2), route)
  return path === route.path && (method !== undefined || route.method !== 'USE')
}

/** Whether an entry of `except` names a route. */
export const isExcepted = (route: UnguardedRoute, except: readonly string[]): boolean =>
  except.some((rule) => excepts(rule, route))

/**
 * The error `ERR_UNGUARDED` for routes, which are listed in `places`.
 *
 * @param remedy what to do, as the beginning of a sentence
 */
export const unguardedError = (open: readonly UnguardedRoute[], remedy: string): AuthorizerError => {
  const lines = new Set(open.map((each) => lineOf(each) + (each.note === undefined ? '' : ` (${each.note})`)))
  const hint = `${remedy}, or add routes that may be open to the option \`except\`.`
  return new AuthorizerError('ERR_UNGUARDED', ['Open without an authorizer:', ...lines, hint].join('\n'), {
    places: [...new Set(open.map(lineOf))],
  })
}

/**
 * Throws if there are unguarded routes that `except` does not name.
 *
 * @throws {AuthorizerError} `ERR_UNGUARDED` with the unguarded routes in `places`; `ERR_OPTION` if an entry of `except` names no
 *   open route
 */
export const reportUnguarded = (
  unguarded: readonly UnguardedRoute[],
  options: AssertGuardedOptions | undefined,
): void => {
  const { except = [] } = checkOptions<AssertGuardedOptions>('assertGuarded', options, { except: listOf(text()) })
  const open = unguarded.filter((each) => !isExcepted(each, except))
  if (open.length > 0) throw unguardedError(open, 'Register the guard before them')
  const stale = except.findIndex((rule) => !unguarded.some((each) => excepts(rule, each)))
  if (stale >= 0)
    throw optionProblem(
      `assertGuarded.except[${stale}]`,
      'a string that names no open route',
      `routes that are open without an authorizer (${unguarded.length === 0 ? 'there are none' : [...new Set(unguarded.map(lineOf))].slice(0, 20).join(', ')})`,
    )
}
