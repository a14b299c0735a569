/** What is derived from the source of a request: another source, the body, and the parts that few requests need. @module */
import type { QueryParameter } from './query.ts'
import type { BodyProblem, BodyTerms, GatewayRequestInit } from './request-init.ts'
import type { Route } from './route.ts'

/** The same source with other members. Inherited, because the members of a source may be on its prototype, also as getters. */
export const derived = (init: GatewayRequestInit, members: Partial<GatewayRequestInit>): GatewayRequestInit =>
  Object.create(init, Object.getOwnPropertyDescriptors(members)) as GatewayRequestInit

/**
 * A copy of the source that stays the same after the response: it has no body, no framework object and no connection, and does
 * not keep the framework's request in memory.
 *
 * @param peer the address of the socket's peer
 */
export const detached = (init: GatewayRequestInit, peer: string | undefined): GatewayRequestInit => {
  const { method, target, httpVersion, route, receivedTarget, unexplainedTarget } = init
  const { ambiguousTargets, encodedSlash, trustedProxies, opensConnection } = init
  return {
    method,
    target,
    rawHeaders: [...init.rawHeaders],
    httpVersion,
    peer: () => peer,
    routing: { ...init.routing },
    route,
    receivedTarget,
    unexplainedTarget,
    ambiguousTargets,
    encodedSlash,
    trustedProxies,
    opensConnection,
  }
}

/** Reads the body. A source without one has lost it. Never rejects. */
export const readOnce = (
  init: GatewayRequestInit,
  maxBytes: number,
  terms: BodyTerms | undefined,
): Promise<Uint8Array | BodyProblem> => {
  if (init.body === undefined) return Promise.resolve('GONE')
  return (terms === undefined ? init.body(maxBytes) : init.body(maxBytes, terms)).catch(() => 'BROKEN' as const)
}

/** Parts of a request that are computed when they are first read. `null`: not read yet. */
export class Parts {
  query: readonly QueryParameter[] | null = null
  route: Route | undefined | null = null
  sourceIp: string | undefined | null = null
  peer: string | undefined | null = null
  body: Promise<Uint8Array | BodyProblem> | null = null
}
