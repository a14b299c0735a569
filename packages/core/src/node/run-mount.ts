/** Runs a mount on a Node request: strips headers, evaluates, applies edits, and attaches the context. @module */
import type { IncomingMessage } from 'node:http'
import type { AuthorizerContext, Denied } from '../index.ts'
import { GatewayRequest } from '../contract.ts'
import {
  attach,
  type GuardResult,
  type FrameworkTarget,
  type Mount,
  type MountPath,
  type RoutedTarget,
  routedTarget,
  type RoutedState,
} from '../adapter.ts'
import { bindStrictly } from './bind.ts'
import { closeAfterResponse, http2Stream, isGone } from './connection.ts'
import { startDebugLog } from './debug-log.ts'
import { IncomingInit } from './incoming-init.ts'
import { type GuardedPlace, IncomingState, type Outgoing } from './place.ts'
import { AT_ROOT, frameworkTarget } from './routed-request.ts'
import { removeCredentials, withCredentials } from './socket/subprotocol-views.ts'
import { injectHeaders, stripHeaders } from './views/header-views.ts'
import { editViews, mappedPath } from './views/target-views.ts'

// Every adapter on Node.js runs its guards through this file.
startDebugLog()

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
  /** What the framework routed by before the decision. */
  readonly state: RoutedState
  /** What the framework reported before the decision. */
  readonly target: FrameworkTarget
  /** The part of the path that mounted routers have removed. */
  readonly base: string
}

const stateOf = (incoming: IncomingMessage, place: GuardedPlace): RoutedState =>
  place.isUnchanged === undefined ? new IncomingState(incoming) : (place as RoutedState)

const applyResult = <TContext>(
  { mount, incoming, request, place, state, target, base }: Application<TContext>,
  result: GuardResult<TContext>,
): GuardResult<TContext> => {
  if (result.kind === 'denied') {
    releaseBody(incoming, result.denied, place.outgoing)
    return result
  }
  const { edits } = result
  if (edits.target !== undefined) {
    const parseQuery = place.parseQuery === undefined ? undefined : (text: string) => place.parseQuery?.(text) ?? {}
    const views = { received: target.sent ?? target.received, base, parseQuery }
    if (!editViews(incoming, edits, views)) {
      const problem = 'the mapped path is not below the router that the guard is mounted on'
      return mount.denying(mount.authorizer.deny(request, 'BAD_MAPPED_VALUE', undefined, problem))
    }
  }
  injectHeaders(incoming, edits.headers)
  removeCredentials(incoming, mount.authorizer.credentialSubprotocols)
  if (result.kind === 'allowed') {
    const context = result.authorizer as unknown as AuthorizerContext
    const onward =
      edits.target === undefined
        ? { target: undefined, state }
        : { target: place.keepsRoute === true ? undefined : mappedPath(incoming), state: undefined }
    const path = attach(place.carrier, mount, request, context, onward)
    if (mount.bindsStrictly) {
      const decided = { method: request.method, path, mountedPaths: mount.mountedPaths }
      bindStrictly(incoming, decided, () => readTarget(incoming, place))
    }
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

const readTarget = (incoming: IncomingMessage, place: GuardedPlace): FrameworkTarget =>
  place.target === undefined ? frameworkTarget(incoming) : place.target()

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
  const state = stateOf(incoming, place)
  const application = { mount, incoming, request, place, state, target, base: targets.base }
  const result = mount.handle(request)
  return result instanceof Promise
    ? result.then((settled) => applyLater(application, settled))
    : applyResult(application, result)
}
