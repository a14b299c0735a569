/**
 * Web-standard edges: `Request` in, `Response` out. A `Request` has lost some of what was on the wire: repeated header
 * lines are joined and dot segments resolved before anything here can see them.
 * @module
 */
import { GatewayRequest, type GatewayRequestInit, type GatewayResponse } from './index.ts'

/** What a `Request` does not say by itself. */
export interface FetchRequestOptions extends Partial<
  Pick<GatewayRequestInit, 'routing' | 'route' | 'ambiguousTargets' | 'trustedProxies'>
> {
  /** The client's address, from the runtime's connection information. Default: unknown. */
  readonly peer?: string | undefined
}

const STRICT = { caseSensitive: true, strict: true }

/** Builds the canonical request from a web-standard `Request`. Never throws and never touches the body. */
export const toGatewayRequest = (request: Request, options: FetchRequestOptions = {}): GatewayRequest => {
  const { url } = request
  const authorityStart = url.indexOf('://') + 3
  const pathStart = url.slice(authorityStart).search(/[/?#]/)
  const target = pathStart < 0 ? '/' : url.slice(authorityStart + pathStart)
  const authority = pathStart < 0 ? url.slice(authorityStart) : url.slice(authorityStart, authorityStart + pathStart)
  const rawHeaders: string[] = []
  request.headers.forEach((value, name) => rawHeaders.push(name, value))
  if (!request.headers.has('host')) rawHeaders.push('host', authority)
  return new GatewayRequest({
    method: request.method,
    target,
    rawHeaders,
    httpVersion: '1.1',
    peer: () => options.peer,
    routing: options.routing ?? STRICT,
    route: options.route,
    ambiguousTargets: options.ambiguousTargets,
    trustedProxies: options.trustedProxies,
  })
}

/** Statuses whose answers have no body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304])

/** Turns a gateway response into a web-standard `Response`; `head` leaves the body out (AWS-REST-31). */
export const toResponse = (
  { status, headers, body }: GatewayResponse,
  { head = false }: { readonly head?: boolean } = {},
): Response => {
  const lines = new Headers()
  for (const [name, value] of headers) lines.append(name, value)
  const length = new TextEncoder().encode(body).length
  lines.set('Content-Length', String(length))
  return new Response(head || BODILESS.has(status) ? null : body, { status, headers: lines })
}
