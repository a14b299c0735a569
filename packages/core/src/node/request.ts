/** From `IncomingMessage` to the canonical request, and the headers that belong to us. @module */
import type { IncomingMessage } from 'node:http'
import type { RequestMapping } from '../index.ts'
import { GatewayRequest } from '../contract.ts'
import {
  type CurrentRequest,
  type FrameworkTarget,
  type GatewayRequestInit,
  type MountPath,
  routedTarget,
} from '../adapter.ts'
import { onceParsed, readBody } from './body.ts'
import { http2Stream, onAbort } from './connection.ts'
import { mappedFrom } from './target-views.ts'

/** What an `IncomingMessage` does not say by itself. */
export interface NodeRequestOptions extends Partial<
  Pick<GatewayRequestInit, 'routing' | 'route' | 'ambiguousTargets' | 'encodedSlash' | 'trustedProxies' | 'body'>
> {
  /**
   * The target from the root, or what the framework reports about it. Default: what Connect and Express keep on the request.
   */
  readonly target?: string | FrameworkTarget | undefined
  /** Where the router is mounted, if the framework does not report it. Default: unknown. */
  readonly mountPath?: MountPath | undefined
}

/** As much of Node's request as says what is routed, with what Connect and Express keep on it. */
export interface RoutedRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly originalUrl?: unknown
  readonly baseUrl?: unknown
}

const AT_ROOT: readonly string[] = Object.freeze([''])

/** What Node, and the frameworks that keep `originalUrl` and `baseUrl` on its request, tell about the target. */
export const frameworkTarget = (incoming: RoutedRequest): FrameworkTarget => {
  const { url = '', originalUrl, baseUrl } = incoming
  const told = typeof baseUrl === 'string'
  return {
    received: typeof originalUrl === 'string' ? originalUrl : url,
    knowsReceived: typeof originalUrl === 'string',
    url,
    bases: told && baseUrl !== '' ? [baseUrl] : AT_ROOT,
    knowsMounts: told,
    sent: mappedFrom(incoming),
  }
}

/** Method and target as they are now, for accessors and route checks. */
export const currentRequest = (incoming: RoutedRequest): CurrentRequest => ({
  method: incoming.method,
  ...frameworkTarget(incoming),
})

const LOOSE = { caseSensitive: false, strict: false }

// A request line may say HTTP/2.0, which is no version of the protocol that it is written in (SEC-15).
const versionOf = (incoming: IncomingMessage): string =>
  http2Stream(incoming) === undefined ? (incoming.httpVersionMajor < 2 ? incoming.httpVersion : 'unknown') : '2.0'

/** Builds the canonical request from Node's. Never throws; the body stays until a contract asks for it. */
export const toGatewayRequest = (incoming: IncomingMessage, options: NodeRequestOptions = {}): GatewayRequest =>
  readRequest(incoming, undefined, targetsOf(incoming, options), options)

const targetsOf = (incoming: IncomingMessage, { target, mountPath, routing = LOOSE }: NodeRequestOptions): Targets =>
  typeof target === 'string'
    ? { target }
    : routedTarget(target ?? frameworkTarget(incoming), mountPath, routing.caseSensitive)

type Targets = Pick<GatewayRequestInit, 'target' | 'receivedTarget' | 'unexplainedTarget'>

/** The same with the header lines as they were before some were stripped. */
export const readRequest = (
  incoming: IncomingMessage,
  received: readonly string[] | undefined,
  { target, receivedTarget, unexplainedTarget }: Targets,
  options: NodeRequestOptions,
): GatewayRequest =>
  new GatewayRequest({
    method: incoming.method ?? '',
    // Inside a mounted router `url` has lost its prefix, and middleware may have rewritten it (SEC-12).
    target,
    receivedTarget,
    unexplainedTarget,
    // HTTP/2 keeps one array for ever; a copy holds still when headers are added later.
    rawHeaders: received ?? (http2Stream(incoming) === undefined ? incoming.rawHeaders : incoming.rawHeaders.slice()),
    httpVersion: versionOf(incoming),
    peer: () => incoming.socket?.remoteAddress,
    routing: options.routing ?? LOOSE,
    route: options.route,
    ambiguousTargets: options.ambiguousTargets,
    encodedSlash: options.encodedSlash,
    trustedProxies: options.trustedProxies,
    body:
      options.body === undefined
        ? (maxBytes, terms) => readBody(incoming, maxBytes, terms)
        : onceParsed(incoming, options.body),
    onAbort: (listener) => onAbort(incoming, listener),
  })

/** A list of names and values as a map from lower-case name to all values, as Node's `…Distinct` views have it. */
const distinct = (lines: readonly string[]): Record<string, string[]> => {
  const values = Object.create(null) as Record<string, string[]>
  for (let index = 0; index < lines.length; index += 2) {
    ;(values[(lines[index] as string).toLowerCase()] ??= []).push(lines[index + 1] as string)
  }
  return values
}

// Node derives this view later, from a count that it took before the list was edited; ours is derived from the list.
const redefineDistinct = (incoming: IncomingMessage, lines: readonly string[]): void => {
  let built: Record<string, string[]> | undefined
  Object.defineProperty(incoming, 'headersDistinct', {
    configurable: true,
    enumerable: true,
    get: () => (built ??= distinct(lines)),
  })
}

const replaceRawHeaders = (incoming: IncomingMessage, lines: string[]): void => {
  if (http2Stream(incoming) !== undefined) {
    incoming.rawHeaders.splice(0, incoming.rawHeaders.length, ...lines)
    return
  }
  incoming.rawHeaders = lines
  redefineDistinct(incoming, lines)
}

/** Removes every header and trailer of the namespace from every view of the request (SEC-17, 19, 25). */
export const stripHeaders = (incoming: IncomingMessage, namespace: RequestMapping): void => {
  // Middleware before us may have written to this view only. Reading it first also makes Node derive it in time.
  for (const name of Object.keys(incoming.headers)) if (namespace.ownsHeader(name)) delete incoming.headers[name]
  const kept = withoutOurs(incoming.rawHeaders, namespace)
  if (kept.length < incoming.rawHeaders.length) replaceRawHeaders(incoming, kept)
  // Trailers come with the end of the body, which may be before or after the code behind looks at them.
  if (incoming.headers['transfer-encoding'] !== undefined || http2Stream(incoming) !== undefined) {
    stripTrailers(incoming, namespace)
  }
}

const descriptorOf = (of: object, name: string): PropertyDescriptor | undefined => {
  for (let at: object | null = of; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertyDescriptor(at, name)
    if (found !== undefined) return found
  }
  return undefined
}

const withoutOurs = (lines: readonly string[], namespace: RequestMapping): string[] => {
  const kept: string[] = []
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] as string
    if (!namespace.ownsHeader(name)) kept.push(name, lines[index + 1] as string)
  }
  return kept
}

/** Lets no view of the trailers show a name of the namespace, whenever they arrive (SEC-25). */
const stripTrailers = (incoming: IncomingMessage, namespace: RequestMapping): void => {
  const before = descriptorOf(incoming, 'rawTrailers')
  let received: readonly string[] = incoming.rawTrailers
  const lines = (): string[] =>
    withoutOurs(before?.get === undefined ? received : (before.get.call(incoming) as string[]), namespace)
  const view = (name: string, get: () => unknown): void => {
    Object.defineProperty(incoming, name, {
      configurable: true,
      enumerable: true,
      get,
      // Node sets the raw list when the trailers arrive; the other views follow from it.
      set: (value: readonly string[]) => {
        if (name !== 'rawTrailers') return
        if (before?.set === undefined) received = value
        else before.set.call(incoming, value)
      },
    })
  }
  view('rawTrailers', lines)
  view('trailersDistinct', () => distinct(lines()))
  view('trailers', () =>
    Object.fromEntries(Object.entries(distinct(lines())).map(([name, values]) => [name, values.join(', ')])),
  )
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
