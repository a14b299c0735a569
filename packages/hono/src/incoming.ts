/**
 * Which request Hono routes, and what is still known of it under `@hono/node-server`: the Node request has the bytes of
 * the request line and the header lines that a web-standard `Request` has lost.
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

/** The Node request that the bindings hold. It may belong to another request: an application can pass bindings on. */
export const nodeOf = (c: Context): Incoming | undefined => {
  const incoming = (c.env as { incoming?: Incoming } | undefined)?.incoming
  return Array.isArray(incoming?.rawHeaders) ? incoming : undefined
}

/** Node's response under `@hono/node-server`. */
export const outgoingOf = (c: Context): { shouldKeepAlive: boolean } | undefined =>
  (c.env as { outgoing?: { shouldKeepAlive: boolean } } | undefined)?.outgoing

/** `Request` objects that stand in the place of the server's own. */
const replaced = new WeakMap<Request, Incoming>()

/** Remembers that a `Request` takes the place of another one, so that it keeps the Node request. */
export const replaces = (c: Context, request: Request): Request => {
  const incoming = incomingOf(c)
  if (incoming !== undefined) replaced.set(request, incoming)
  return request
}

// The server keeps the Node request on the `Request` that it makes, under a symbol of its own.
let serverKey: symbol | undefined
const serverIncoming = (raw: Request): unknown => {
  if (serverKey !== undefined && serverKey in raw) return Reflect.get(raw, serverKey)
  const found = Object.getOwnPropertySymbols(raw).find(({ description }) => description === 'incomingKey')
  if (found === undefined) return undefined
  serverKey = found
  return Reflect.get(raw, found)
}

/** Path and query of an absolute URL, as they stand in it. */
const targetOf = (url: string): string => {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  return start < 0 ? '/' : url.slice(start)
}

const pathOf = (target: string): string => {
  const end = target.search(/[?#]/)
  return end < 0 ? target : target.slice(0, end)
}

/** What Hono's own `getPath` makes of a path: everything is decoded but `%25` and what separates parts. */
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
 * The target that Hono routes. An application may choose the path itself (`new Hono({ getPath })`), and then that path is
 * routed. A path that cannot be decoded is rejected in any case.
 */
const routedUrl = (c: Context): string => {
  const own = targetOf(c.req.url)
  const path = pathOf(own)
  const decoded = decodedPath(path)
  const routed = c.req.path
  if (decoded === undefined || routed === decoded || routed === withoutSlash(decoded)) return own
  return encodeURI(routed).replaceAll('%25', '%').replace(/[?#]/g, encodeURIComponent) + own.slice(path.length)
}

/** What is known about the target of the Node request that Hono routes. */
export const targetUnderNode = (c: Context, incoming: Incoming): FrameworkTarget => {
  const outer = frameworkTarget(incoming)
  const routed = routedUrl(c)
  return {
    ...outer,
    knowsReceived: true,
    // A `Request` has some characters of its query encoded that were sent as they are, such as quotes.
    url: pathOf(routed) === pathOf(outer.url) ? outer.url : routed,
    knowsMounts: outer.knowsMounts || !('originalUrl' in incoming),
  }
}

const resolved = (target: string): string | undefined => {
  try {
    const { pathname, search } = new URL(target, 'http://h')
    return pathname + search
  } catch {
    return undefined
  }
}

/** Copies of `Headers` lose white space at the ends of a value, such as that after the comma before an empty line. */
const sameValue = (one: string | null | undefined, other: string | null | undefined): boolean =>
  one === other || (typeof one === 'string' && typeof other === 'string' && one.trim() === other.trim())

/** The headers of the Node request as a web-standard `Headers` shows them. */
const standardHeaders = ({ rawHeaders }: Incoming): Headers => {
  const headers = new Headers()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (!name.startsWith(':')) headers.append(name, rawHeaders[index + 1] as string)
  }
  return headers
}

const linesOf = ({ rawHeaders }: Incoming, lower: string): readonly string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === lower)

/**
 * The header lines of a `Request`. Where a value is the one of the Node request, its lines are taken from there, so that a
 * header that was sent twice still shows as two.
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
 * Whether a `Request` says exactly what the Node request says: method, URL and every header. The server makes such a one for
 * a WebSocket handshake, and middleware that limits bodies does.
 */
const mirrors = (c: Context, incoming: Incoming): boolean => {
  const { raw } = c.req
  if (c.req.method !== incoming.method) return false
  if (resolved(frameworkTarget(incoming).url) !== resolved(targetOf(c.req.url))) return false
  const sent = standardHeaders(incoming)
  for (const name of sent.keys()) if (name !== 'host' && !raw.headers.has(name)) return false
  for (const name of raw.headers.keys()) {
    const value = raw.headers.get(name)
    // Node.js keeps the first line of some headers in its parsed view, from which the server makes handshakes.
    if (name !== 'host' && !sameValue(value, sent.get(name)) && value !== incoming.headers[name]) return false
  }
  return true
}

/**
 * The Node request, if Hono routes that very request. A request that the application has made itself, also from this one,
 * is decided on its own method, URL and headers.
 */
export const incomingOf = (c: Context): Incoming | undefined => {
  const incoming = nodeOf(c)
  const { raw } = c.req
  if (incoming === undefined) return undefined
  if (serverIncoming(raw) === incoming || replaced.get(raw) === incoming) return incoming
  if (!mirrors(c, incoming)) return undefined
  replaced.set(raw, incoming)
  return incoming
}

/**
 * Whether a request looks like the Node request below a mount: its method and credential, and the end of its path. Both
 * targets are compared as URLs, because a mounted application is handed a URL.
 */
const looksMounted = (c: Context, incoming: Incoming, received: string): boolean => {
  const own = resolved(targetOf(c.req.url))
  const sent = resolved(received)
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

/** The part of a canonical request's description that says what is routed. */
type Targets = Omit<RoutedTarget, 'base'>

/** What is routed where Hono routes another request than the Node request, or runs without one. */
export const ownTargets = (c: Context, mountPath: MountPath | undefined): Targets => {
  const incoming = nodeOf(c)
  const url = routedUrl(c)
  const own: Targets = { target: url, receivedTarget: undefined, unexplainedTarget: false }
  const received = incoming === undefined ? undefined : frameworkTarget(incoming).received
  // Middleware may have put another `Request` in the place of the server's, for the same URL.
  if (incoming !== undefined && resolved(frameworkTarget(incoming).url) === resolved(targetOf(c.req.url))) {
    return routedTarget(targetUnderNode(c, incoming), mountPath, true)
  }
  if (mountPath === undefined) {
    const mounted = incoming !== undefined && received !== undefined && looksMounted(c, incoming, received)
    return { ...own, unexplainedTarget: mounted }
  }
  // Where a mount is stated, the path counts from the root; what an unrelated outer request was about does not count.
  const place = { received: received ?? '', url, bases: [], knowsMounts: true, knowsReceived: received !== undefined }
  const targets = routedTarget(place, mountPath, false)
  const isOuter = received !== undefined && resolved(targets.target) === resolved(received)
  return isOuter
    ? { target: received, receivedTarget: undefined, unexplainedTarget: false }
    : { ...targets, receivedTarget: undefined }
}

/** Method and target as they are now, for accessors and route checks. */
export const currentOf = (c: Context): CurrentRequest => {
  const incoming = incomingOf(c)
  return incoming === undefined
    ? { method: c.req.method, url: routedUrl(c), bases: [''] }
    : { method: c.req.method, ...targetUnderNode(c, incoming) }
}
