/**
 * The canonical request: built once by the adapter, never changed, and read by identity sources, cache, policy, event and
 * log alike (SEC-01). The body is not read unless a contract needs it.
 * @module
 */
import { asciiLower } from '../util/ascii.ts'
import { namesHopByHopOnly } from './connection.ts'
import {
  cookieValue,
  headerLines,
  headerOnce,
  headerValues,
  isHeader,
  joinedHeader,
  REPEATED,
  withWholeCookie,
} from './headers.ts'
import { parseQuery, type QueryParameter } from './query.ts'
import { derived, detached, Parts, readOnce } from './derived-init.ts'
import type { BodyProblem, BodyTerms, GatewayRequestInit, Routing } from './request-init.ts'
import { isHttpVersion, isMethod } from './request-line.ts'
import { type Route, RouteTable } from './route.ts'
import { sourceIpOf } from './source-ip.ts'
import { authorityOf, hasEncodedSlash, namesHost, parseTarget, type RequestProblem, type Target } from './target.ts'

const USUAL_CONNECTION: ReadonlySet<string> = new Set(['keep-alive', 'close', 'Upgrade'])
const NO_PARAMETERS: readonly QueryParameter[] = Object.freeze([])

/** One request, as every part of the library reads it. Immutable. */
export class GatewayRequest {
  readonly #init: GatewayRequestInit
  readonly #target: Target
  readonly #problem: RequestProblem | undefined
  readonly #authority: string | undefined
  /** The value of `Authorization`, found by the constructor's pass over the headers. */
  readonly #authorization: string | undefined | typeof REPEATED
  readonly #received: GatewayRequest | undefined
  /** Parts that few requests need; `undefined` until the first of them is read. */
  #parts: Parts | undefined

  constructor(init: GatewayRequestInit) {
    this.#init = init.httpVersion === '2.0' ? derived(init, { rawHeaders: withWholeCookie(init.rawHeaders) }) : init
    this.#target = parseTarget(init.method, init.target, {
      allowAmbiguous: init.ambiguousTargets === 'allow',
      encodedSlash: init.encodedSlash,
    })
    let problem = this.#target.problem
    if (init.receivedTarget !== undefined && init.receivedTarget !== init.target) {
      this.#received = new GatewayRequest(derived(init, { target: init.receivedTarget, receivedTarget: undefined }))
      problem ??= this.#received.problem
    }
    if (init.unexplainedTarget === true) problem ??= 'UNEXPLAINED_TARGET'
    if (init.incompleteHeaders === true) problem ??= 'HEADER_LINES'
    if (!isMethod(init.method)) problem ??= 'METHOD'
    if (!isHttpVersion(init.httpVersion)) problem ??= 'HTTP_VERSION'
    let host: string | undefined
    let authorization: string | undefined
    let repeated = false
    const raw = this.#init.rawHeaders
    for (let index = 0; index < raw.length; index += 2) {
      const name = raw[index] as string
      if (name.length === 13) {
        if (isHeader(name, 'authorization')) {
          repeated ||= authorization !== undefined
          authorization = raw[index + 1] as string
        }
      } else if (name.length === 10 && isHeader(name, 'connection')) {
        const value = raw[index + 1] as string
        if (!USUAL_CONNECTION.has(value) && !namesHopByHopOnly(value)) problem ??= 'CONNECTION_HEADER'
      } else if (name.length === 4 ? isHeader(name, 'host') : name === ':authority') {
        const value = raw[index + 1] as string
        // An HTTP/2 client may send both `host` and `:authority`; they must be equal (SEC-15, SEC-114).
        if (host === undefined) host = value
        else if (init.httpVersion !== '2.0' || value !== host) problem ??= 'AUTHORITY'
      }
    }
    this.#authorization = repeated ? REPEATED : authorization
    this.#authority = host === undefined ? undefined : authorityOf(host)
    if (this.#authority === undefined && (host !== undefined || init.httpVersion !== '1.0')) problem ??= 'AUTHORITY'
    if (host !== undefined && !namesHost(this.#target, init.target, host)) problem ??= 'AUTHORITY'
    this.#problem = problem
  }

  /** Why the request has to be rejected with 400, or `undefined`. */
  get problem(): RequestProblem | undefined {
    return this.#problem
  }

  /** The request with the target that the client sent, if another one is routed. A policy has to allow both (SEC-12). */
  get received(): GatewayRequest | undefined {
    return this.#received
  }

  /** Whether the client sent more than one `Authorization` line, which is rejected with 401 (SEC-24). */
  get repeatedCredential(): boolean {
    return this.#authorization === REPEATED
  }

  /** The method that the client sent; override headers have no effect. */
  get method(): string {
    return this.#init.method
  }

  /** Canonical path from the root, also where the guard is mounted below it (SEC-12). Decoded only as SEC-07 requires. */
  get path(): string {
    return this.#target.path
  }

  /** The path with every needless escape that the client sent. */
  get rawPath(): string {
    return this.#target.rawPath
  }

  /** Whether two layers may read the target differently. Such a request passes only with `ambiguousTargets: 'allow'`. */
  get isAmbiguous(): boolean {
    return this.#target.ambiguous
  }

  /** Whether the path was sent in its canonical spelling. Other paths never match a skip rule. */
  get isCanonical(): boolean {
    return !this.#target.ambiguous && this.#target.rawPath === this.#target.path
  }

  /** Whether the path has `%2F`, which routers read as data and file servers as a slash (SEC-06). */
  get hasEncodedSlash(): boolean {
    return hasEncodedSlash(this.#target.path)
  }

  /** The path that policies are compared with: without the trailing slash if the router ignores it (SEC-11). */
  get resourcePath(): string {
    const path = this.#target.path
    return this.#init.routing.strict || path.length === 1 || !path.endsWith('/') ? path : path.slice(0, -1)
  }

  /** How the router behind the guard compares paths. */
  get routing(): Routing {
    return this.#init.routing
  }

  /** Everything after the first `?`, as received; `''` if there is none. */
  get queryString(): string {
    return this.#target.queryString
  }

  /** `HTTP/1.1` and the like. */
  get protocol(): string {
    return this.#init.httpVersion === '2.0' ? 'HTTP/2' : `HTTP/${this.#init.httpVersion}`
  }

  /** `Host` or `:authority` in lower case; `undefined` if an HTTP/1.0 client sent none. */
  get authority(): string | undefined {
    return this.#authority
  }

  /** The client's address in canonical text, or `undefined` if it cannot be determined. */
  get sourceIp(): string | undefined {
    const parts = (this.#parts ??= new Parts())
    if (parts.sourceIp === null) {
      const proxies = this.#init.trustedProxies ?? []
      const forwarded = proxies.length > 0 ? this.headerValues('x-forwarded-for').join(',') : ''
      parts.sourceIp = sourceIpOf(this.peer, forwarded === '' ? undefined : forwarded, proxies)
    }
    return parts.sourceIp
  }

  /** The address of the socket's peer, which may be a proxy; `undefined` if it cannot be determined. */
  get peer(): string | undefined {
    const parts = (this.#parts ??= new Parts())
    if (parts.peer === null) parts.peer = sourceIpOf(this.#init.peer(), undefined, [])
    return parts.peer
  }

  /** The route that the framework has matched, with undecoded parameters; `undefined` for a guard of the whole application. */
  get route(): Route | undefined {
    const parts = (this.#parts ??= new Parts())
    if (parts.route === null) {
      const template = this.#init.route
      parts.route =
        template === undefined
          ? undefined
          : new RouteTable('route', [template]).match(this.method, this.path, this.routing.caseSensitive)
    }
    return parts.route
  }

  /** All headers, one `[name, value]` for each line, in the spelling and order received. */
  get headers(): readonly (readonly [name: string, value: string])[] {
    return headerLines(this.#init.rawHeaders)
  }

  /** The values of every line of a header, in order. `name` is case-insensitive. */
  headerValues(name: string): readonly string[] {
    return headerValues(this.#init.rawHeaders, asciiLower(name))
  }

  /** A header's value; several lines are joined with `, ` (RFC 9110, section 5.3). `name` is case-insensitive. */
  header(name: string): string | undefined {
    return joinedHeader(this.#init.rawHeaders, asciiLower(name))
  }

  /** The value of a header with one line; {@link REPEATED} if it has more. `lower` is a lower-case name. */
  headerOnce(lower: string): string | undefined | typeof REPEATED {
    return lower === 'authorization' ? this.#authorization : headerOnce(this.#init.rawHeaders, lower)
  }

  /** The body. It is read once: the limits of the first call apply to all. Never rejects. */
  readBody(maxBytes: number, terms?: BodyTerms): Promise<Uint8Array | BodyProblem> {
    const parts = (this.#parts ??= new Parts())
    parts.body ??= readOnce(this.#init, maxBytes, terms)
    return parts.body.then((read) => (typeof read !== 'string' && read.length > maxBytes ? 'TOO_LARGE' : read))
  }

  /** The framework's own request object, for `getExpressRequest` and its like. Not part of the cache key. */
  get framework(): object | undefined {
    return this.#init.framework
  }

  /** Whether the adapter knows that this request opens a connection for further messages (SEC-122). */
  get opensConnection(): boolean {
    return this.#init.opensConnection === true
  }

  /** A copy without body, framework object and connection, which stays the same after the response. */
  detached(): GatewayRequest {
    return new GatewayRequest(detached(this.#init, this.peer))
  }

  /** Calls `listener` once when the client disconnects. Returns a function that removes it. */
  onAbort(listener: () => void): () => void {
    return this.#init.onAbort?.(listener) ?? (() => undefined)
  }

  /** The query parameters in order, decoded; a part that is not valid UTF-8 is `undefined`. */
  get queryParameters(): readonly QueryParameter[] {
    if (this.queryString === '') return NO_PARAMETERS
    const parts = (this.#parts ??= new Parts())
    return (parts.query ??= parseQuery(this.queryString))
  }

  /** A query parameter's value; the first one if it is repeated. Names are case-sensitive. */
  query(name: string): string | undefined {
    return this.queryParameters.find((each) => each.name === name)?.value
  }

  /** A cookie's value, undecoded; `undefined` if it is absent or sent more than once. Names are case-sensitive. */
  cookie(name: string): string | undefined {
    return cookieValue(this.headerValues('cookie'), name)
  }
}
Object.freeze(GatewayRequest.prototype)
