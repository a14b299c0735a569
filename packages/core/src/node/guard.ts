/** One request through one mount, on Node: strip, decide, inject, remember. @module */
import type { IncomingMessage } from 'node:http'
import {
  attach,
  type AuthorizerContext,
  type Authorizer,
  type Entry,
  type GatewayRequest,
  type Mount,
  type Routing,
} from '../index.ts'
import { injectHeaders, stripHeaders, toGatewayRequest } from './request.ts'

const admit = <TContext>(
  mount: Mount<TContext>,
  incoming: IncomingMessage,
  request: GatewayRequest,
  carrier: object,
  entry: Entry<TContext>,
): Entry<TContext> => {
  if (entry.kind === 'allowed') {
    injectHeaders(incoming, entry.headers)
    attach(
      carrier,
      mount.authorizer as unknown as Authorizer<never>,
      request,
      entry.authorizer as unknown as AuthorizerContext,
    )
  }
  return entry
}

/**
 * Takes a request through a mount. `carrier` is the object on which the answer is remembered, `target` and `route` are
 * what the framework knows about them. Synchronous whenever `evaluate` is.
 */
export const guardRequest = <TContext>(
  mount: Mount<TContext>,
  incoming: IncomingMessage,
  carrier: object,
  target?: string,
  route?: string,
  routing: Routing = mount.reading.routing,
): Entry<TContext> | Promise<Entry<TContext>> => {
  if (mount.contextHeaders !== undefined) stripHeaders(incoming, mount.contextHeaders)
  const { ambiguousTargets, trustedProxies } = mount.reading
  const request = toGatewayRequest(incoming, { target, route, routing, ambiguousTargets, trustedProxies })
  const entry = mount.enter(request)
  return entry instanceof Promise
    ? entry.then((settled) => admit(mount, incoming, request, carrier, settled))
    : admit(mount, incoming, request, carrier, entry)
}
