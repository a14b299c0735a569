/** Node's request as the source of a `GatewayRequest`. @module */
import type { IncomingMessage } from 'node:http'
import type { Routing } from '../index.ts'
import type { BodyProblem, BodyTerms, GatewayRequestInit } from '../adapter.ts'
import { onceParsed, readBody } from './body.ts'
import { headersAreCut, http2Stream, onAbort } from './connection.ts'
import type { GuardedPlace } from './place.ts'

/** The version of a request. An HTTP/1 request line may claim HTTP/2.0, which HTTP/1 does not allow (SEC-15). */
export const versionOf = (incoming: IncomingMessage): string => {
  const { httpVersion } = incoming
  // HTTP/2 requests always report 2.0. Express makes each read of its request expensive, also of absent members.
  // The constants are returned, because comparing Node's own text again takes longer.
  if (httpVersion === '1.1') return '1.1'
  if (httpVersion === '1.0') return '1.0'
  if (http2Stream(incoming) !== undefined) return '2.0'
  return incoming.httpVersionMajor < 2 ? httpVersion : 'unknown'
}

type Targets = Pick<GatewayRequestInit, 'target' | 'receivedTarget' | 'unexplainedTarget'>

/** What a Node request does not contain. */
export type IncomingOptions = Partial<
  Pick<
    GatewayRequestInit,
    'routing' | 'route' | 'ambiguousTargets' | 'encodedSlash' | 'trustedProxies' | 'body' | 'framework'
  >
>

/** What the framework knows about one request. */
type IncomingPlaceOptions = Pick<GuardedPlace, 'routing' | 'route' | 'body' | 'framework'>

const LOOSE = { caseSensitive: false, strict: false }

/**
 * One object for each request. Methods are on the prototype, because closures for members that are rarely used cost more than
 * the rest of the object.
 */
export class IncomingInit<TPlace extends IncomingPlaceOptions = IncomingPlaceOptions> implements GatewayRequestInit {
  readonly method: string
  // Not `incoming.url`: a mounted router shortens it, and middleware may have rewritten it (SEC-12).
  readonly target: string
  /** What the comparison of two targets has found; `undefined` if the client sent {@link target}. */
  readonly routed: Targets | undefined
  readonly rawHeaders: readonly string[]
  readonly incompleteHeaders: boolean
  readonly httpVersion: string
  readonly options: IncomingOptions
  readonly place: TPlace
  readonly incoming: IncomingMessage

  /** @param targets the target, or what the comparison of two has found @param options those of the mount @param place those of this request, which must not change */
  constructor(
    incoming: IncomingMessage,
    targets: Targets | string,
    options: IncomingOptions,
    place: TPlace,
    receivedHeaders?: readonly string[],
  ) {
    this.method = incoming.method ?? ''
    this.target = typeof targets === 'string' ? targets : targets.target
    this.routed = typeof targets === 'string' ? undefined : targets
    this.httpVersion = versionOf(incoming)
    // HTTP/2 requests have one array, which is edited in place when headers are added later.
    const { rawHeaders } = incoming
    this.rawHeaders = receivedHeaders ?? (this.httpVersion === '2.0' ? rawHeaders.slice() : rawHeaders)
    this.incompleteHeaders = headersAreCut(incoming, rawHeaders)
    this.options = options
    this.place = place
    this.incoming = incoming
  }

  get receivedTarget(): string | undefined {
    return this.routed?.receivedTarget
  }

  get unexplainedTarget(): boolean | undefined {
    return this.routed?.unexplainedTarget
  }

  get routing(): Routing {
    return this.place.routing ?? this.options.routing ?? LOOSE
  }

  get route(): string | undefined {
    return this.place.route
  }

  get framework(): object {
    return this.place.framework ?? this.incoming
  }

  get ambiguousTargets(): GatewayRequestInit['ambiguousTargets'] {
    return this.options.ambiguousTargets
  }

  get encodedSlash(): GatewayRequestInit['encodedSlash'] {
    return this.options.encodedSlash
  }

  get trustedProxies(): GatewayRequestInit['trustedProxies'] {
    return this.options.trustedProxies
  }

  peer(): string | undefined {
    return this.incoming.socket?.remoteAddress
  }

  body(maxBytes: number, terms?: BodyTerms): Promise<Uint8Array | BodyProblem> {
    const { place, incoming } = this
    return place.body === undefined
      ? readBody(incoming, maxBytes, terms)
      : onceParsed(incoming, place.body)(maxBytes, terms)
  }

  onAbort(listener: () => void): () => void {
    return onAbort(this.incoming, listener)
  }
}
