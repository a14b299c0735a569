/** Reads the paths of layers in Express 4 and 5 routers. @module */
import { coverage } from '@custom-authorizer/core/adapter'

type Run = (...args: never[]) => unknown

/** An entry in the stack of a router or of a route. */
export interface Layer {
  match(path: string): unknown
  readonly name: string
  readonly handle: Run
  readonly route?: Route
  /** In the stack of a route: the method in lower case. Absent for every method. */
  readonly method?: string
  /** Express 4: the compiled paths, and their parameters. */
  readonly regexp?: RegExp & { readonly fast_star?: boolean; readonly fast_slash?: boolean }
  readonly keys?: readonly { readonly name: unknown }[]
  /** Express 5: whether the layer is middleware at `/`, which receives every path. */
  readonly slash?: boolean
  /** Express 5: one function per path. */
  readonly matchers?: readonly Matcher[]
  /** Express 5.3 and later: the declared path or paths. */
  readonly rawPath?: unknown
}
export interface Route {
  readonly path: unknown
  readonly methods: Readonly<Record<string, boolean | undefined>>
  readonly stack: readonly Layer[]
}
export interface RouterLike {
  readonly stack: readonly Layer[]
  readonly params?: Readonly<Record<string, unknown>>
}
type Matcher = (path: string) => false | { readonly path: string; readonly params: object }

type Path = string | RegExp | undefined

/** One of the paths of a layer. */
export interface Place {
  /** The path as declared, for reports. */
  readonly text: string
  readonly pattern: coverage.PathPattern
  /** Whether the path has parameters, for which callbacks of `router.param` may run before the layer. */
  readonly captures: boolean
}

const SYNTAX_4: coverage.PatternSyntax = { braces: 'unknown', wildcard: 'something' }
const SYNTAX_5: coverage.PatternSyntax = { braces: 'optional', wildcard: 'something' }

/** Sample paths that match a pattern, in several letter cases. */
const samples = ({ segments = [], rest }: coverage.PathPattern): readonly string[] => {
  const sample = `/${[...segments, ...(rest === 'something' ? ['x'] : [])].map((each) => each ?? 'x').join('/')}`
  const mixed = sample.replaceAll(/..?/g, (pair) => pair.slice(0, 1).toLowerCase() + pair.slice(1).toUpperCase())
  return [sample, sample.toLowerCase(), sample.toUpperCase(), mixed]
}

/**
 * Adds to a pattern what only the router's matcher shows: whether it compares letter case and a trailing slash. If the matcher
 * rejects the sample, a route's pattern is assumed to match more paths, and a guard's pattern covers no route.
 */
const settle = (pattern: coverage.PathPattern, matches: (path: string) => boolean): coverage.PathPattern => {
  if (pattern.segments === undefined) return pattern
  const [sample = '/', ...variants] = samples(pattern)
  const matchesSample = matches(sample)
  return {
    ...pattern,
    exact: pattern.exact && matchesSample,
    caseSensitive: matchesSample && !variants.every(matches),
    strict: matchesSample && !matches(`${sample}/`),
  }
}

/**
 * Adds a key to a route's pattern: two routes of a router with the same path match the same requests, even if it is unknown
 * which. Regular expressions with a `lastIndex` (flags `g` and `y`) get no key, because their matches depend on earlier calls.
 */
const withKey = ({ route, regexp }: Layer, path: Path, pattern: coverage.PathPattern): coverage.PathPattern => {
  if (route === undefined || (path instanceof RegExp && /[gy]/.test(path.flags))) return pattern
  const parts = [typeof path, String(path), String(regexp), pattern.caseSensitive, pattern.strict]
  return { ...pattern, key: parts.join(' ') }
}

const isCanonical = (text: string | undefined): boolean => text !== undefined && !/[()[\]\\?*+^$|{}]/.test(text)

/** Restores the paths of `use` in Express 4, which stores only a regular expression and the names of its parameters. */
const pathsOf4 = (regexp: RegExp, keys: readonly { readonly name: unknown }[]): readonly Path[] => {
  let index = 0
  // Older versions put the slash before the group of a parameter, and several paths into one group.
  const parameter = /(?:\(\?:\\\/|\\\/\(\?:)\(\[\^\\?\/\]\+\?\)\)/g
  const named = regexp.source.replaceAll(parameter, () => `\\/:${String(keys[index++]?.name)}`)
  const texts = named
    .replace(/^\(\?:(\^.*)\)$/, '$1')
    .split('|^')
    .map((each) => /^\^?(.*)\\\/\?\(\?=\\\/\|\$\)$/.exec(each)?.[1]?.replaceAll(/\\([/.])/g, '$1'))
  return /[gy]/.test(regexp.flags) || !texts.every(isCanonical) ? [regexp] : texts
}

const asList = (paths: unknown): readonly Path[] =>
  (Array.isArray(paths) ? paths.flat(Number.POSITIVE_INFINITY) : [paths]) as readonly Path[]

const declaredPaths = (layer: Layer): readonly Path[] => {
  if (layer.route !== undefined) return asList(layer.route.path)
  return layer.regexp === undefined ? asList(layer.rawPath) : pathsOf4(layer.regexp, layer.keys ?? [])
}

const placeOf = (layer: Layer, path: Path, index: number): readonly Place[] => {
  if (typeof path !== 'string') {
    const text = path === undefined ? '(unknown path)' : String(path)
    return [{ text, captures: true, pattern: withKey(layer, path, coverage.UNKNOWN_PATH) }]
  }
  const { regexp, route, matchers } = layer
  const matcher = matchers?.[index]
  const matches = (sample: string): boolean =>
    regexp?.test(sample) ?? (matcher !== undefined && matcher(sample) !== false)
  const use = { prefix: route === undefined, caseSensitive: false, strict: false }
  const patterns =
    regexp === undefined
      ? coverage.parsePattern(path.replace(/(?!^)\/+$/, ''), SYNTAX_5, use)
      : coverage.parsePattern(path.replace(/(?!^)\/$/, ''), SYNTAX_4, use)
  const captures = /[:*]/.test(path)
  return patterns.map((each) => ({ text: path, captures, pattern: withKey(layer, path, settle(each, matches)) }))
}

/** Returns the paths of a layer. */
export const placesOf = (layer: Layer): readonly Place[] => {
  const everywhere = { pattern: coverage.EVERY_PATH, captures: false }
  if (layer.slash === true || layer.regexp?.fast_slash === true) return [{ ...everywhere, text: '/' }]
  if (layer.regexp?.fast_star === true) return [{ ...everywhere, text: '*', captures: true }]
  return declaredPaths(layer).flatMap((path, index) => placeOf(layer, path, index))
}

/** Whether a layer whose path Express does not store certainly matches a leading part of the route's path. */
export const standsBefore = ({ matchers = [] }: Layer, route: coverage.PathPattern): boolean => {
  const { segments = [] } = route
  const end = segments.findIndex((each) => each === undefined || each === '')
  const literals = segments.slice(0, end < 0 ? segments.length : end)
  return literals.some((_, index) => {
    const [sample = '/', ...variants] = samples({ ...route, segments: literals.slice(0, index + 1), rest: 'anything' })
    // Matchers of regular expressions have another name. A matcher with parameters may accept only values like the sample.
    const matchesAll = (matcher: Matcher): boolean => {
      try {
        const found = matcher.name === 'match' && matcher(sample)
        if (found === false || found.path !== sample || Object.keys(found.params).length > 0) return false
        return route.caseSensitive || variants.every((each) => matcher(each) !== false)
      } catch {
        return false
      }
    }
    return matchers.some(matchesAll)
  })
}
