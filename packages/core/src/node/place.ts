/** Where a guard is called: what the framework knows about the request at that moment. @module */
import type { IncomingMessage } from 'node:http'
import type { Routing } from '../index.ts'
import type { BodyReader, FrameworkTarget, RoutedState } from '../adapter.ts'
import { frameworkTarget, type RoutedRequest } from './routed-request.ts'

/** The member of Node's response that decides whether the connection stays open. */
export interface Outgoing {
  shouldKeepAlive: boolean
}

/** What a framework knows about a request when it calls a guard. */
export interface GuardedPlace extends RoutedState {
  /** The object to which the authorizer's context is attached. */
  readonly carrier: object
  /** Returns what the framework reports about the target. Default: {@link frameworkTarget}. */
  target?(): FrameworkTarget
  /**
   * Returns the target if the framework routes it as the client sent it and removed no part of it, without building what
   * {@link target} returns. Default: {@link target} is always compared.
   */
  plainTarget?(): string | undefined
  /** Whether the framework continues with the matched route even if a mapping changes the URL. Default: false. */
  readonly keepsRoute?: boolean
  /** Template of the matched route. Default: none. */
  readonly route?: string | undefined
  /** How the router compares paths. Default: the routing of the mount. */
  readonly routing?: Routing | undefined
  /** Reads the body, if the framework passes it on in its own way. Default: it is read from Node's request. */
  readonly body?: BodyReader | undefined
  /** The framework's request object, for `request.framework`. Default: Node's request. */
  readonly framework?: object | undefined
  /** How the framework parses a query. Default: with `URLSearchParams`, and a list for each repeated name. */
  parseQuery?(text: string): object
  /** Node's response, to close its connection if the body does not arrive in time. Default: the connection stays open. */
  readonly outgoing?: Outgoing | undefined
}

/** A place in a framework that uses Node's request as it is, or with the members of Connect and Express. */
// A class, because closures for each request would cost more than the object.
export class IncomingPlace implements GuardedPlace {
  readonly incoming: IncomingMessage
  readonly carrier: object
  readonly outgoing: Outgoing | undefined
  readonly #method: string | undefined
  readonly #url: string | undefined
  readonly #baseUrl: unknown

  /**
   * @param incoming Node's request
   * @param carrier the object to which the authorizer's context is attached
   * @param outgoing Node's response, if there is one
   */
  constructor(incoming: IncomingMessage, carrier: object, outgoing?: Outgoing) {
    this.incoming = incoming
    this.carrier = carrier
    this.outgoing = outgoing
    const { method, url, baseUrl } = incoming as IncomingMessage & RoutedRequest
    this.#method = method
    this.#url = url
    this.#baseUrl = baseUrl
  }

  target(): FrameworkTarget {
    return frameworkTarget(this.incoming)
  }

  plainTarget(): string | undefined {
    const url = this.#url
    const { originalUrl } = this.incoming as IncomingMessage & RoutedRequest
    const isReceived = typeof originalUrl !== 'string' || originalUrl === url
    return isReceived && (typeof this.#baseUrl !== 'string' || this.#baseUrl === '') ? url : undefined
  }

  isUnchanged(): boolean {
    const { method, url, baseUrl } = this.incoming as IncomingMessage & RoutedRequest
    return method === this.#method && url === this.#url && baseUrl === this.#baseUrl
  }
}
