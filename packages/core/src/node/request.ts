/** From `IncomingMessage` to the canonical request, and the headers that belong to us. @module */
import type { IncomingMessage } from 'node:http'
import { GatewayRequest, type GatewayRequestInit, type RequestMapping } from '../index.ts'
import { readBody } from './body.ts'

/** What an `IncomingMessage` does not say by itself. */
export interface NodeRequestOptions extends Partial<
  Pick<GatewayRequestInit, 'routing' | 'route' | 'ambiguousTargets' | 'trustedProxies' | 'body'>
> {
  /** The request target. Default: `originalUrl` where a framework keeps it, else `url`. */
  readonly target?: string | undefined
}

const LOOSE = { caseSensitive: false, strict: false }

/** Builds the canonical request from Node's. Never throws; the body stays until a contract asks for it. */
export const toGatewayRequest = (incoming: IncomingMessage, options: NodeRequestOptions = {}): GatewayRequest =>
  readRequest(incoming, undefined, options)

/** The same with the header lines as they were before some were stripped. */
export const readRequest = (
  incoming: IncomingMessage,
  received: readonly string[] | undefined,
  options: NodeRequestOptions,
): GatewayRequest =>
  new GatewayRequest({
    method: incoming.method ?? '',
    // Inside a mounted router `url` has lost its prefix (SEC-12).
    target: options.target ?? (incoming as { originalUrl?: string }).originalUrl ?? incoming.url ?? '',
    // HTTP/2 keeps one array for ever; a copy holds still when headers are added later.
    rawHeaders: received ?? (incoming.httpVersionMajor === 2 ? incoming.rawHeaders.slice() : incoming.rawHeaders),
    httpVersion: incoming.httpVersion,
    peer: () => incoming.socket?.remoteAddress,
    routing: options.routing ?? LOOSE,
    route: options.route,
    ambiguousTargets: options.ambiguousTargets,
    trustedProxies: options.trustedProxies,
    body: options.body ?? ((maxBytes) => readBody(incoming, maxBytes)),
  })

/** A list of names and values as a map from lower-case name to all values, as Node's `…Distinct` views have it. */
const distinct = (lines: readonly string[]): Record<string, string[]> => {
  const values = Object.create(null) as Record<string, string[]>
  for (let index = 0; index < lines.length; index += 2) {
    ;(values[(lines[index] as string).toLowerCase()] ??= []).push(lines[index + 1] as string)
  }
  return values
}

// Node derives these views later, from a count that it took before the lists were edited; ours are derived from the lists.
const redefine = (
  incoming: IncomingMessage,
  view: 'headersDistinct' | 'trailersDistinct',
  lines: readonly string[],
): void => {
  let built: Record<string, string[]> | undefined
  Object.defineProperty(incoming, view, {
    configurable: true,
    enumerable: true,
    get: () => (built ??= distinct(lines)),
  })
}

const replaceRawHeaders = (incoming: IncomingMessage, lines: string[]): void => {
  if (incoming.httpVersionMajor === 2) {
    incoming.rawHeaders.splice(0, incoming.rawHeaders.length, ...lines)
    return
  }
  incoming.rawHeaders = lines
  redefine(incoming, 'headersDistinct', lines)
}

/** Removes every header and trailer of the namespace from every view of the request (SEC-17, 19, 25). */
export const stripHeaders = (incoming: IncomingMessage, namespace: RequestMapping): void => {
  // Middleware before us may have written to this view only. Reading it first also makes Node derive it in time.
  for (const name of Object.keys(incoming.headers)) if (namespace.covers(name)) delete incoming.headers[name]
  const raw = incoming.rawHeaders
  const kept: string[] = []
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string
    if (!namespace.covers(name)) kept.push(name, raw[index + 1] as string)
  }
  if (kept.length < raw.length) replaceRawHeaders(incoming, kept)
  // Trailers exist only once the body has been read; this listener stands before any of the application's.
  if (incoming.complete) stripTrailers(incoming, namespace)
  else if (incoming.headers['transfer-encoding'] !== undefined || incoming.httpVersionMajor === 2) {
    incoming.prependOnceListener('end', () => stripTrailers(incoming, namespace))
  }
}

const stripTrailers = (incoming: IncomingMessage, namespace: RequestMapping): void => {
  // Node derives this view when it is first read; afterwards the raw list may change.
  const { trailers, rawTrailers } = incoming
  for (const name of Object.keys(trailers)) if (namespace.covers(name)) delete trailers[name]
  for (let index = rawTrailers.length - 2; index >= 0; index -= 2) {
    if (namespace.covers(rawTrailers[index] as string)) rawTrailers.splice(index, 2)
  }
  redefine(incoming, 'trailersDistinct', rawTrailers)
}

/** Adds header lines to every view of the request. Names are in lower case; those that are ours were stripped before. */
export const injectHeaders = (incoming: IncomingMessage, lines: readonly (readonly [string, string])[]): void => {
  if (lines.length === 0) return
  for (const [name, value] of lines) {
    const there = incoming.headers[name]
    incoming.headers[name] = there === undefined ? value : [there, value].flat().join(', ')
  }
  replaceRawHeaders(incoming, [...incoming.rawHeaders, ...lines.flat()])
}
