/**
 * The methods and paths under which layers behind the guard may serve a request. A route counts for a request if it matches
 * one of them, so that a router that is looser than the gateway opens nothing (SEC-06, SEC-07, SEC-11, SEC-14).
 * @module
 */
import type { GatewayRequest } from '@custom-authorizer/core'
import { decodeSlashes } from '@custom-authorizer/core/contract'

/** `%2f` and `%2F` are the same spelling. */
const upperHex = (path: string): string => path.replaceAll(/%[\da-f]{2}/gi, (escape) => escape.toUpperCase())

/** A literal segment of a template in the spelling of canonical paths (SEC-07). */
export const canonicalSegment = (segment: string): string =>
  segment.replaceAll(/%[\da-f]{2}/gi, (escape) => {
    const char = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    return /[\w.~-]/.test(char) ? char : escape.toUpperCase()
  })

const attempt = (decode: (path: string) => string, path: string): string => {
  try {
    return decode(path)
  } catch {
    return path
  }
}

/** What routers, file servers and proxies make of a path with escapes: they decode all of it, or all but separators. */
const decodings: readonly ((path: string) => string)[] = [
  decodeURI,
  decodeURIComponent,
  // Escapes that are not UTF-8 stay, and do not keep others from being decoded.
  (path) => path.replaceAll(/(?:%[\da-f]{2})+/gi, (run) => attempt(decodeURIComponent, run)),
]

/** The paths under which a layer may serve a request, the canonical path first. */
export const pathsOf = (request: GatewayRequest): Iterable<string> => {
  const { path } = request
  if (request.isCanonical && !path.includes('%')) return [path]
  const paths = new Set([path])
  if (!request.isCanonical && request.routing.decodes !== true) paths.add(upperHex(request.rawPath))
  if (path.includes('%')) {
    if (request.hasEncodedSlash) for (const each of Array.from(paths)) paths.add(decodeSlashes(each))
    for (const each of Array.from(paths)) for (const decode of decodings) paths.add(attempt(decode, each))
  }
  // Some routers read several slashes as one.
  if (request.isAmbiguous) for (const each of Array.from(paths)) paths.add(each.replaceAll(/\/{2,}/g, '/'))
  return paths
}

/** The methods of a request: routers serve HEAD with the handler of GET. */
export const methodsOf = ({ method }: GatewayRequest): readonly string[] =>
  method === 'HEAD' ? ['HEAD', 'GET'] : [method]
