/** What `@koa/router` and `koa-router` have kept of what was registered. @module */
import { coverage } from '@custom-authorizer/core/adapter'

type Run = (...args: never[]) => unknown

/** One entry of a router's stack: a route, or a middleware, which has no methods. */
export interface Layer {
  readonly path: unknown
  readonly methods: readonly string[]
  readonly stack: readonly (Run & { readonly param?: unknown })[]
  /** None for an empty path, which no request gets past. */
  readonly regexp?: RegExp
  readonly opts: { readonly end?: boolean; readonly pathAsRegExp?: boolean }
}
export interface RouterLike {
  readonly stack: readonly Layer[]
  /** Whether only one of the layers that match is run. */
  readonly exclusive?: boolean
}

const SYNTAX: coverage.PatternSyntax = { braces: 'optional', wildcard: 'something' }

/** What the routers put behind the prefix of a middleware that was given no path. */
const ANYTHING = /(?:\(\?:\\\/\|\$\)|\(\[\^\\?\/\]\*\)|\(\.\*\))$/

/** Where a regular expression that a router has made of a text surely matches: it is not escaped, and has no end. */
const ofText = (text: string, caseSensitive: boolean): coverage.PathPattern => {
  const literal = text.replace(/^\^/, '').replace(ANYTHING, '')
  if (literal === '') return coverage.EVERY_PATH
  if (!/^(?:\/[\w.~%&',;=@-]+)+$/.test(literal)) return coverage.UNKNOWN_PATH
  const segments = literal.split('/').slice(1)
  return { segments, rest: 'anything', exact: true, caseSensitive, strict: false }
}

/** The path of a layer in words. */
export const textOf = ({ path, methods }: Layer): string => {
  if (methods.length > 0 || typeof path !== 'string') return String(path)
  return path.replace(ANYTHING, '') || '/'
}

const sampleOf = ({ segments = [], rest }: coverage.PathPattern): string =>
  `/${[...segments, ...(rest === 'something' ? ['x'] : [])].map((each) => each ?? 'x').join('/')}`

/** The patterns of a layer: for a route no fewer paths than it matches, for a middleware no more. */
export const patternsOf = ({ path, methods, regexp, opts }: Layer): readonly coverage.PathPattern[] => {
  if (regexp === undefined) return [coverage.UNKNOWN_PATH]
  // The same expression matches the same paths, unless it remembers where it was.
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
