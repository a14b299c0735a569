/**
 * Finds the Node request for a Hono context under `@hono/node-server`. It has the original request line and header lines,
 * which a web-standard `Request` does not show.
 * @module
 */
import {
  type CurrentRequest,
  type FrameworkTarget,
  type MountPath,
  type RoutedTarget,
  routedTarget,
} from '@custom-authorizer/core/adapter'
import { frameworkTarget, type guardRequest } from '@custom-authorizer/core/node'
import type { Context } from 'hono'

export type Incoming = Parameters<typeof guardRequest>[1]

/** Returns the Node request in the bindings. It may belong to another request, because an application can pass bindings on. */
export const nodeOf = (c: Context): Incoming | undefined => {
  const incoming = (c.env as { incoming?: Incoming } | undefined)?.incoming
  return Array.isArray(incoming?.rawHeaders) ? incoming : undefined
}

/** Returns Node's response under `@hono/node-server`. */
export const outgoingOf = (c: Context): { shouldKeepAlive: boolean } | undefined =>
  (c.env as { outgoing?: { shouldKeepAlive: boolean } } | undefined)?.outgoing

/** The Node request of each `Request` that replaces the server's own. */
const nodeRequests = new WeakMap<Request, Incoming>()

/** Assigns the context's Node request to a `Request` that replaces the current one, and returns that `Request`. */
export const replaces = (c: Context, request: Request): Request => {
  const incoming = incomingOf(c)
  if (incoming !== undefined) nodeRequests.set(request, incoming)
  return request
}

// The server stores the Node request on its `Request`, under a private symbol.
let serverKey: symbol | undefined
/** Returns the Node request that the server's own `Request` reads; `undefined` for any other `Request`. */
export const serverIncoming = (raw: Request): unknown => {
  if (serverKey !== undefined && serverKey in raw) return Reflect.get(raw, serverKey)
  const found = Object.getOwnPropertySymbols(raw).find(({ description }) => description === 'incomingKey')
  if (found === undefined) return undefined
  serverKey = found
  return Reflect.get(raw, found)
}

/** Returns path and query of an absolute URL, unchanged. */
const targetOf = (url: string): string => {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  return start < 0 ? '/' : url.slice(start)
}

const pathOf = (target: string): string => {
  const end = target.search(/[?#]/)
  return end < 0 ? target : target.slice(0, end)
}

/** Decodes a path like Hono's `getPath`: `%25` and reserved characters stay encoded. `undefined` if it cannot be decoded. */
const decodedPath = (path: string): string | undefined => {
  if (!path.includes('%')) return path
  try {
    return decodeURI(path.replaceAll('%25', '%2525'))
  } catch {
    return undefined
  }
}

const withoutSlash = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)

/**
 * Returns the target that Hono routes. If the application chooses the path (`new Hono({ getPath })`), that path is routed. A
 * path that cannot be decoded is returned unchanged, because it is always rejected.
 */
const routedUrl = (c: Context): string => {
  const own = targetOf(c.req.url)
  const path = pathOf(own)
  const decoded = decodedPath(path)
  const routed = c.req.path
  if (decoded === undefined || routed === decoded || routed === withoutSlash(decoded)) return own
  return encodeURI(routed).replaceAll('%25', '%').replace(/[?#]/g, encodeURIComponent) + own.slice(path.length)
}

/** A path that Hono neither decodes nor encodes. */
const PLAIN_PATH = /^[\w\-./~!$&'()*+,;=:@]*$/

/** Whether Hono routes the path of this target as it is. A quick test without false positives. */
const routesText = (path: string, target: string): boolean => {
  const query = target.indexOf('?')
  const isSame = query < 0 ? target === path : path.length === query && target.startsWith(path)
  return isSame && PLAIN_PATH.test(path)
}

/** Returns what is known about the target if Hono routes the Node request itself. */
export const targetUnderNode = (c: Context, incoming: Incoming): FrameworkTarget => {
  const { url = '' } = incoming
  return frameworkTarget(incoming, routesText(c.req.path, url) ? url : differingUrl(c, url))
}

/** The target of a Node request that Hono routes as the client sent it; `undefined` if that is not certain. */
export const plainTargetUnderNode = (c: Context, incoming: Incoming): string | undefined => {
  const { url, originalUrl, baseUrl } = incoming as Incoming & {
    readonly originalUrl?: unknown
    readonly baseUrl?: unknown
  }
  const isAtRoot = originalUrl === undefined && baseUrl === undefined
  return isAtRoot && url !== undefined && routesText(c.req.path, url) ? url : undefined
}

// A `Request` encodes some characters of the query that the client sent unencoded, such as quotes.
const differingUrl = (c: Context, url: string): string => {
  const routed = routedUrl(c)
  return pathOf(routed) === pathOf(url) ? url : routed
}

const resolve = (target: string): string | undefined => {
  try {
    const { pathname, search } = new URL(target, 'http://h')
    return pathname + search
  } catch {
    return undefined
  }
}

/** Compares header values without outer white space: copies of `Headers` remove it, for example after a trailing comma. */
const sameValue = (one: string | null | undefined, other: string | null | undefined): boolean =>
  one === other || (typeof one === 'string' && typeof other === 'string' && one.trim() === other.trim())

/** Returns the headers of the Node request as a web-standard `Headers`. */
const standardHeaders = ({ rawHeaders }: Incoming): Headers => {
  const headers = new Headers()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (!name.startsWith(':')) headers.append(name, rawHeaders[index + 1] as string)
  }
  return headers
}

const linesOf = ({ rawHeaders }: Incoming, lowerName: string): readonly string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === lowerName)

/**
 * Returns the header lines of a `Request`. If a header has the value of the Node request, its lines are taken from there, so
 * that repeated header lines stay separate.
 */
export const headerLines = (raw: Request, incoming: Incoming | undefined): readonly string[] => {
  const sent = incoming === undefined ? undefined : standardHeaders(incoming)
  const lines: string[] = []
  raw.headers.forEach((value, name) => {
    const isSent = incoming !== undefined && (sameValue(sent?.get(name), value) || incoming.headers[name] === value)
    for (const line of isSent ? linesOf(incoming, name) : [value]) lines.push(name, line)
  })
  return lines
}

/**
 * Whether a `Request` has the same method, URL and headers as the Node request. The server creates such a `Request` for a
 * WebSocket handshake, and so does middleware that limits bodies.
 */
const mirrors = (c: Context, incoming: Incoming): boolean => {
  const { raw } = c.req
  if (c.req.method !== incoming.method) return false
  if (resolve(frameworkTarget(incoming).url) !== resolve(targetOf(c.req.url))) return false
  const sent = standardHeaders(incoming)
  for (const name of sent.keys()) if (name !== 'host' && !raw.headers.has(name)) return false
  for (const name of raw.headers.keys()) {
    const value = raw.headers.get(name)
    // For some headers, Node's parsed view has only the first line. The server builds handshakes from that view.
    if (name !== 'host' && !sameValue(value, sent.get(name)) && value !== incoming.headers[name]) return false
  }
  return true
}

/**
 * Returns the Node request if Hono routes that request. For a `Request` that the application has created, even from this one,
 * returns `undefined`: the decision is made for its own method, URL and headers.
 */
export const incomingOf = (c: Context): Incoming | undefined => {
  const incoming = nodeOf(c)
  const { raw } = c.req
  if (incoming === undefined) return undefined
  if (serverIncoming(raw) === incoming || nodeRequests.get(raw) === incoming) return incoming
  if (!mirrors(c, incoming)) return undefined
  nodeRequests.set(raw, incoming)
  return incoming
}

/**
 * Whether a request looks like the Node request below a mount: same method and credential, and the same end of the path. Both
 * targets are compared as URLs, because a mounted application receives a URL.
 */
const looksMounted = (c: Context, incoming: Incoming, received: string): boolean => {
  const own = resolve(targetOf(c.req.url))
  const sent = resolve(received)
  if (own === undefined || sent === undefined) return true
  const path = pathOf(own)
  const rawPath = pathOf(sent)
  return (
    c.req.method === incoming.method &&
    rawPath !== path &&
    rawPath.endsWith(path === '/' ? '' : path) &&
    sameValue(c.req.raw.headers.get('authorization'), standardHeaders(incoming).get('authorization'))
  )
}

/** The members of `GatewayRequestInit` that describe the target. */
type Targets = Omit<RoutedTarget, 'base'>

/** Returns the target if Hono routes another request than the Node request, or runs without Node. */
export const ownTargets = (c: Context, mountPath: MountPath | undefined): Targets => {
  const incoming = nodeOf(c)
  const url = routedUrl(c)
  const own: Targets = { target: url, receivedTarget: undefined, unexplainedTarget: false }
  const received = incoming === undefined ? undefined : frameworkTarget(incoming).received
  // Middleware may have replaced the server's `Request` with another one for the same URL.
  if (incoming !== undefined && resolve(frameworkTarget(incoming).url) === resolve(targetOf(c.req.url))) {
    return routedTarget(targetUnderNode(c, incoming), mountPath, true)
  }
  if (mountPath === undefined) {
    const mounted = incoming !== undefined && received !== undefined && looksMounted(c, incoming, received)
    return { ...own, unexplainedTarget: mounted }
  }
  // With the option `mountPath`, the path starts at the root, and the target of an unrelated outer request is ignored.
  const frameworkReport = {
    received: received ?? '',
    url,
    bases: [],
    knowsMounts: true,
    knowsReceived: received !== undefined,
  }
  const targets = routedTarget(frameworkReport, mountPath, false)
  const isOuter = received !== undefined && resolve(targets.target) === resolve(received)
  return isOuter
    ? { target: received, receivedTarget: undefined, unexplainedTarget: false }
    : { ...targets, receivedTarget: undefined }
}

/** Returns the current method and target, for accessors and route checks. */
export const currentOf = (c: Context): CurrentRequest => {
  const incoming = incomingOf(c)
  return incoming === undefined
    ? { method: c.req.method, url: routedUrl(c), bases: [''] }
    : { method: c.req.method, ...targetUnderNode(c, incoming) }
}
