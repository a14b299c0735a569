/** Runs a mount on a Node request: strips headers, evaluates, applies edits, and attaches the context. @module */
import type { IncomingMessage } from 'node:http'
import type { AuthorizerContext, Authorizer, Denied, GatewayRequest, Routing } from '../index.ts'
import {
  attach,
  type BodyReader,
  type GuardResult,
  type FrameworkTarget,
  type Mount,
  type MountPath,
  type RoutedTarget,
  routedTarget,
} from '../adapter.ts'
import { bindStrictly } from './bind.ts'
import { closeAfterResponse, http2Stream, isGone } from './connection.ts'
import { startDebugLog } from './debug-log.ts'
import { AT_ROOT, frameworkTarget, injectHeaders, readRequest, stripHeaders } from './request.ts'
import { removeCredentials, withCredentials } from './socket/subprotocol-views.ts'
import { editViews, mappedPath, type QueryParser } from './target-views.ts'

// Every adapter on Node.js runs its guards through this file.
startDebugLog()

/** What a framework knows about a request when it calls a guard. */
export interface GuardedPlace {
  /** The object to which the authorizer's context is attached. */
  readonly carrier: object
  /** Returns what the framework reports about the target. Default: {@link frameworkTarget}. */
  readonly target?: (() => FrameworkTarget) | undefined
  /** Whether the framework continues with the matched route even if a mapping changes the URL. Default: false. */
  readonly keepsRoute?: boolean
  /** Template of the matched route. Default: none. */
  readonly route?: string | undefined
  /** How the router compares paths. Default: the routing of the mount. */
  readonly routing?: Routing
  /** Reads the body, if the framework passes it on in its own way. Default: it is read from Node's request. */
  readonly body?: BodyReader
  /** The framework's request object, for `request.framework`. Default: Node's request. */
  readonly framework?: object
  /** How the framework parses a query. Default: with `URLSearchParams`, and a list for each repeated name. */
  readonly parseQuery?: QueryParser | undefined
  /** Node's response, to close its connection if the body does not arrive in time. Default: the connection stays open. */
  readonly outgoing?: Outgoing | undefined
}

/** The member of Node's response that decides whether the connection stays open. */
interface Outgoing {
  shouldKeepAlive: boolean
}

/** A place with the request's target, as it was read before the decision. */
interface PlaceWithTarget extends Pick<GuardedPlace, 'carrier' | 'parseQuery' | 'outgoing'> {
  readonly keepsRoute: boolean
  readonly readTarget: () => FrameworkTarget
  /** The target that the client sent. */
  readonly received: string
  /** The part of the path that mounted routers have removed. */
  readonly base: string
}

/** Prevents a body that was not read to its end from blocking the connection. */
const releaseBody = (incoming: IncomingMessage, { reason }: Denied, outgoing: Outgoing | undefined): void => {
  // Node does not drain a stream that has been read from.
  if (reason === 'BODY_TOO_LARGE' || (reason === 'OVERLOADED' && incoming.readableDidRead)) incoming.resume()
  if (reason !== 'BODY_TIMEOUT') return
  const stream = http2Stream(incoming)
  if (stream !== undefined) closeAfterResponse(stream)
  // Node sends `Connection: close` and closes the connection after this response.
  else if (outgoing !== undefined) outgoing.shouldKeepAlive = false
}

const applyResult = <TContext>(
  mount: Mount<TContext>,
  incoming: IncomingMessage,
  request: GatewayRequest,
  { carrier, readTarget, keepsRoute, parseQuery, outgoing, received, base }: PlaceWithTarget,
  result: GuardResult<TContext>,
): GuardResult<TContext> => {
  if (result.kind === 'denied') {
    releaseBody(incoming, result.denied, outgoing)
    return result
  }
  if (isGone(incoming)) return mount.denying(mount.authorizer.deny(request, 'ABORTED'))
  const { edits } = result
  if (edits.target !== undefined && !editViews(incoming, edits, { received, base, parseQuery })) {
    const problem = 'the mapped path is not below the router that the guard is mounted on'
    return mount.denying(mount.authorizer.deny(request, 'BAD_MAPPED_VALUE', undefined, problem))
  }
  injectHeaders(incoming, edits.headers)
  removeCredentials(incoming, mount.authorizer.credentialSubprotocols)
  if (result.kind === 'allowed') {
    const context = result.authorizer as unknown as AuthorizerContext
    const { mountedPaths, throwsDenials } = mount
    const onward = { target: keepsRoute ? undefined : mappedPath(incoming), mountedPaths, throwsDenials }
    const path = attach(carrier, mount.authorizer as unknown as Authorizer<never>, request, context, onward)
    if (mount.bindsStrictly) bindStrictly(incoming, { method: request.method, path, mountedPaths }, readTarget)
  }
  return result
}

/** The routed target. Nearly every request reaches its guard as the client sent it, and needs no comparison. */
const targetsOf = (target: FrameworkTarget, mountPath: MountPath | undefined, caseSensitive: boolean): RoutedTarget =>
  target.url === target.received && target.bases === AT_ROOT && target.sent === undefined && mountPath === undefined
    ? { target: target.received, receivedTarget: undefined, unexplainedTarget: false, base: '' }
    : routedTarget(target, mountPath, caseSensitive)

/** Runs a mount on a Node request. Synchronous if `evaluate` is. */
export const guardRequest = <TContext>(
  mount: Mount<TContext>,
  incoming: IncomingMessage,
  place: GuardedPlace,
): GuardResult<TContext> | Promise<GuardResult<TContext>> => {
  const { target: readTarget = () => frameworkTarget(incoming), route, body, framework = incoming } = place
  const { routing = mount.readOptions.routing, carrier, keepsRoute = false, parseQuery, outgoing } = place
  const receivedHeaders = mount.mapping?.authorizerView === 'complete' ? incoming.rawHeaders.slice() : undefined
  if (mount.mapping !== undefined) stripHeaders(incoming, mount.mapping)
  const target = readTarget()
  const targets = targetsOf(target, mount.readOptions.mountPath, routing.caseSensitive)
  const request = readRequest(incoming, withCredentials(incoming, receivedHeaders), targets, {
    ...mount.readOptions,
    route,
    routing,
    body,
    framework,
  })
  const placeWithTarget = {
    carrier,
    keepsRoute,
    parseQuery,
    outgoing,
    readTarget,
    received: target.sent ?? target.received,
    base: targets.base,
  }
  const result = mount.handle(request)
  return result instanceof Promise
    ? result.then((settled) => applyResult(mount, incoming, request, placeWithTarget, settled))
    : applyResult(mount, incoming, request, placeWithTarget, result)
}
