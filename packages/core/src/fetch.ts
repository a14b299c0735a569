/**
 * Adapter for web-standard `Request` and `Response`. A `Request` does not show everything that the client sent: its repeated
 * header lines are joined and its dot segments are resolved.
 * @module
 */
import type { GatewayResponse } from './index.ts'
import { type BodyFailure, byteLength, GatewayRequest, readBoundedBody } from './contract.ts'
import {
  type BodyProblem,
  type BodyReader,
  type BodyTerms,
  type GatewayRequestInit,
  writableResponse,
} from './adapter.ts'

/** What a `Request` does not contain. */
export interface FetchRequestOptions extends Partial<
  Pick<
    GatewayRequestInit,
    | 'routing'
    | 'route'
    | 'ambiguousTargets'
    | 'encodedSlash'
    | 'trustedProxies'
    | 'target'
    | 'receivedTarget'
    | 'unexplainedTarget'
    | 'rawHeaders'
    | 'incompleteHeaders'
    | 'framework'
  >
> {
  /** The client's address, from the runtime's connection information. Default: unknown. */
  readonly peer?: string | undefined
  /** Reads the body for contracts that need it. Default: the body of `request` is read and consumed. */
  readonly body?: BodyReader | undefined
}

const STRICT = { caseSensitive: true, strict: true }

/** Builds a `GatewayRequest` from a web-standard `Request`. Never throws. The body is read only if a contract needs it. */
export const toGatewayRequest = (request: Request, options: FetchRequestOptions = {}): GatewayRequest => {
  const { url } = request
  const authorityStart = url.indexOf('://') + 3
  const pathStart = url.slice(authorityStart).search(/[/?#]/)
  const ownTarget = pathStart < 0 ? '/' : url.slice(authorityStart + pathStart)
  const authority = pathStart < 0 ? url.slice(authorityStart) : url.slice(authorityStart, authorityStart + pathStart)
  const rawHeaders: string[] = [...(options.rawHeaders ?? [])]
  if (options.rawHeaders === undefined) request.headers.forEach((value, name) => rawHeaders.push(name, value))
  if (!request.headers.has('host')) rawHeaders.push('host', authority)
  return new GatewayRequest({
    method: request.method,
    target: options.target ?? ownTarget,
    receivedTarget: options.receivedTarget,
    unexplainedTarget: options.unexplainedTarget,
    rawHeaders,
    incompleteHeaders: options.incompleteHeaders,
    httpVersion: '1.1',
    peer: () => options.peer,
    routing: options.routing ?? STRICT,
    route: options.route,
    ambiguousTargets: options.ambiguousTargets,
    encodedSlash: options.encodedSlash,
    trustedProxies: options.trustedProxies,
    body: options.body ?? ((maxBytes, terms) => readBody(request, maxBytes, terms)),
    onAbort: (listener) => onAbort(request, listener),
    framework: options.framework,
  })
}

const onAbort = ({ signal }: Request, listener: () => void): (() => void) => {
  if (signal.aborted) listener()
  else signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

const PROBLEMS: Readonly<Record<BodyFailure, BodyProblem>> = {
  TOO_LARGE: 'TOO_LARGE',
  NOT_HELD: 'REFUSED',
  ABORTED: 'TIMED_OUT',
  // Other code has replaced the stream's bytes with text.
  NOT_BYTES: 'GONE',
}

/** Reads the whole body of a `Request`, but never more than `maxBytes` of it. Never rejects. */
export const readBody = async (
  request: Request,
  maxBytes: number,
  terms?: BodyTerms,
): Promise<Uint8Array | BodyProblem> => {
  if (request.bodyUsed || request.body?.locked === true) return 'GONE'
  if (request.body === null) return new Uint8Array()
  const declared = request.headers.get('content-length')
  if (Number(declared) > maxBytes) return 'TOO_LARGE'
  // A `Request` does not show whether its body has already arrived.
  if (terms?.wait() === false) return 'REFUSED'
  try {
    const body = await readBoundedBody(request.body, { maxBytes, signal: terms?.signal, hold: terms?.hold })
    if (typeof body === 'string') return PROBLEMS[body]
    // If the body is shorter than declared, other code has read its beginning.
    return declared !== null && Number(declared) !== body.length ? 'GONE' : body
  } catch {
    return terms?.signal.aborted === true ? 'TIMED_OUT' : 'BROKEN'
  }
}

/** Returns the init of a copy of `request` whose body was read; `body` is the body that was read. */
export const withBody = (request: Request, body: Uint8Array): RequestInit => {
  const { method, headers, signal } = request
  return { method, headers, signal, body: body as Uint8Array<ArrayBuffer> }
}

/** Statuses whose responses have no body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304])

/**
 * Turns a gateway response into a web-standard `Response`. With `head`, the body is omitted (AWS-REST-31). A gateway response
 * that cannot be written is replaced with a 500.
 */
export const toResponse = (
  gatewayResponse: GatewayResponse,
  { head = false }: { readonly head?: boolean } = {},
): Response => {
  const { status, headers, body } = writableResponse(gatewayResponse)
  const lines = new Headers()
  for (const [name, value] of headers) lines.append(name, value)
  if (BODILESS.has(status)) {
    if (status === 205) lines.set('Content-Length', '0')
    return new Response(null, { status, headers: lines })
  }
  lines.set('Content-Length', String(byteLength(body)))
  return new Response(head ? null : body, { status, headers: lines })
}
