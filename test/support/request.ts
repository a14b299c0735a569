/** Builds canonical requests without a server. @module */
import { GatewayRequest, type GatewayRequestInit, parseBlock } from '@custom-authorizer/core'

type Headers =
  | Readonly<Record<string, string | readonly string[]>>
  | readonly (readonly [name: string, value: string])[]

/** What a test says about a request; everything else is an ordinary HTTP/1.1 `GET /pets` to the host `h`. */
export interface RequestParts extends Partial<
  Omit<GatewayRequestInit, 'rawHeaders' | 'peer' | 'routing' | 'trustedProxies'>
> {
  /** Header lines; an array as value gives several lines. `Host: h` comes first unless it is named here. */
  readonly headers?: Headers
  /** Shorthand for the header `Authorization`. */
  readonly token?: string
  /** Address of the socket's peer. Default `127.0.0.1`; `null` for none. */
  readonly peer?: string | null
  /** Default: loose, as Express and Koa. */
  readonly routing?: Partial<GatewayRequestInit['routing']>
  /** CIDR blocks. */
  readonly trustedProxies?: readonly string[]
}

const linesOf = (headers: Headers): readonly (readonly [string, string])[] =>
  Array.isArray(headers)
    ? (headers as readonly (readonly [string, string])[])
    : Object.entries(headers as Readonly<Record<string, string | readonly string[]>>).flatMap(([name, value]) =>
        (typeof value === 'string' ? [value] : value).map((each) => [name, each] as const),
      )

/** A canonical request: `gatewayRequest({ method: 'DELETE', target: '/pets/1', token: 'Bearer t' })`. */
export const gatewayRequest = (parts: RequestParts = {}): GatewayRequest => {
  const { headers = {}, token, peer = '127.0.0.1', routing, trustedProxies, ...rest } = parts
  const lines = [...linesOf(headers)]
  if (token !== undefined) lines.push(['Authorization', token])
  if (!lines.some(([name]) => /^(?:host|:authority)$/i.test(name))) lines.unshift(['Host', 'h'])
  return new GatewayRequest({
    method: 'GET',
    target: '/pets',
    httpVersion: '1.1',
    ...rest,
    rawHeaders: lines.flat(),
    peer: () => peer ?? undefined,
    routing: { caseSensitive: false, strict: false, ...routing },
    trustedProxies: trustedProxies?.map((each) => parseBlock(each) ?? fail(each)),
  })
}

const fail = (block: string): never => {
  throw new Error(`${block} is not a CIDR block`)
}
