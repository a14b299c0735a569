/**
 * Compares the path patterns of routes and guards. If a pattern cannot be analyzed exactly, a route is assumed to match more
 * paths and a guard fewer, so that an unguarded route is never reported as guarded (SEC-107).
 * @module
 */
import { asciiLower } from '../util/ascii.ts'

/** The paths of a route or of a guard. */
export interface PathPattern {
  /**
   * The whole segments at the beginning of every path: a literal, or `undefined` for any segment that is not empty.
   * `undefined` instead of the list: any path.
   */
  readonly segments: readonly (string | undefined)[] | undefined
  /** What follows the segments: at most a slash, anything or nothing, or a slash and at least one character. */
  readonly rest: 'nothing' | 'anything' | 'something'
  /** Whether all of these paths are matched, as is required of a guard. */
  readonly exact: boolean
  readonly caseSensitive: boolean
  /** Whether a trailing slash makes a difference. */
  readonly strict: boolean
  /** Patterns with the same key match the same paths, even if it is unknown which. */
  readonly key?: string
}

/** The pattern syntax of a router, besides `/literal` and `/:parameter`. */
export interface PatternSyntax {
  /** The meaning of braces: an optional part (path-to-regexp 8), a regular expression (Hono), or unknown. */
  readonly braces: 'optional' | 'expression' | 'unknown'
  /** What a wildcard at the end matches: at least one character after its slash, or also no slash at all. */
  readonly wildcard: 'something' | 'anything'
}

/** How one pattern was registered. */
export interface PatternUse {
  /** Whether all paths below are matched too, as in `app.use('/path', ...)`. */
  readonly prefix: boolean
  readonly caseSensitive: boolean
  readonly strict: boolean
}

/** Matches every path. */
export const EVERY_PATH: PathPattern = {
  segments: undefined,
  rest: 'anything',
  exact: true,
  caseSensitive: true,
  strict: true,
}

/** A pattern whose paths are unknown. */
export const UNKNOWN_PATH: PathPattern = { ...EVERY_PATH, exact: false }

const LITERAL = /^[^:*?+(){}!]*$/
const PARAMETER = /^:[\w$]+$/
/** Parts that match nothing, or one or more segments, and do not make the slash before them optional. */
const SELF_CONTAINED = /^(?::[\w$]+(?:\?|\(\))|\*\w*|[^?*+]*)$/

const isUnknown = (text: string, { braces }: PatternSyntax): boolean =>
  /[|\\^[\]"]/.test(text) || (braces === 'unknown' && /[${}]/.test(text))

/** Parses a pattern without optional groups. */
const parseOne = (text: string, syntax: PatternSyntax, use: PatternUse): PathPattern => {
  const { prefix, ...flags } = use
  const parts = text.split('/')
  if (isUnknown(text, syntax) || parts.shift() !== '') return UNKNOWN_PATH
  const segments: (string | undefined)[] = []
  for (const [index, part] of parts.entries()) {
    if (PARAMETER.test(part)) segments.push(undefined)
    else if (LITERAL.test(part)) segments.push(part)
    else if (index === parts.length - 1 && /^\*\w*$/.test(part))
      return { ...flags, segments, rest: syntax.wildcard, exact: true }
    else {
      // A quantifier may apply to the slash before the part.
      const begin = SELF_CONTAINED.test(part) ? segments : segments.slice(0, -1)
      return { ...flags, segments: begin, rest: 'anything', exact: false }
    }
  }
  // A prefix that ends in a slash does not match the paths below it.
  const exact = !prefix || segments.at(-1) !== ''
  return { ...flags, segments, rest: prefix ? 'anything' : 'nothing', exact }
}

/** The index of the brace that closes the one at `open`, or -1. */
const closing = (text: string, open: number): number => {
  let depth = 0
  for (let index = open; index < text.length; index++) {
    if (text[index] === '{') depth++
    else if (text[index] === '}' && --depth === 0) return index
  }
  return -1
}

/** Expands optional groups: `/a{/:b}` is `/a` and `/a/:b`. `undefined` for more than 64, or if braces do not match. */
const alternatives = (text: string): readonly string[] | undefined => {
  const open = text.indexOf('{')
  if (open < 0) return [text]
  const end = closing(text, open)
  if (end < 0) return undefined
  const inner = alternatives(text.slice(open + 1, end))
  const after = alternatives(text.slice(end + 1))
  if (inner === undefined || after === undefined || (inner.length + 1) * after.length > 64) return undefined
  return ['', ...inner].flatMap((each) => after.map((rest) => text.slice(0, open) + each + rest))
}

/** Parses a declared pattern. Every path that it matches is matched by at least one of the returned patterns. */
export const parsePattern = (declared: string, syntax: PatternSyntax, use: PatternUse): readonly PathPattern[] => {
  // In Express 4 and older routers of Koa, parentheses after a parameter contain its regular expression.
  const text = declared.replace(/(\/:\w+)\([^()]*\)(?=\/|$)/g, '$1()')
  if (syntax.braces === 'expression' && text.includes('{')) {
    const before = text.slice(0, Math.max(0, text.lastIndexOf('/', text.indexOf('{'))))
    return [{ ...parseOne(before, syntax, use), rest: 'anything', exact: false }]
  }
  if (syntax.braces !== 'optional') return [parseOne(text, syntax, use)]
  if (isUnknown(text, syntax)) return [UNKNOWN_PATH]
  if (/^\/\{\*\w+\}$/.test(text)) return [{ ...use, segments: [], rest: 'anything', exact: true }]
  return alternatives(text)?.map((each) => parseOne(each, syntax, use)) ?? [UNKNOWN_PATH]
}

const sameText = (guard: string, route: string, guardSensitive: boolean, routeSensitive: boolean): boolean => {
  if (!guardSensitive) return asciiLower(guard) === asciiLower(route)
  // The route may also serve spellings that the guard does not match.
  return guard === route && (routeSensitive || /^[^a-z\u0080-\uffff]*$/i.test(guard))
}

/** Whether a guard with the one pattern runs for every request to a route with the other; `false` if uncertain. */
export const coversRoute = (guard: PathPattern, route: PathPattern): boolean => {
  if (guard.key !== undefined && guard.key === route.key) return true
  if (!guard.exact) return false
  const { segments: begin } = guard
  const { segments } = route
  if (begin === undefined) return true
  if (segments === undefined || segments.length < begin.length) return false
  const begins = begin.every((each, index) => {
    const segment = segments[index]
    if (each === undefined) return segment !== ''
    return segment !== undefined && sameText(each, segment, guard.caseSensitive, route.caseSensitive)
  })
  if (!begins) return false
  if (guard.rest === 'anything') return true
  if (guard.rest === 'something') return segments.length > begin.length && segments[begin.length] !== ''
  return route.rest === 'nothing' && segments.length === begin.length && (route.strict || !guard.strict)
}

/**
 * The pattern, from the root, of a route inside of a mounted router. It matches at least the paths of the route.
 *
 * @param slashes whether the mount also removes repeated slashes: in Express 4, `/a//b` is `/b` inside of `/a`
 */
export const nestPattern = (mount: PathPattern, inner: PathPattern, slashes: boolean): PathPattern => {
  const begin = mount.segments ?? []
  const whole = mount.exact && mount.rest === 'anything'
  const caseSensitive = mount.caseSensitive && inner.caseSensitive
  if (!whole && mount.segments === undefined) return UNKNOWN_PATH
  // Both `/a` and `/a//` are the root of a router that is mounted at `/a`.
  const known = whole && inner.segments !== undefined && (begin.length === 0 || (!slashes && inner.segments[0] !== ''))
  if (!known && mount.segments === undefined) return UNKNOWN_PATH
  return {
    segments: known ? [...begin, ...inner.segments] : begin,
    rest: known ? inner.rest : 'anything',
    exact: false,
    caseSensitive,
    strict: known && inner.strict,
  }
}
