/**
 * The canonical request: built once at the edge, never changed, read by identity sources, cache, policy, event and
 * logs alike (SEC-01). It leaves the body alone unless a contract asks for it.
 * @module
 */
import { asciiLower } from '../util/ascii.ts'
import { namesHopByHopOnly } from './connection.ts'
import { parseQuery, type QueryParameter } from './query.ts'
import { type Route, RouteTable } from './route.ts'
import { type Block, parseBlock, sourceIpOf } from './source-ip.ts'
import { canonicalAuthority, hasEncodedSlash, parseTarget, type RequestProblem, type Target } from './target.ts'

/** How the router behind the guard compares paths. What is not known is assumed loose (SEC-11). */
export interface Routing {
  /** Whether `/Admin` and `/admin` are different routes. */
  readonly caseSensitive: boolean
  /** Whether `/admin/` and `/admin` are different routes. */
  readonly strict: boolean
  /** Whether `/%61dmin` and `/admin` are the same route. Default: they are not. */
  readonly decodes?: boolean
  /** Whether the root of a mounted router answers with and without a slash even if routes do not. Default: it does not. */
  readonly looseMounts?: boolean
}

/**
 * Why there is no body: it is too large, other code has read it before, the connection broke off, its terms did not permit
 * it, or their signal was aborted.
 */
export type BodyProblem = 'TOO_LARGE' | 'GONE' | 'BROKEN' | 'REFUSED' | 'TIMED_OUT'

/** Limits on reading one body, set by the authorizer that needs it. Every reader has to observe them (SEC-64, SEC-97). */
export interface BodyTerms {
  /** Has to be called before the reader waits for bytes that have not arrived. `false`: the result is `'REFUSED'`. */
  readonly wait: () => boolean
  /** Has to be called with the length of each chunk that is buffered. `false`: drop all chunks; the result is `'REFUSED'`. */
  readonly hold: (bytes: number) => boolean
  /** Aborted at the deadline: stop reading and drop all chunks; the result is `'TIMED_OUT'`. */
  readonly signal: AbortSignal
}

/**
 * Reads the whole body, but never more than `maxBytes` of it, so that downstream handlers can read it again. It must not
 * reject.
 */
export type BodyReader = (maxBytes: number, terms?: BodyTerms) => Promise<Uint8Array | BodyProblem>

/** What an adapter hands over. Everything is as received on the wire; nothing is decoded, merged or lower-cased. */
export interface GatewayRequestInit {
  readonly method: string
  /** The request target that the framework routes: path from the root, and query. */
  readonly target: string
  /** Names and values alternating, in the order and spelling received: Node's `rawHeaders`. */
  readonly rawHeaders: readonly string[]
  /** `'1.0'`, `'1.1'` or `'2.0'`. */
  readonly httpVersion: string
  /** Address of the socket's peer; asked at most once, and only if something depends on it. */
  readonly peer: () => string | undefined
  /** How the router behind compares paths. */
  readonly routing: Routing
  /** Template of the route that the framework has matched, if it has. */
  readonly route?: string | undefined
  /**
   * The target that the client sent, where the framework now routes another one because something has rewritten it.
   * Default: {@link target}.
   */
  readonly receivedTarget?: string | undefined
  /** Whether the adapter can tell neither a mount nor a rewrite from the two targets; then the request is rejected. */
  readonly unexplainedTarget?: boolean | undefined
  /** `'allow'` lets targets through that two layers may read differently. Default `'reject'`. */
  readonly ambiguousTargets?: 'reject' | 'allow' | undefined
  /** `'reject'` rejects `%2F` in paths, and `%25` before two hexadecimal digits. Default `'data'` (SEC-06). */
  readonly encodedSlash?: 'reject' | 'data' | undefined
  /** Peers whose `X-Forwarded-For` is believed. Default: none. */
  readonly trustedProxies?: readonly Block[] | undefined
  /** Reads the body; called only for contracts with `maxBodyBytes`. Default: no body is available. */
  readonly body?: BodyReader | undefined
  /**
   * Calls a listener once when the client has left, and returns a function that removes it. Used only while the request
   * waits for something before its authorizer can be called. Default: the client never leaves.
   */
  readonly onAbort?: ((listener: () => void) => () => void) | undefined
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const METHOD = /^[A-Z]+(?:[-_][A-Z]+)*$/
const VERSIONS: ReadonlySet<string> = new Set(['1.1', '1.0', '2.0'])
const NO_PARAMETERS: readonly QueryParameter[] = Object.freeze([])

/** Stands for a value that the client sent more than once where one is expected (SEC-24). */
export const REPEATED: unique symbol = Symbol('repeated')

/** Compares a header name with a lower-case one, folding ASCII letters only (SEC-16). */
const isHeader = (name: string, lower: string): boolean => {
  if (name.length !== lower.length) return false
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index)
    const wanted = lower.charCodeAt(index)
    if (code !== wanted && (code < 65 || code > 90 || (code | 32) !== wanted)) return false
  }
  return true
}

// HTTP/2 clients may send a cookie header in pieces, which are one header for everybody else (RFC 9113, section 8.2.3).
const withWholeCookie = (raw: readonly string[]): readonly string[] => {
  let at = -1
  let lines: string[] | undefined
  for (let index = 0; index < raw.length; index += 2) {
    const [name, value] = [raw[index] as string, raw[index + 1] as string]
    const cookie = name.length === 6 && isHeader(name, 'cookie')
    if (cookie && at >= 0) {
      lines ??= raw.slice(0, index)
      lines[at + 1] += `; ${value}`
    } else {
      if (cookie) at = index
      lines?.push(name, value)
    }
  }
  return lines ?? raw
}

// Nearly every request of a process names the same host.
let lastHost = ''
let lastAuthority: string | undefined
const authorityOf = (host: string): string | undefined => {
  if (host !== lastHost) {
    lastAuthority = canonicalAuthority(host, '')
    lastHost = host
  }
  return lastAuthority
}

/** One request as every part of the library sees it. Immutable: there is nothing on it that can be assigned. */
export class GatewayRequest {
  readonly #init: GatewayRequestInit
  readonly #target: Target
  readonly #problem: RequestProblem | undefined
  readonly #authority: string | undefined
  readonly #repeatedCredential: boolean
  readonly #received: GatewayRequest | undefined
  #query: readonly QueryParameter[] | undefined
  #route: Route | undefined | null = null
  #sourceIp: string | undefined | null = null
  #peer: string | undefined | null = null
  #body: Promise<Uint8Array | BodyProblem> | undefined

  constructor(init: GatewayRequestInit) {
    this.#init = init.httpVersion === '2.0' ? { ...init, rawHeaders: withWholeCookie(init.rawHeaders) } : init
    this.#target = parseTarget(init.method, init.target, {
      allowAmbiguous: init.ambiguousTargets === 'allow',
      encodedSlash: init.encodedSlash,
    })
    let problem = this.#target.problem
    if (init.receivedTarget !== undefined && init.receivedTarget !== init.target) {
      this.#received = new GatewayRequest({ ...init, target: init.receivedTarget, receivedTarget: undefined })
      problem ??= this.#received.problem
    }
    if (init.unexplainedTarget === true) problem ??= 'UNEXPLAINED_TARGET'
    if (!METHODS.has(init.method) && !METHOD.test(init.method)) problem ??= 'METHOD'
    if (!VERSIONS.has(init.httpVersion)) problem ??= 'HTTP_VERSION'

    let host: string | undefined
    let credentials = 0
    const raw = this.#init.rawHeaders
    for (let index = 0; index < raw.length; index += 2) {
      const name = raw[index] as string
      if (name.length === 13) {
        if (isHeader(name, 'authorization')) credentials++
      } else if (name.length === 10 && isHeader(name, 'connection')) {
        if (!namesHopByHopOnly(raw[index + 1] as string)) problem ??= 'CONNECTION_HEADER'
      } else if (name.length === 4 ? isHeader(name, 'host') : name === ':authority') {
        const value = raw[index + 1] as string
        // An HTTP/2 client may send both `host` and `:authority`; then they must say the same (SEC-15, SEC-114).
        if (host === undefined) host = value
        else if (init.httpVersion !== '2.0' || value !== host) problem ??= 'AUTHORITY'
      }
    }
    this.#repeatedCredential = credentials > 1
    this.#authority = host === undefined ? undefined : authorityOf(host)
    if (this.#authority === undefined && (host !== undefined || init.httpVersion !== '1.0')) problem ??= 'AUTHORITY'
    const named = this.#target.authority
    if (
      named !== undefined &&
      host !== undefined &&
      named !== canonicalAuthority(host, /^https:/i.test(init.target) ? '443' : '80')
    ) {
      problem ??= 'AUTHORITY'
    }
    this.#problem = problem
  }

  /** Why the request has to be refused with 400, or `undefined`. */
  get problem(): RequestProblem | undefined {
    return this.#problem
  }

  /**
   * The same request under the target that the client sent, where the framework routes another one (SEC-12); `undefined`
   * when they are the same. A policy has to allow both.
   */
  get received(): GatewayRequest | undefined {
    return this.#received
  }

  /** Whether the client sent more than one `Authorization` line, which is refused with 401 (SEC-24). */
  get repeatedCredential(): boolean {
    return this.#repeatedCredential
  }

  /** The method on the wire, never an override header. */
  get method(): string {
    return this.#init.method
  }

  /** Canonical path from the root, whatever depth the guard is mounted at (SEC-12); not decoded beyond SEC-07. */
  get path(): string {
    return this.#target.path
  }

  /** The path as the client sent it, with every needless escape. */
  get rawPath(): string {
    return this.#target.rawPath
  }

  /** Whether two layers may read the target differently; such a request only goes on where that was asked for. */
  get isAmbiguous(): boolean {
    return this.#target.ambiguous
  }

  /**
   * Whether the path was sent in its canonical spelling, which no two layers read differently. What was sent otherwise is
   * on no skip list.
   */
  get isCanonical(): boolean {
    return !this.#target.ambiguous && this.#target.rawPath === this.#target.path
  }

  /** Whether the path holds `%2F`, which routers read as data and file servers as a slash (SEC-06). */
  get hasEncodedSlash(): boolean {
    return hasEncodedSlash(this.#target.path)
  }

  /** The path that policies are compared with: without the trailing slash when the router ignores it (SEC-11). */
  get resourcePath(): string {
    const path = this.#target.path
    return this.#init.routing.strict || path.length === 1 || !path.endsWith('/') ? path : path.slice(0, -1)
  }

  /** How the router behind the guard compares paths. */
  get routing(): Routing {
    return this.#init.routing
  }

  /** Everything after the first `?`, as received; `''` when there is none. */
  get queryString(): string {
    return this.#target.queryString
  }

  /** `HTTP/1.1` and the like. */
  get protocol(): string {
    return this.#init.httpVersion === '2.0' ? 'HTTP/2' : `HTTP/${this.#init.httpVersion}`
  }

  /** `Host` or `:authority` in lower case; `undefined` when an HTTP/1.0 client sent none. */
  get authority(): string | undefined {
    return this.#authority
  }

  /** The client's address in canonical text, or `undefined` when it cannot be told. */
  get sourceIp(): string | undefined {
    if (this.#sourceIp === null) {
      const proxies = this.#init.trustedProxies ?? []
      const forwarded = proxies.length > 0 ? this.headerValues('x-forwarded-for').join(',') : ''
      this.#sourceIp = sourceIpOf(this.peer, forwarded === '' ? undefined : forwarded, proxies)
    }
    return this.#sourceIp
  }

  /** The socket's peer, which is a proxy's address behind a proxy; `undefined` when it cannot be told. */
  get peer(): string | undefined {
    if (this.#peer === null) this.#peer = sourceIpOf(this.#init.peer(), undefined, [])
    return this.#peer
  }

  /** The route that the framework has matched, with its parameters undecoded; `undefined` for a whole-app guard. */
  get route(): Route | undefined {
    if (this.#route === null) {
      const template = this.#init.route
      this.#route =
        template === undefined
          ? undefined
          : new RouteTable('route', [template]).match(this.method, this.path, this.routing.caseSensitive)
    }
    return this.#route
  }

  /** All headers, one `[name, value]` for each line, in the spelling and order received. */
  get headers(): readonly (readonly [name: string, value: string])[] {
    const lines: [string, string][] = []
    const raw = this.#init.rawHeaders
    for (let index = 0; index < raw.length; index += 2) {
      const name = raw[index] as string
      if (!name.startsWith(':')) lines.push([name, raw[index + 1] as string])
    }
    return lines
  }

  /** The values of every line of a header, in order. `name` is case-insensitive. */
  headerValues(name: string): readonly string[] {
    const lower = asciiLower(name)
    const raw = this.#init.rawHeaders
    const values: string[] = []
    for (let index = 0; index < raw.length; index += 2) {
      if (isHeader(raw[index] as string, lower)) values.push(raw[index + 1] as string)
    }
    return values
  }

  /** A header's value; several lines are joined with `, ` (RFC 9110, section 5.3). `name` is case-insensitive. */
  header(name: string): string | undefined {
    const lower = asciiLower(name)
    const raw = this.#init.rawHeaders
    let value: string | undefined
    for (let index = 0; index < raw.length; index += 2) {
      if (isHeader(raw[index] as string, lower)) {
        const line = raw[index + 1] as string
        value = value === undefined ? line : `${value}, ${line}`
      }
    }
    return value
  }

  /** The value of a header that has one line; {@link REPEATED} when it has more. `lower` is a lower-case name. */
  headerOnce(lower: string): string | undefined | typeof REPEATED {
    const raw = this.#init.rawHeaders
    let value: string | undefined
    for (let index = 0; index < raw.length; index += 2) {
      if (!isHeader(raw[index] as string, lower)) continue
      if (value !== undefined) return REPEATED
      value = raw[index + 1] as string
    }
    return value
  }

  /** How many lines of a header the client sent. `lower` is a lower-case name. */
  headerCount(lower: string): number {
    const raw = this.#init.rawHeaders
    let count = 0
    for (let index = 0; index < raw.length; index += 2) if (isHeader(raw[index] as string, lower)) count++
    return count
  }

  /** The body. It is read once: the limits of the first call apply to all. Never rejects. */
  readBody(maxBytes: number, terms?: BodyTerms): Promise<Uint8Array | BodyProblem> {
    const { body } = this.#init
    if (body === undefined) this.#body ??= Promise.resolve('GONE')
    else this.#body ??= (terms === undefined ? body(maxBytes) : body(maxBytes, terms)).catch(() => 'BROKEN' as const)
    return this.#body.then((read) => (typeof read !== 'string' && read.length > maxBytes ? 'TOO_LARGE' : read))
  }

  /** Calls `listener` once when the client has left. Returns a function that removes it. */
  onAbort(listener: () => void): () => void {
    return this.#init.onAbort?.(listener) ?? (() => undefined)
  }

  /** The query parameters in order, decoded; a part that is not valid UTF-8 is `undefined`. */
  get queryParameters(): readonly QueryParameter[] {
    this.#query ??= this.queryString === '' ? NO_PARAMETERS : parseQuery(this.queryString)
    return this.#query
  }

  /** A query parameter's value; the first one if it is repeated. Names are case-sensitive. */
  query(name: string): string | undefined {
    return this.queryParameters.find((each) => each.name === name)?.value
  }

  /** A cookie's value, undecoded; `undefined` when it is absent or sent more than once. Names are case-sensitive. */
  cookie(name: string): string | undefined {
    let found: string | undefined
    for (const line of this.headerValues('cookie')) {
      for (const pair of line.split(';')) {
        const equals = pair.indexOf('=')
        if (equals < 0 || pair.slice(0, equals).trim() !== name) continue
        if (found !== undefined) return undefined
        found = pair.slice(equals + 1).trim()
      }
    }
    return found
  }
}
Object.freeze(GatewayRequest.prototype)

/** Parses the CIDR blocks of an option that has passed its check. */
export const parseProxies = (list: readonly string[]): readonly Block[] => list.map((each) => parseBlock(each) as Block)
