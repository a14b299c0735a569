/** What an adapter passes to build a request. @module */
import type { Block } from './source-ip.ts'

/** How the router behind the guard compares paths. An unknown property is assumed to be loose (SEC-11). */
export interface Routing {
  /** Whether `/Admin` and `/admin` are different routes. */
  readonly caseSensitive: boolean
  /** Whether `/admin/` and `/admin` are different routes. */
  readonly strict: boolean
  /** Whether `/%61dmin` and `/admin` are the same route. Default: not known, and both spellings are compared. */
  readonly decodes?: boolean
  /** Whether the root of a mounted router responds with and without a slash, even if routes do not. Default: false. */
  readonly looseMounts?: boolean
}

/**
 * Why there is no body: it is too large (`TOO_LARGE`), other code has read it (`GONE`), the connection broke off (`BROKEN`),
 * a limit did not permit it (`REFUSED`), or it did not arrive in time (`TIMED_OUT`).
 */
export type BodyProblem = 'TOO_LARGE' | 'GONE' | 'BROKEN' | 'REFUSED' | 'TIMED_OUT'

/** Limits on reading one body, set by the authorizer that needs it. Every reader has to observe them (SEC-64, SEC-97). */
export interface BodyTerms {
  /** To be called before the reader waits for bytes that have not arrived. If it returns `false`, the result is `'REFUSED'`. */
  readonly wait: () => boolean
  /**
   * To be called with the length in bytes of each chunk that is buffered. If it returns `false`, drop all chunks; the result
   * is `'REFUSED'`.
   */
  readonly hold: (bytes: number) => boolean
  /** Aborted at the deadline: stop reading and drop all chunks; the result is `'TIMED_OUT'`. */
  readonly signal: AbortSignal
}

/**
 * Reads the whole body, but never more than `maxBytes` of it, so that downstream handlers can read it again. It must not
 * reject.
 */
export type BodyReader = (maxBytes: number, terms?: BodyTerms) => Promise<Uint8Array | BodyProblem>

/** A request as an adapter received it: nothing is decoded, merged or lower-cased. */
export interface GatewayRequestInit {
  readonly method: string
  /** The request target that the framework routes: path from the root, and query. */
  readonly target: string
  /** Names and values alternating, in the order and spelling received: Node's `rawHeaders`. */
  readonly rawHeaders: readonly string[]
  /** Whether header lines are missing, because the server keeps a limited number of them; such a request is rejected. Default: false. */
  readonly incompleteHeaders?: boolean | undefined
  /** `'1.0'`, `'1.1'` or `'2.0'`. */
  readonly httpVersion: string
  /** Returns the address of the socket's peer. Called at most once, and only if something depends on it. */
  readonly peer: () => string | undefined
  /** How the router behind the guard compares paths. */
  readonly routing: Routing
  /** Template of the route that the framework has matched. Default: none, for guards of the whole application. */
  readonly route?: string | undefined
  /** The target that the client sent, if something has rewritten it since. Default: {@link target}. */
  readonly receivedTarget?: string | undefined
  /** Whether the two targets differ by neither a known mount nor a known rewrite; such a request is rejected. */
  readonly unexplainedTarget?: boolean | undefined
  /** `'allow'` accepts targets that two layers may read differently. Default `'reject'`. */
  readonly ambiguousTargets?: 'reject' | 'allow' | undefined
  /** `'reject'` rejects `%2F` in paths, and `%25` before two hexadecimal digits. Default `'data'` (SEC-06). */
  readonly encodedSlash?: 'reject' | 'data' | undefined
  /** Peers whose `X-Forwarded-For` is trusted. Default: none. */
  readonly trustedProxies?: readonly Block[] | undefined
  /** Reads the body. Called only for contracts with `maxBodyBytes`. Default: no body is available. */
  readonly body?: BodyReader | undefined
  /**
   * Calls a listener once when the client disconnects, and returns a function that removes it. Used only while the request
   * waits for something before its authorizer can be called. Default: the client never disconnects.
   */
  readonly onAbort?: ((listener: () => void) => () => void) | undefined
  /**
   * Whether the request opens a connection on which the client sends further messages, for every method.
   * Default: false; a WebSocket handshake is recognized by its headers (SEC-122).
   */
  readonly opensConnection?: boolean | undefined
  /** The framework's own request object, for `request.framework`. Default: none. */
  readonly framework?: object | undefined
}
