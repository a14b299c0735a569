/** What `assertGuarded` of every adapter shares: what a guard is, what is meant to be open, and the report (SEC-107). @module */
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
   * What is meant to be open: lines of the report such as `'GET /health'`, paths (`'/health'`, every method), or everything
   * below a path (`'/public/*'`, `'GET /public/*'`). Each has to name something that is open. Default: nothing.
   */
  except?: readonly string[]
}

/** Something that can be reached although no guard stands before it. */
export interface UnguardedRoute {
  /** `GET`, `ALL` for every method, or `USE` for what takes every request below its path. */
  readonly method: string
  readonly path: string
  readonly pattern: PathPattern
  /** How it is called in the report, when not by method and path. */
  readonly line?: string
  /** Why a guard that seems to be there does not count. */
  readonly note?: string
}

/** Whether this is a middleware that `customAuthorizer` or `guardUpgrade` made: it carries its authorizer. */
export const isGuard = (value: unknown): boolean => {
  if (typeof value !== 'function') return false
  const { authorizer } = value as { authorizer?: unknown }
  return isRecord(authorizer) && typeof authorizer['evaluate'] === 'function'
}

export const lineOf = ({ method, path, line }: UnguardedRoute): string => line ?? `${method} ${path}`

/** Whether the route lies below the path, as it stands in `except`. */
const liesBelow = (path: string, { method, pattern }: UnguardedRoute): boolean => {
  const segments = path
    .split('/')
    .slice(1)
    .map((each) => (each.startsWith(':') ? undefined : each))
  const as = { ...EVERY_PATH, segments }
  if (!coversRoute(as, { ...pattern, caseSensitive: true })) return false
  return method === 'USE' || pattern.rest !== 'nothing' || (pattern.segments ?? []).length > segments.length
}

const excepts = (rule: string, route: UnguardedRoute): boolean => {
  if (rule === lineOf(route)) return true
  const [, method, path = ''] = /^(?:([A-Z][A-Z-]*) )?(\/.*)$/.exec(rule) ?? []
  if (method !== undefined && method !== route.method) return false
  // Everything is no exception; it can only be named line by line.
  if (path.endsWith('/*') && path !== '/*') return liesBelow(path.slice(0, -2), route)
  return path === route.path && (method !== undefined || route.method !== 'USE')
}

/**
 * Ends an inspection.
 *
 * @param remedy what to do about it, as a sentence begins
 * @throws {AuthorizerError} `ERR_UNGUARDED` when something is open that `except` does not name; `ERR_OPTION` when `except`
 *   names what is not open
 */
export const reportUnguarded = (
  unguarded: readonly UnguardedRoute[],
  options: AssertGuardedOptions | undefined,
  remedy: string = 'Register the guard before them',
): void => {
  const { except = [] } = checkOptions<AssertGuardedOptions>('assertGuarded', options, { except: listOf(text()) })
  const open = unguarded.filter((each) => !except.some((rule) => excepts(rule, each)))
  if (open.length > 0) {
    const lines = new Set(open.map((each) => lineOf(each) + (each.note === undefined ? '' : ` (${each.note})`)))
    const hint = `${remedy}, or name in \`except\` what is meant to be open.`
    throw new AuthorizerError('ERR_UNGUARDED', ['Open without an authorizer:', ...lines, hint].join('\n'))
  }
  const stale = except.findIndex((rule) => !unguarded.some((each) => excepts(rule, each)))
  if (stale >= 0)
    throw optionProblem(
      `assertGuarded.except[${stale}]`,
      'a string that names nothing open',
      'names of what is open without an authorizer',
    )
}
