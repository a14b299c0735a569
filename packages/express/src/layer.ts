/** What the routers of Express 4 and 5 have kept of what was registered. @module */
import { coverage } from '@custom-authorizer/core/adapter'

type Run = (...args: never[]) => unknown

/** One entry of a router's stack, or of a route's. */
export interface Layer {
  match(path: string): unknown
  readonly name: string
  readonly handle: Run
  readonly route?: Route
  /** In the stack of a route: the method in lower case; every method without one. */
  readonly method?: string
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_star?: boolean; readonly fast_slash?: boolean }
  readonly keys?: readonly { readonly name: unknown }[]
  /** Express 5: whether it stands at `/` and sees everything; one function per path; the paths (since 5.3). */
  readonly slash?: boolean
  readonly matchers?: readonly Matcher[]
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

/** One of the paths that a layer was registered for. */
export interface Place {
  readonly text: string
  readonly pattern: coverage.PathPattern
  /** Whether parts of the path become parameters, which `router.param` may look at before the layer runs. */
  readonly captures: boolean
}

const SYNTAX_4: coverage.PatternSyntax = { braces: 'unknown', wildcard: 'something' }
const SYNTAX_5: coverage.PatternSyntax = { braces: 'optional', wildcard: 'something' }

/** Paths that stand for a pattern, in two ways of spelling each letter. */
const samples = ({ segments = [], rest }: coverage.PathPattern): readonly string[] => {
  const sample = `/${[...segments, ...(rest === 'something' ? ['x'] : [])].map((each) => each ?? 'x').join('/')}`
  const mixed = sample.replaceAll(/..?/g, (pair) => pair.slice(0, 1).toLowerCase() + pair.slice(1).toUpperCase())
  return [sample, sample.toLowerCase(), sample.toUpperCase(), mixed]
}

/**
 * The pattern with what only the router knows: whether it looks at letter case, and at a slash at the end. Where that does
 * not show, the pattern is taken to match more, and counts for nothing as a guard's.
 */
const settle = (pattern: coverage.PathPattern, matches: (path: string) => boolean): coverage.PathPattern => {
  if (pattern.segments === undefined) return pattern
  const [sample = '/', ...variants] = samples(pattern)
  const shows = matches(sample)
  return {
    ...pattern,
    exact: pattern.exact && shows,
    caseSensitive: shows && !variants.every(matches),
    strict: shows && !matches(`${sample}/`),
  }
}

/**
 * Two routes of a router with the same path match the same requests, even where it is not known which: unless it is a
 * regular expression that remembers where it was.
 */
const withKey = ({ route, regexp }: Layer, path: Path, pattern: coverage.PathPattern): coverage.PathPattern => {
  if (route === undefined || (path instanceof RegExp && /[gy]/.test(path.flags))) return pattern
  const parts = [typeof path, String(path), String(regexp), pattern.caseSensitive, pattern.strict]
  return { ...pattern, key: parts.join(' ') }
}

const isCanonical = (text: string | undefined): boolean => text !== undefined && !/[()[\]\\?*+^$|{}]/.test(text)

/** Express 4 keeps only what it has made of the paths of `use`: an expression, and the names of its parameters. */
const pathsOf4 = (regexp: RegExp, keys: readonly { readonly name: unknown }[]): readonly Path[] => {
  let index = 0
  // The older versions put the slash before the group of a parameter, and several paths into one group.
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
    const text = path === undefined ? '(a path that Express has not kept)' : String(path)
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

/** Where a layer stands. */
export const placesOf = (layer: Layer): readonly Place[] => {
  const everywhere = { pattern: coverage.EVERY_PATH, captures: false }
  if (layer.slash === true || layer.regexp?.fast_slash === true) return [{ ...everywhere, text: '/' }]
  if (layer.regexp?.fast_star === true) return [{ ...everywhere, text: '*', captures: true }]
  return declaredPaths(layer).flatMap((path, index) => placeOf(layer, path, index))
}

/** Whether a layer of an Express that has not kept its path can be seen to stand at a beginning of the route's. */
export const standsBefore = ({ matchers = [] }: Layer, route: coverage.PathPattern): boolean => {
  const { segments = [] } = route
  const end = segments.findIndex((each) => each === undefined || each === '')
  const literals = segments.slice(0, end < 0 ? segments.length : end)
  return literals.some((_, index) => {
    const [begin = '/', ...variants] = samples({ ...route, segments: literals.slice(0, index + 1), rest: 'anything' })
    // The name tells it from a regular expression's; a parameter may be narrower than what it has matched.
    const seesAll = (matcher: Matcher): boolean => {
      try {
        const found = matcher.name === 'match' && matcher(begin)
        if (found === false || found.path !== begin || Object.keys(found.params).length > 0) return false
        return route.caseSensitive || variants.every((each) => matcher(each) !== false)
      } catch {
        return false
      }
    }
    return matchers.some(seesAll)
  })
}
