/** Reads the paths of layers in routers of `@koa/router` and `koa-router`. @module */
import { coverage } from '@custom-authorizer/core/adapter'

type Run = (...args: never[]) => unknown

/** An entry in a router's stack: a route, or a middleware, which has no methods. */
export interface Layer {
  readonly path: unknown
  readonly methods: readonly string[]
  readonly stack: readonly (Run & { readonly param?: unknown })[]
  /** Absent for an empty path. */
  readonly regexp?: RegExp
  readonly opts: { readonly end?: boolean; readonly pathAsRegExp?: boolean }
}
export interface RouterLike {
  readonly stack: readonly Layer[]
  /** Whether only one of the matching layers runs. */
  readonly exclusive?: boolean
}

const SYNTAX: coverage.PatternSyntax = { braces: 'optional', wildcard: 'something' }

/** The expression that routers append to the prefix for a middleware without a path. */
const ANYTHING = /(?:\(\?:\\\/\|\$\)|\(\[\^\\?\/\]\*\)|\(\.\*\))$/

/** Returns paths that a regular expression without an end anchor certainly matches. Routers do not escape its text. */
const ofText = (text: string, caseSensitive: boolean): coverage.PathPattern => {
  const literal = text.replace(/^\^/, '').replace(ANYTHING, '')
  if (literal === '') return coverage.EVERY_PATH
  if (!/^(?:\/[\w.~%&',;=@-]+)+$/.test(literal)) return coverage.UNKNOWN_PATH
  const segments = literal.split('/').slice(1)
  return { segments, rest: 'anything', exact: true, caseSensitive, strict: false }
}

/** Returns the path of a layer, for reports. */
export const textOf = ({ path, methods }: Layer): string => {
  if (methods.length > 0 || typeof path !== 'string') return String(path)
  return path.replace(ANYTHING, '') || '/'
}

const sampleOf = ({ segments = [], rest }: coverage.PathPattern): string =>
  `/${[...segments, ...(rest === 'something' ? ['x'] : [])].map((each) => each ?? 'x').join('/')}`

/** Returns the patterns of a layer. They match all paths of a route or more, and the paths of a middleware or fewer. */
export const patternsOf = ({ path, methods, regexp, opts }: Layer): readonly coverage.PathPattern[] => {
  if (regexp === undefined) return [coverage.UNKNOWN_PATH]
  // Equal expressions match the same paths, except with a `lastIndex`: then matches depend on earlier calls.
  const key = /[gy]/.test(regexp.flags) ? {} : { key: String(regexp) }
  const caseSensitive = !regexp.flags.includes('i')
  if (typeof path !== 'string') return [{ ...coverage.UNKNOWN_PATH, ...key }]
  if (opts.pathAsRegExp === true)
    return [{ ...(methods.length === 0 ? ofText(path, caseSensitive) : coverage.UNKNOWN_PATH), ...key }]
  const prefix = opts.end === false
  const text = prefix ? path.replace(ANYTHING, '') : path
  const use = { prefix, caseSensitive, strict: false }
  const settle = (pattern: coverage.PathPattern): coverage.PathPattern => {
    const sample = sampleOf(pattern)
    const exact = pattern.exact && regexp.test(sample)
    return { ...pattern, exact, strict: exact && !regexp.test(`${sample}/`), ...key }
  }
  return coverage.parsePattern(text, SYNTAX, use).map(settle)
}
