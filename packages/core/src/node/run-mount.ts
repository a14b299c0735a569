/** Runs a mount on a Node request: strips headers, evaluates, applies edits, and attaches the context. @module */
import type { IncomingMessage } from 'node:http'
import type { AuthorizerContext, Denied } from '../index.ts'
import { GatewayRequest } from '../contract.ts'
import {
  attach,
  type GuardResult,
  type FrameworkTarget,
  type Mount,
  type RequestReadOptions,
  type RoutedTarget,
  routedTarget,
} from '../adapter.ts'
import { bindStrictly } from './bind.ts'
import { headersAreCut, closeAfterResponse, http2Stream, isGone } from './connection.ts'
import { startDebugLog } from './debug-log.ts'
import { IncomingInit } from './incoming-init.ts'
import type { GuardedPlace, Outgoing } from './place.ts'
import { frameworkTarget } from './routed-request.ts'
import { removeCredentials, withCredentials } from './socket/subprotocol-views.ts'
import { injectHeaders, stripHeaders } from './views/header-views.ts'
import { editViews, mappedFrom, mappedPath } from './views/target-views.ts'

// Every adapter on Node.js runs its guards through this file.
startDebugLog()

type GuardedInit = IncomingInit<GuardedPlace>

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
  { incoming, place }: GuardedInit,
  request: GatewayRequest,
  targets: RoutedTarget | string,
  result: GuardResult<TContext>,
): GuardResult<TContext> => {
  if (result.kind === 'denied') {
    releaseBody(incoming, result.denied, place.outgoing)
    return result
  }
  const { edits } = result
  if (edits.target !== undefined) {
    const parseQuery = place.parseQuery?.bind(place)
    const {
      target,
      receivedTarget = target,
      base,
    } = typeof targets === 'string' ? { target: targets, base: '' } : targets
    if (!editViews(incoming, edits, { received: receivedTarget, base, parseQuery })) {
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
        ? { target: undefined, state: place }
        : { target: place.keepsRoute === true ? undefined : mappedPath(incoming), state: undefined }
    const path = attach(place.carrier, mount, request, context, onward)
    if (mount.bindsStrictly) {
      const decided = { method: request.method, path, mountedPaths: mount.mountedPaths }
      bindStrictly(incoming, decided, () => readTarget(incoming, place))
    }
  }
  return result
}

const readTarget = (incoming: IncomingMessage, place: GuardedPlace): FrameworkTarget =>
  place.target === undefined ? frameworkTarget(incoming) : place.target()

/** The routed target. Nearly every request reaches its guard as the client sent it, and needs no comparison. */
const targetsOf = (
  incoming: IncomingMessage,
  place: GuardedPlace,
  { mountPath, routing }: RequestReadOptions,
): RoutedTarget | string => {
  const isPlain = mountPath === undefined && mappedFrom(incoming) === undefined
  const plain = isPlain ? place.plainTarget?.() : undefined
  return plain ?? routedTarget(readTarget(incoming, place), mountPath, (place.routing ?? routing).caseSensitive)
}

/** Runs a mount on a Node request. Synchronous if `evaluate` is. */
export const guardRequest = <TContext>(
  mount: Mount<TContext>,
  incoming: IncomingMessage,
  place: GuardedPlace,
): GuardResult<TContext> | Promise<GuardResult<TContext>> => {
  const { readOptions, mapping } = mount
  let receivedHeaders: readonly string[] | undefined
  if (mapping !== undefined) {
    // Before lines are removed.
    headersAreCut(incoming)
    if (mapping.authorizerView === 'complete') receivedHeaders = incoming.rawHeaders.slice()
    stripHeaders(incoming, mapping)
  }
  const targets = targetsOf(incoming, place, readOptions)
  const init = new IncomingInit(incoming, targets, readOptions, place, withCredentials(incoming, receivedHeaders))
  const request = new GatewayRequest(init)
  const result = mount.handle(request)
  if (!(result instanceof Promise)) return applyResult(mount, init, request, targets, result)
  // The client may have disconnected while it waited.
  return result.then((settled) =>
    settled.kind !== 'denied' && isGone(incoming)
      ? mount.denying(mount.authorizer.deny(request, 'ABORTED'))
      : applyResult(mount, init, request, targets, settled),
  )
}
