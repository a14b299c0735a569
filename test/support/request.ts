/** Builds requests like an adapter, with defaults. @module */
import type { Routing } from '@custom-authorizer/core'
import { type Block, parseBlock, GatewayRequest } from '@custom-authorizer/core/contract'
import { type GatewayRequestInit } from '@custom-authorizer/core/adapter'

/** How Express and Koa compare paths; Hono is {@link EXACT}. */
export const LOOSE: Routing = { caseSensitive: false, strict: false }
export const EXACT: Routing = { caseSensitive: true, strict: true }

export interface RequestParts extends Partial<
  Pick<GatewayRequestInit, 'httpVersion' | 'routing' | 'route' | 'ambiguousTargets' | 'receivedTarget'>
> {
  /** Header lines; an array of pairs if order, spelling or repetition matters. */
  readonly headers?: Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[]
  /** The address of the socket's peer. */
  readonly peer?: string | undefined
  readonly trustedProxies?: readonly string[]
}

const block = (text: string): Block => {
  const parsed = parseBlock(text)
  if (parsed === undefined) throw new Error(`not a block: ${text}`)
  return parsed
}

/**
 * Builds a request from a request line such as `GET /pets/7?a=1`. Default: one `Host` line, peer 203.0.113.9, and an exact
 * router like that of the gateway.
 */
export const gatewayRequest = (line: string = 'GET /', parts: RequestParts = {}): GatewayRequest => {
  const { headers = [], httpVersion = '1.1', trustedProxies = [], routing = EXACT } = parts
  const { route, ambiguousTargets, receivedTarget } = parts
  const space = line.indexOf(' ')
  const lines = Array.isArray(headers) ? (headers as readonly (readonly [string, string])[]) : Object.entries(headers)
  const named = lines.some(([name]) => /^(?:host|:authority)$/i.test(name))
  const host = named || httpVersion === '1.0' ? [] : ['Host', 'api.example.com']
  return new GatewayRequest({
    method: line.slice(0, space),
    target: line.slice(space + 1),
    rawHeaders: [...host, ...lines.flat()],
    httpVersion,
    peer: () => ('peer' in parts ? parts.peer : '203.0.113.9'),
    routing,
    route,
    ambiguousTargets,
    receivedTarget,
    trustedProxies: trustedProxies.map(block),
  })
}
