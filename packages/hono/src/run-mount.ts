/** Runs a mount on a Hono request: reads it, strips headers, evaluates, and attaches the context. @module */
import type { Authorizer, AuthorizerContext, GatewayRequest, Routing } from '@custom-authorizer/core'
import { attach, type FrameworkTarget, type GuardResult, type Mount } from '@custom-authorizer/core/adapter'
import { toTemplate } from '@custom-authorizer/core/contract'
import { toGatewayRequest } from '@custom-authorizer/core/fetch'
import { cleanViews, guardRequest, removeCredentials, stripHeaders } from '@custom-authorizer/core/node'
import type { Context } from 'hono'
import { headerLines, incomingOf, nodeOf, outgoingOf, ownTargets, targetUnderNode } from './incoming.ts'
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
const isUnchangedSince = (c: Context): (() => boolean) => {
  const { raw, path } = c.req
  return () => c.req.raw === raw && c.req.path === path
}

/** Runs a mount on a Hono request. Synchronous if `evaluate` is. */
export const runMount = <TContext>(
  c: Context,
  mount: Mount<TContext>,
): GuardResult<TContext> | Promise<GuardResult<TContext>> => {
  const incoming = incomingOf(c)
  const routing = routingOf(c, mount)
  const route = toTemplate(c.req.routePath)
  const read = (): GatewayRequest =>
    toGatewayRequest(c.req.raw, {
      ...mount.readOptions,
      ...ownTargets(c, mount.readOptions.mountPath),
      // The address is that of the connection, also if the application has replaced the request.
      peer: nodeOf(c)?.socket?.remoteAddress,
      rawHeaders: headerLines(c.req.raw, nodeOf(c)),
      routing,
      route,
      body: bodyOf(c),
      framework: c,
    })
  const seesAll = mount.mapping?.authorizerView === 'complete'
  // With a `Request`, headers are copied when the gateway request is built, so it is built before they are removed.
  const received = seesAll && incoming === undefined ? read() : undefined
  const other = incoming === undefined && mount.mapping !== undefined ? nodeOf(c) : undefined
  if (mount.mapping !== undefined) {
    if (other !== undefined) stripHeaders(other, mount.mapping)
    stripOwned(c, mount.mapping)
  }
  const { credentialSubprotocols } = mount.authorizer
  if (incoming !== undefined) {
    // Before Node's request changes, because replaced requests are assigned to the Node request with the same headers.
    removeOfferedCredentials(c, credentialSubprotocols)
    const target = (): FrameworkTarget => targetUnderNode(c, incoming)
    return guardRequest(mount, incoming, {
      carrier: c,
      target,
      keepsRoute: true,
      route,
      routing,
      body: bodyOf(c),
      isUnchanged: isUnchangedSince(c),
      outgoing: outgoingOf(c),
      framework: c,
    })
  }
  const request = received ?? read()
  const isUnchanged = isUnchangedSince(c)
  const node = nodeOf(c)
  if (node !== undefined) removeCredentials(node, credentialSubprotocols)
  removeOfferedCredentials(c, credentialSubprotocols)
  const finish = (result: GuardResult<TContext>): GuardResult<TContext> => {
    if (other !== undefined && result.kind !== 'denied') cleanViews(other, result.edits)
    if (result.kind === 'allowed') {
      const context = result.authorizer as unknown as AuthorizerContext
      attach(c, mount.authorizer as unknown as Authorizer<never>, request, context, {
        mountedPaths: mount.mountedPaths,
        throwsDenials: mount.throwsDenials,
        isUnchanged: mount.mapping === undefined ? isUnchanged : undefined,
      })
    }
    return result
  }
  const handled = mount.handle(request)
  return handled instanceof Promise ? handled.then(finish) : finish(handled)
}
