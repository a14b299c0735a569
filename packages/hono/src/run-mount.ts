/** Runs a mount on a Hono request: reads it, strips headers, evaluates, and attaches the context. @module */
import type { AuthorizerContext, GatewayRequest, Routing } from '@custom-authorizer/core'
import {
  attach,
  type BodyReader,
  type FrameworkTarget,
  type GuardResult,
  type Mount,
  type RoutedState,
} from '@custom-authorizer/core/adapter'
import { toTemplate } from '@custom-authorizer/core/contract'
import { toGatewayRequest } from '@custom-authorizer/core/fetch'
import {
  cleanViews,
  type GuardedPlace,
  guardRequest,
  removeCredentials,
  stripHeaders,
  headersAreCut,
} from '@custom-authorizer/core/node'
import type { Context } from 'hono'
import {
  headerLines,
  type Incoming,
  incomingOf,
  nodeOf,
  outgoingOf,
  ownTargets,
  plainTargetUnderNode,
  targetUnderNode,
} from './incoming.ts'
import { bodyOf, removeOfferedCredentials, stripOwned } from './request.ts'

/**
 * How the path of a request is compared. `new Hono({ strict: false })` removes the trailing slash before it routes. An
 * application that is mounted in another framework is reached by paths that ignore letter case.
 */
const routingOf = (c: Context, { readOptions }: Mount<unknown>): Routing => {
  const { path, url } = c.req
  const { baseUrl } = (nodeOf(c) ?? {}) as { readonly baseUrl?: unknown }
  const isMounted = readOptions.mountPath !== undefined || (typeof baseUrl === 'string' && baseUrl !== '')
  const routing = isMounted ? { ...readOptions.routing, caseSensitive: false } : readOptions.routing
  if (!routing.strict || path.length === 1 || path.endsWith('/')) return routing
  const query = url.indexOf('?')
  const end = query < 0 ? url.length : query
  return url.charCodeAt(end - 1) === 0x2f ? { ...routing, strict: false } : routing
}

/** Hono routes the path of one `Request`, whose method and URL never change. */
class HonoState implements RoutedState {
  readonly carrier: Context
  readonly #raw: Request
  readonly #path: string

  constructor(c: Context) {
    this.carrier = c
    this.#raw = c.req.raw
    this.#path = c.req.path
  }

  isUnchanged(): boolean {
    const { req } = this.carrier
    return req.raw === this.#raw && req.path === this.#path
  }
}

/** A place in a Hono application that routes the Node request itself. */
// Members that few requests need are computed when they are read: the router copies all matched routes to name one.
class HonoPlace extends HonoState implements GuardedPlace {
  readonly keepsRoute = true
  readonly routing: Routing
  readonly #incoming: Incoming
  readonly #method: string | undefined
  readonly #routeIndex: number

  constructor(c: Context, incoming: Incoming, routing: Routing) {
    super(c)
    this.routing = routing
    this.#incoming = incoming
    this.#method = incoming.method
    this.#routeIndex = c.req.routeIndex
  }

  override isUnchanged(): boolean {
    return this.#incoming.method === this.#method && super.isUnchanged()
  }

  plainTarget(): string | undefined {
    return plainTargetUnderNode(this.carrier, this.#incoming)
  }

  target(): FrameworkTarget {
    return targetUnderNode(this.carrier, this.#incoming)
  }

  // Later handlers have another index.
  get route(): string | undefined {
    return toTemplate(this.carrier.req.matchedRoutes[this.#routeIndex]?.path)
  }

  get body(): BodyReader {
    return bodyOf(this.carrier)
  }

  get outgoing(): GuardedPlace['outgoing'] {
    return outgoingOf(this.carrier)
  }

  get framework(): object {
    return this.carrier
  }
}

type Handled<TContext> = GuardResult<TContext> | Promise<GuardResult<TContext>>

/** Runs a mount on a Hono request. Synchronous if `evaluate` is. */
export const runMount = <TContext>(c: Context, mount: Mount<TContext>): Handled<TContext> => {
  const incoming = incomingOf(c)
  if (incoming === undefined) return runOnOwnRequest(c, mount)
  if (mount.mapping !== undefined) {
    // Before lines are removed.
    headersAreCut(incoming)
    stripOwned(c, mount.mapping, incoming)
  }
  // Before Node's request changes, because replaced requests are assigned to the Node request with the same headers.
  removeOfferedCredentials(c, mount.authorizer.credentialSubprotocols)
  return guardRequest(mount, incoming, new HonoPlace(c, incoming, routingOf(c, mount)))
}

/** Runs a mount on a request that the application has created, or that arrived in a server without Node. */
// A function of its own, because its closures would take memory for every request under Node.
const runOnOwnRequest = <TContext>(c: Context, mount: Mount<TContext>): Handled<TContext> => {
  const own = nodeOf(c)
  const isCut = own !== undefined && headersAreCut(own)
  const read = (): GatewayRequest =>
    toGatewayRequest(c.req.raw, {
      ...mount.readOptions,
      ...ownTargets(c, mount.readOptions.mountPath),
      // The address is that of the connection, also if the application has replaced the request.
      peer: nodeOf(c)?.socket?.remoteAddress,
      rawHeaders: headerLines(c.req.raw, nodeOf(c)),
      incompleteHeaders: isCut,
      routing: routingOf(c, mount),
      route: toTemplate(c.req.routePath),
      body: bodyOf(c),
      framework: c,
    })
  const { mapping } = mount
  const node = nodeOf(c)
  // Headers are copied when the gateway request is built, so it is built before they are removed.
  const received = mapping?.authorizerView === 'complete' ? read() : undefined
  if (mapping !== undefined) {
    if (node !== undefined) stripHeaders(node, mapping)
    stripOwned(c, mapping, undefined)
  }
  const { credentialSubprotocols } = mount.authorizer
  const request = received ?? read()
  const state = new HonoState(c)
  if (node !== undefined) removeCredentials(node, credentialSubprotocols)
  removeOfferedCredentials(c, credentialSubprotocols)
  const finish = (result: GuardResult<TContext>): GuardResult<TContext> => {
    if (mapping !== undefined && node !== undefined && result.kind !== 'denied') cleanViews(node, result.edits)
    if (result.kind === 'allowed') {
      const context = result.authorizer as unknown as AuthorizerContext
      attach(c, mount, request, context, { state: mapping === undefined ? state : undefined })
    }
    return result
  }
  const handled = mount.handle(request)
  return handled instanceof Promise ? handled.then(finish) : finish(handled)
}
