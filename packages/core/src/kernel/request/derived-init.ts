/** Uses the source of a request: with other members, and for its body. @module */
import type { BodyProblem, BodyTerms, GatewayRequestInit } from './request-init.ts'

/** The same source with other members. Inherited, because the members of a source may be on its prototype. */
export const derived = (init: GatewayRequestInit, members: Partial<GatewayRequestInit>): GatewayRequestInit =>
  Object.assign(Object.create(init) as GatewayRequestInit, members)

/** Reads the body. A source without one has lost it. Never rejects. */
export const readOnce = (
  init: GatewayRequestInit,
  maxBytes: number,
  terms: BodyTerms | undefined,
): Promise<Uint8Array | BodyProblem> => {
  if (init.body === undefined) return Promise.resolve('GONE')
  return (terms === undefined ? init.body(maxBytes) : init.body(maxBytes, terms)).catch(() => 'BROKEN' as const)
}
