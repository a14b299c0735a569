/** One request through one mount, on Node: strip, decide, change, remember. @module */
import type { IncomingMessage } from 'node:http'
import {
  attach,
  type AuthorizerContext,
  type Authorizer,
  type BodyReader,
  type Denied,
  type Entry,
  type FrameworkTarget,
  type GatewayRequest,
  type Mount,
  type Routing,
} from '../index.ts'
import { bindStrictly, setUrl } from './bind.ts'
import { closeAfterResponse, http2Stream, isGone } from './connection.ts'
import { frameworkTarget, injectHeaders, noteMappedUrl, readRequest, stripHeaders } from './request.ts'

/** What the framework knows about a request that stands before a guard. */
export interface GuardedPlace {
  /** The object on which the answer is remembered. */
  readonly carrier: object
  /** What the framework tells about the request's target. Default: what Connect and Express keep on the request. */
  readonly target?: (() => FrameworkTarget) | undefined
  /** Whether the framework goes on with the route that it has chosen, whatever a mapping makes of the URL. */
  readonly keepsRoute?: boolean
  /** Template of the route that is being served. */
  readonly route?: string | undefined
  readonly routing?: Routing
  /** Reads the body, where the framework hands it on in its own way. */
  readonly body?: BodyReader
}

/** What a router that is mounted sees of a target: the end of it. `undefined` when the target is not below the mount. */
const belowMount = (target: string, seen: string, { sentPath }: GatewayRequest): string | undefined => {
  const mark = seen.indexOf('?')
  const path = mark < 0 ? seen : seen.slice(0, mark)
  const mount = sentPath.endsWith(path)
    ? sentPath.slice(0, sentPath.length - path.length)
    : path === '/'
      ? sentPath
      : /^https?:/i.test(seen)
        ? ''
        : undefined
  if (mount === undefined || !target.startsWith(mount)) return undefined
  const rest = target.slice(mount.length)
  return rest.startsWith('/') ? rest : rest === '' || rest.startsWith('?') ? `/${rest}` : undefined
}

const rewrite = (incoming: IncomingMessage, target: string, request: GatewayRequest): boolean => {
  const seen = incoming.url ?? '/'
  const url = belowMount(target, seen, request)
  if (url === undefined) return false
  // Where frameworks keep what the client asked for, so that a guard further on decides on that and not on this.
  ;(incoming as { originalUrl?: string }).originalUrl ??= seen
  setUrl(incoming, url)
  noteMappedUrl(incoming, url)
  return true
}

type KnownPlace = Pick<Required<GuardedPlace>, 'carrier' | 'keepsRoute'> & { readonly target: () => FrameworkTarget }
/** Leaves the connection in a state in which a body that was not read, or not to its end, keeps nothing waiting. */
const withoutBody = (incoming: IncomingMessage, denied: Denied): Denied => {
  const { reason, response } = denied
  // Node does not discard the rest of a stream by itself once it has been read from.
  if (reason === 'BODY_TOO_LARGE' || (reason === 'OVERLOADED' && incoming.readableDidRead)) incoming.resume()
  if (reason !== 'BODY_TIMEOUT') return denied
  const stream = http2Stream(incoming)
  if (stream === undefined)
    return { ...denied, response: { ...response, headers: [...response.headers, ['Connection', 'close']] } }
  closeAfterResponse(stream)
  return denied
}

const admit = <TContext>(
  mount: Mount<TContext>,
  incoming: IncomingMessage,
  request: GatewayRequest,
  { carrier, target: tell, keepsRoute }: KnownPlace,
  entry: Entry<TContext>,
): Entry<TContext> => {
  if (entry.kind === 'denied') return { kind: 'denied', denied: withoutBody(incoming, entry.denied) }
  if (isGone(incoming)) return { kind: 'denied', denied: mount.authorizer.refuse(request, 'ABORTED') }
  const { headers, target } = entry.edits
  if (target !== undefined && !rewrite(incoming, target, request)) {
    const problem = 'the mapped path is not below the router that the guard is mounted on'
    return { kind: 'denied', denied: mount.authorizer.refuse(request, 'BAD_MAPPED_VALUE', undefined, problem) }
  }
  injectHeaders(incoming, headers)
  if (entry.kind === 'allowed') {
    const context = entry.authorizer as unknown as AuthorizerContext
    const { mountedPaths } = mount
    const onward = { target: keepsRoute ? undefined : target, mountedPaths }
    const path = attach(carrier, mount.authorizer as unknown as Authorizer<never>, request, context, onward)
    if (mount.bindsStrictly) bindStrictly(incoming, { method: request.method, path, mountedPaths }, tell)
  }
  return entry
}

/** Takes a request through a mount. Synchronous whenever `evaluate` is. */
export const guardRequest = <TContext>(
  mount: Mount<TContext>,
  incoming: IncomingMessage,
  {
    carrier,
    target = () => frameworkTarget(incoming),
    keepsRoute = false,
    route,
    routing = mount.reading.routing,
    body,
  }: GuardedPlace,
): Entry<TContext> | Promise<Entry<TContext>> => {
  const received = mount.mapping?.authorizerSees === 'everything' ? incoming.rawHeaders.slice() : undefined
  if (mount.mapping !== undefined) stripHeaders(incoming, mount.mapping)
  const request = readRequest(incoming, received, { ...mount.reading, target: target(), route, routing, body })
  const entry = mount.enter(request)
  return entry instanceof Promise
    ? entry.then((settled) => admit(mount, incoming, request, { carrier, target, keepsRoute }, settled))
    : admit(mount, incoming, request, { carrier, target, keepsRoute }, entry)
}
