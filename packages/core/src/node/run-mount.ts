/** Runs a mount on a Node request: strips headers, evaluates, applies edits, and attaches the context. @module */
import type { IncomingMessage } from 'node:http'
import type { AuthorizerContext, Authorizer, Denied, Routing } from '../index.ts'
import { GatewayRequest } from '../contract.ts'
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
import { IncomingInit } from './incoming-init.ts'
import { AT_ROOT, frameworkTarget, injectHeaders, type RoutedRequest, stripHeaders } from './request.ts'
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
  readonly framework?: object | undefined
  /** How the framework parses a query. Default: with `URLSearchParams`, and a list for each repeated name. */
  readonly parseQuery?: QueryParser | undefined
  /**
   * Whether what the framework routes by is the very same as when the guard was called; the method is compared besides. Default:
   * whether `url` and `baseUrl` of the request are.
   */
  readonly isUnchanged?: (() => boolean) | undefined
  /** Node's response, to close its connection if the body does not arrive in time. Default: the connection stays open. */
  readonly outgoing?: Outgoing | undefined
}

/** The member of Node's response that decides whether the connection stays open. */
interface Outgoing {
  shouldKeepAlive: boolean
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

/** What a result is applied to. */
interface Application<TContext> {
  readonly mount: Mount<TContext>
  readonly incoming: IncomingMessage
  readonly request: GatewayRequest
  readonly place: GuardedPlace
  /** What the framework reported before the decision. */
  readonly target: FrameworkTarget
  /** The part of the path that mounted routers have removed. */
  readonly base: string
  /** Whether the framework still routes what it routed before the decision. */
  readonly isUnchanged: () => boolean
}

/** Remembers what the framework routes by, for a test whether it is the same later. */
const isUnchangedSince = (incoming: IncomingMessage, { isUnchanged }: GuardedPlace): (() => boolean) => {
  const { method } = incoming
  if (isUnchanged !== undefined) return () => incoming.method === method && isUnchanged()
  const { url, baseUrl } = incoming as RoutedRequest
  return () => incoming.method === method && incoming.url === url && (incoming as RoutedRequest).baseUrl === baseUrl
}

const applyResult = <TContext>(
  { mount, incoming, request, place, target, base, isUnchanged }: Application<TContext>,
  result: GuardResult<TContext>,
): GuardResult<TContext> => {
  if (result.kind === 'denied') {
    releaseBody(incoming, result.denied, place.outgoing)
    return result
  }
  const { edits } = result
  if (edits.target !== undefined) {
    const views = { received: target.sent ?? target.received, base, parseQuery: place.parseQuery }
    if (!editViews(incoming, edits, views)) {
      const problem = 'the mapped path is not below the router that the guard is mounted on'
      return mount.denying(mount.authorizer.deny(request, 'BAD_MAPPED_VALUE', undefined, problem))
    }
  }
  injectHeaders(incoming, edits.headers)
  removeCredentials(incoming, mount.authorizer.credentialSubprotocols)
  if (result.kind === 'allowed') {
    const context = result.authorizer as unknown as AuthorizerContext
    const { mountedPaths, throwsDenials } = mount
    const onward = {
      target: place.keepsRoute === true ? undefined : mappedPath(incoming),
      mountedPaths,
      throwsDenials,
      isUnchanged: edits.target === undefined ? isUnchanged : undefined,
    }
    const path = attach(place.carrier, mount.authorizer as unknown as Authorizer<never>, request, context, onward)
    if (mount.bindsStrictly)
      bindStrictly(incoming, { method: request.method, path, mountedPaths }, () => readTarget(incoming, place))
  }
  return result
}

/** Applies a result that the client has waited for, if it is still connected. */
const applyLater = <TContext>(
  application: Application<TContext>,
  result: GuardResult<TContext>,
): GuardResult<TContext> => {
  const { mount, incoming, request } = application
  return result.kind !== 'denied' && isGone(incoming)
    ? mount.denying(mount.authorizer.deny(request, 'ABORTED'))
    : applyResult(application, result)
}

const readTarget = (incoming: IncomingMessage, { target }: GuardedPlace): FrameworkTarget =>
  target === undefined ? frameworkTarget(incoming) : target()

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
  const { readOptions, mapping } = mount
  const receivedHeaders = mapping?.authorizerView === 'complete' ? incoming.rawHeaders.slice() : undefined
  if (mapping !== undefined) stripHeaders(incoming, mapping)
  const target = readTarget(incoming, place)
  const { routing = readOptions.routing } = place
  const targets = targetsOf(target, readOptions.mountPath, routing.caseSensitive)
  const request = new GatewayRequest(
    new IncomingInit(incoming, targets, readOptions, place, withCredentials(incoming, receivedHeaders)),
  )
  const isUnchanged = isUnchangedSince(incoming, place)
  const application = { mount, incoming, request, place, target, base: targets.base, isUnchanged }
  const result = mount.handle(request)
  return result instanceof Promise
    ? result.then((settled) => applyLater(application, settled))
    : applyResult(application, result)
}
