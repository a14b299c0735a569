/**
 * The methods and paths under which layers behind the guard may serve a request. A route counts for a request if it matches
 * one of them, so that a router that is looser than the gateway opens nothing (SEC-06, SEC-07, SEC-11, SEC-14).
 * @module
 */
import type { GatewayRequest } from '@custom-authorizer/core'
import { decodeSlashes } from '@custom-authorizer/core/contract'

/** `%2f` and `%2F` are the same spelling. */
const upperHex = (path: string): string => path.replaceAll(/%[\da-f]{2}/gi, (escape) => escape.toUpperCase())

const toggled = (path: string): string | undefined => {
  if (path === '/') return undefined
  return path.endsWith('/') ? path.slice(0, -1) : `${path}/`
}

const attempt = (decode: (path: string) => string, path: string): string => {
  try {
    return decode(path)
  } catch {
    return path
  }
}

/** What routers, file servers and proxies make of a path with escapes: they decode all of it, or all but separators. */
const decodings: readonly ((path: string) => string)[] = [decodeURI, decodeURIComponent]

/** The paths of a request. */
export interface Paths {
  /** The canonical path first, then others that a layer may read. */
  readonly read: ReadonlySet<string>
  /** The same with or without a slash at the end. Only routes with that spelling count, not those that take any path. */
  readonly otherSlash: readonly string[]
}

const NONE: readonly string[] = Object.freeze([])

const otherSlashOf = (paths: Set<string>, { routing: { strict, looseMounts } }: GatewayRequest): readonly string[] =>
  strict && looseMounts !== true ? NONE : [...paths].map(toggled).filter((each) => each !== undefined)

/** The paths under which a layer may serve a request. */
export const pathsOf = (request: GatewayRequest): Paths => {
  const paths = new Set([request.path])
  if (!request.isCanonical && request.routing.decodes !== true) paths.add(upperHex(request.rawPath))
  if (request.path.includes('%')) {
    if (request.hasEncodedSlash) for (const path of Array.from(paths)) paths.add(decodeSlashes(path))
    for (const path of Array.from(paths)) for (const decode of decodings) paths.add(attempt(decode, path))
  }
  return { read: paths, otherSlash: otherSlashOf(paths, request) }
}

/** The methods of a request: routers serve HEAD with the handler of GET. */
export const methodsOf = ({ method }: GatewayRequest): readonly string[] =>
  method === 'HEAD' ? ['HEAD', 'GET'] : [method]
