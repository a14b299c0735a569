/** One request through one mount, on Node: strip, decide, change, remember. @module */
import type { IncomingMessage } from 'node:http'
import type { AuthorizerContext, Authorizer, Denied, GatewayRequest, Routing } from '../index.ts'
import {
  attach,
  type BodyReader,
  type GuardResult,
  type FrameworkTarget,
  type Mount,
  routedTarget,
} from '../adapter.ts'
import { bindStrictly } from './bind.ts'
import { closeAfterResponse, http2Stream, isGone } from './connection.ts'
import { frameworkTarget, injectHeaders, readRequest, stripHeaders } from './request.ts'
import { editViews, mappedPath, type QueryParser } from './target-views.ts'

/** What the framework knows about a request that stands before a guard. */
export interface GuardedPlace {
  /** The object on which the answer is remembered. */
  readonly carrier: object
  /** What the framework reports about the request's target. Default: what Connect and Express keep on the request. */
  readonly target?: (() => FrameworkTarget) | undefined
  /** Whether the framework goes on with the route that it has chosen, whatever a mapping makes of the URL. */
  readonly keepsRoute?: boolean
  /** Template of the route that is being served. */
  readonly route?: string | undefined
  readonly routing?: Routing
  /** Reads the body, where the framework hands it on in its own way. */
  readonly body?: BodyReader
  /** How the framework parses a query. Default: Node's `querystring.parse`. */
  readonly parseQuery?: QueryParser | undefined
  /** Node's response, whose connection has to be closed where a body has not arrived in time. Default: it stays open. */
  readonly outgoing?: Outgoing | undefined
}

/** As much of Node's response as decides whether its connection is kept. */
interface Outgoing {
  shouldKeepAlive: boolean
}

/** A place with what was read of its request's target. */
interface KnownPlace extends Pick<GuardedPlace, 'carrier' | 'parseQuery' | 'outgoing'> {
  readonly keepsRoute: boolean
  readonly tell: () => FrameworkTarget
  /** The target that the client sent. */
  readonly received: string
  /** What mounts have cut off the path. */
  readonly base: string
}

/** Leaves the connection in a state in which a body that was not read, or not to its end, keeps nothing waiting. */
const leaveBody = (incoming: IncomingMessage, { reason }: Denied, outgoing: Outgoing | undefined): void => {
  // Node does not discard the rest of a stream by itself once it has been read from.
  if (reason === 'BODY_TOO_LARGE' || (reason === 'OVERLOADED' && incoming.readableDidRead)) incoming.resume()
  if (reason !== 'BODY_TIMEOUT') return
  const stream = http2Stream(incoming)
  if (stream !== undefined) closeAfterResponse(stream)
  // Node closes the connection after this response, and says so in it.
  else if (outgoing !== undefined) outgoing.shouldKeepAlive = false
}

const precheck = <TContext>(
  mount: Mount<TContext>,
  incoming: IncomingMessage,
  request: GatewayRequest,
  { carrier, tell, keepsRoute, parseQuery, outgoing, received, base }: KnownPlace,
  entry: GuardResult<TContext>,
): GuardResult<TContext> => {
  if (entry.kind === 'denied') {
    leaveBody(incoming, entry.denied, outgoing)
    return entry
  }
  if (isGone(incoming)) return { kind: 'denied', denied: mount.authorizer.deny(request, 'ABORTED') }
  const { edits } = entry
  if (!editViews(incoming, edits, { received, base, parseQuery })) {
    const problem = 'the mapped path is not below the router that the guard is mounted on'
    return { kind: 'denied', denied: mount.authorizer.deny(request, 'BAD_MAPPED_VALUE', undefined, problem) }
  }
  injectHeaders(incoming, edits.headers)
  if (entry.kind === 'allowed') {
    const context = entry.authorizer as unknown as AuthorizerContext
    const { mountedPaths } = mount
    const onward = { target: keepsRoute ? undefined : mappedPath(incoming), mountedPaths }
    const path = attach(carrier, mount.authorizer as unknown as Authorizer<never>, request, context, onward)
    if (mount.bindsStrictly) bindStrictly(incoming, { method: request.method, path, mountedPaths }, tell)
  }
  return entry
}

/** Takes a request through a mount. Synchronous whenever `evaluate` is. */
export const guardRequest = <TContext>(
  mount: Mount<TContext>,
  incoming: IncomingMessage,
  place: GuardedPlace,
): GuardResult<TContext> | Promise<GuardResult<TContext>> => {
  const { target: tell = () => frameworkTarget(incoming), route, routing = mount.readOptions.routing, body } = place
  const { carrier, keepsRoute = false, parseQuery, outgoing } = place
  const received = mount.mapping?.authorizerView === 'complete' ? incoming.rawHeaders.slice() : undefined
  if (mount.mapping !== undefined) stripHeaders(incoming, mount.mapping)
  const told = tell()
  const targets = routedTarget(told, mount.readOptions.mountPath, routing.caseSensitive)
  const request = readRequest(incoming, received, targets, { ...mount.readOptions, route, routing, body })
  const known = {
    carrier,
    keepsRoute,
    parseQuery,
    outgoing,
    tell,
    received: told.sent ?? told.received,
    base: targets.base,
  }
  const entry = mount.handle(request)
  return entry instanceof Promise
    ? entry.then((settled) => precheck(mount, incoming, request, known, settled))
    : precheck(mount, incoming, request, known, entry)
}
