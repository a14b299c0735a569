/** Paths and keys of routes, as definitions declare them (DEF-GEN-13, DEF-GEN-14). @module */
import type { Protocol } from '../definition.ts'

/** The key of a route, for messages and options: `GET /pets`, `$default`, `$connect`. */
export const routeKey = ({ method, path }: { readonly method?: string | undefined; readonly path: string }): string =>
  method === undefined ? path : `${method} ${path}`

/** The name of a method as the definition has it: upper case, and `ANY` for every method. */
export const methodName = (text: string): string => (text === '*' || /^any$/i.test(text) ? 'ANY' : text.toUpperCase())

const SEGMENT = /^(?:\{[A-Za-z0-9._$-]+\+?\}|[^{}]*)$/

/** Why no gateway accepts a path; `undefined` if it does. */
export const pathProblem = (path: string, protocol: Protocol): string | undefined => {
  if (protocol === 'WEBSOCKET') return path === '' ? 'is empty' : undefined
  if (protocol === 'HTTP' && path === '$default') return undefined
  if (!path.startsWith('/')) return 'does not begin with a slash'
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[?#\\\u0000-\u0020\u007f]/.test(path))
    return 'has a query, a fragment, a backslash, a space or a control character'
  const segments = path.slice(1).split('/')
  if (segments.some((each, index) => each === '' && index < segments.length - 1)) return 'has an empty segment'
  if (segments.some((each) => /^(?:\.|%2e){1,2}$/i.test(each))) return 'has a dot segment'
  if (/%(?![0-9A-Fa-f]{2})|%(?:2[fF]|5[cC]|00)/.test(path)) return 'has an escaped slash, or a malformed escape'
  if (segments.some((each) => !SEGMENT.test(each))) return 'has a parameter that is not a whole segment'
  if (segments.some((each, index) => each.endsWith('+}') && index < segments.length - 1))
    return 'has a greedy parameter that is not last'
  return undefined
}

/** The path as it is deployed: a REST API has no trailing slash, except for the root. */
export const deployedPath = (path: string, protocol: Protocol): string =>
  protocol === 'REST' && path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
