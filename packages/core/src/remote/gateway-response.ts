/** `gatewayResponse`: asks a gateway that still runs for its decision, for comparisons (SEC-133). @module */
import type { Clock, DecisionObserver, GatewayRequest, GatewayResponseType, ObservedDecision } from '../index.ts'
import { check, type Checks, headersFor, systemClock, waitFor } from '../contract.ts'
import { resolveAddress, SECURE } from './address.ts'
import type { Fetch } from './exchange.ts'
import { fixedHeaders, TRANSPORT_HEADERS } from './fixed-headers.ts'
import { type HeaderFilter, listedHeaders } from './forwarding.ts'
import { forwardHeaders } from './options.ts'

/** Options of {@link gatewayResponse}. */
export interface GatewayResponseOptions {
  /**
   * The URL of the API with its stage or base path, such as `https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod`:
   * `https:`, or `http:` to this machine; without query, credentials and fragment. Path and query of the request are appended.
   */
  url: string
  /**
   * Methods of the requests that are sent to the gateway. Name only methods that change nothing: the handler behind the
   * gateway runs, too. A request is sent without its body. Default `['GET', 'HEAD']`.
   */
  methods?: readonly string[]
  /** Deadline in milliseconds until the status is known, 1 to 60,000. Default 5000. */
  timeoutMs?: number
  /**
   * Names of the request's headers to send. `'*'` is all except `Cookie`, hop-by-hop headers, those of proxies
   * (`X-Forwarded-For`) and names with an underscore. Headers of the body and of the transport are never sent. Default `['*']`.
   */
  forwardHeaders?: readonly string[]
  /** Headers that are sent with every request, such as an API key. Never logged. */
  headers?: Readonly<Record<string, string>>
  /**
   * Whether a response is a denial of the gateway, not the response of a handler. Default: status 401, 403, 429 or 500 with the
   * header `x-amzn-ErrorType`, as REST APIs send it. HTTP APIs do not send it, so they need this option.
   */
  isDenial?: (response: { readonly status: number; readonly headers: Headers }) => boolean
  /** Name for differences and reports. Default `'gatewayResponse'`. */
  name?: string
  /** Replaces the platform's `fetch`. It must support `redirect: 'manual'` and `signal`. */
  fetch?: Fetch
  /** Clock for the deadline, for tests. Default: the system clock. */
  clock?: Clock
}

const WHERE = 'gatewayResponse'

const CHECKS: Checks<GatewayResponseOptions> = {
  // Checked by `resolveAddress`, whose messages do not show it.
  url: () => undefined,
  methods: check.listOf(check.text(/^[A-Z]+(?:-[A-Z]+)*$/, 'a method in capital letters'), 20),
  timeoutMs: check.integer(1, 60_000, 'milliseconds'),
  forwardHeaders,
  headers: fixedHeaders,
  isDenial: check.callable,
  name: check.text(/^[\x21-\x7e]{1,64}$/, '1 to 64 printable ASCII characters without spaces'),
  fetch: check.callable,
  clock: check.instance('an object with now, monotonic and setTimeout', 'now', 'monotonic', 'setTimeout'),
}

/**
 * Marks requests that a comparison has sent. A service behind the gateway that it asks must not ask the gateway again, because
 * that would never end.
 */
const MARK = 'x-custom-authorizer-comparison'

/** Headers of proxies. The gateway would take those of the client for its own. */
const FORWARDED = headersFor('forwarded')

const DENIAL_STATUSES: ReadonlySet<number> = new Set([401, 403, 429, 500])

/** The response types of a REST API by their `x-amzn-ErrorType`. */
const ERROR_TYPES: Readonly<Record<string, GatewayResponseType>> = {
  UnauthorizedException: 'UNAUTHORIZED',
  AccessDeniedException: 'ACCESS_DENIED',
  AuthorizerConfigurationException: 'AUTHORIZER_CONFIGURATION_ERROR',
  AuthorizerFailureException: 'AUTHORIZER_FAILURE',
  ForbiddenException: 'INVALID_API_KEY',
  TooManyRequestsException: 'THROTTLED',
  LimitExceededException: 'QUOTA_EXCEEDED',
}

/** The gateway has no such route, so its authorizer was not called. */
const NO_ROUTE = 'MissingAuthenticationTokenException'

const errorTypeOf = (headers: Headers): string | undefined => headers.get('x-amzn-errortype')?.split(':')[0]?.trim()

interface Settings {
  readonly base: URL
  readonly methods: ReadonlySet<string>
  readonly isForwarded: HeaderFilter
  readonly headers: Readonly<Record<string, string>>
  readonly isDenial: NonNullable<GatewayResponseOptions['isDenial']>
  readonly fetch: Fetch
}

/** Whether a request is one that the gateway can be asked about: it is sent unchanged, and changes nothing. */
const isComparable = (request: GatewayRequest, methods: ReadonlySet<string>): boolean =>
  methods.has(request.method) &&
  request.problem === undefined &&
  !request.isAmbiguous &&
  // Repeated lines would arrive as one.
  !request.repeatedCredential &&
  !request.opensConnection &&
  request.header('upgrade') === undefined &&
  request.header(MARK) === undefined

/** The URL at the gateway; `undefined` if `fetch` would send another path. */
const urlOf = (request: GatewayRequest, { href, origin, pathname }: URL): string | undefined => {
  const { rawPath, queryString } = request.received ?? request
  // The target of `OPTIONS *` is no path.
  if (!rawPath.startsWith('/')) return undefined
  const path = `${pathname.replace(/\/$/, '')}${rawPath}`
  const text = `${href.slice(0, href.length - pathname.length)}${path}${queryString === '' ? '' : `?${queryString}`}`
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const isUnchanged = url.origin === origin && url.pathname === path && url.search.slice(1) === queryString
  return isUnchanged && url.hash === '' ? text : undefined
}

const headersOf = (request: GatewayRequest, { isForwarded, headers }: Settings): Headers => {
  const sent = new Headers()
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase()
    if (isForwarded(lower) && !TRANSPORT_HEADERS.has(lower)) sent.append(name, value)
  }
  for (const [name, value] of Object.entries(headers)) sent.set(name, value)
  sent.set('accept-encoding', 'identity')
  sent.set(MARK, '1')
  return sent
}

const decisionOf = (response: Response, { isDenial }: Settings): ObservedDecision => {
  const { status, headers, redirected } = response
  if (redirected) throw new Error('the gateway returned a redirect, which fetch followed')
  if (!isDenial({ status, headers })) return { verdict: 'allow' }
  const type = errorTypeOf(headers)
  if (type === NO_ROUTE) throw new Error('the gateway has no such route')
  const responseType = type !== undefined && Object.hasOwn(ERROR_TYPES, type) ? ERROR_TYPES[type] : undefined
  return { verdict: 'deny', status, responseType }
}

/** Sends the request. The body of the response is not read. */
const ask = async (
  url: string,
  request: GatewayRequest,
  settings: Settings,
  signal: AbortSignal,
): Promise<ObservedDecision> => {
  const headers = headersOf(request, settings)
  const response = await settings.fetch(url, { method: request.method, headers, redirect: 'manual', signal })
  void response.body?.cancel().catch(() => undefined)
  return decisionOf(response, settings)
}

/**
 * Asks a gateway that still runs for its decision: each request that changes nothing is sent there, too, and the status shows
 * whether it was allowed. Use it as `candidate` of `shadow`, when clients call the service already and the gateway is what you
 * compare with. There is no principal and no context to compare.
 *
 * Credentials are sent to the origin of `url` only. Redirects are not followed, and the body of the response is not read. A
 * request that such a comparison has sent is not compared again.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * const candidate = gatewayResponse({ url: 'https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod' })
 * app.use(customAuthorizer(shadow({ enforce: createAuthorizer({ authorize: handler, contract: aws.token() }), candidate })))
 */
export const gatewayResponse = (options: GatewayResponseOptions): DecisionObserver => {
  const checked = check.checkOptions<GatewayResponseOptions>(WHERE, options, CHECKS)
  const base = resolveAddress(`${WHERE}.url`, checked.url, SECURE)
  if (base.href.includes('?')) throw check.optionProblem(`${WHERE}.url`, 'a URL with a query', 'a URL without a query')
  const { timeoutMs = 5000, clock = systemClock, methods = ['GET', 'HEAD'] } = checked
  const listed = new Set(checked.forwardHeaders?.map((name) => name.toLowerCase()))
  const isListed = listedHeaders(checked.forwardHeaders)
  const settings: Settings = {
    base,
    methods: new Set(methods),
    isForwarded: (name) => isListed(name) && (listed.has(name) || !FORWARDED.has(name)),
    headers: { ...checked.headers },
    isDenial:
      checked.isDenial ?? (({ status, headers }) => DENIAL_STATUSES.has(status) && errorTypeOf(headers) !== undefined),
    fetch: checked.fetch ?? ((url, init) => fetch(url, init)),
  }
  return {
    name: checked.name ?? WHERE,
    observe: async (request, { signal }) => {
      const url = isComparable(request, settings.methods) ? urlOf(request, base) : undefined
      if (url === undefined) return undefined
      const waited = await waitFor({
        clock,
        timeoutMs,
        onAbort: [
          (listener) => {
            signal.addEventListener('abort', listener, { once: true })
            return () => signal.removeEventListener('abort', listener)
          },
        ],
        start: (ended) => ask(url, request, settings, ended),
      })
      if (waited.status === 'ready') return waited.value
      if (waited.status === 'failed') throw waited.error
      throw new DOMException(`The gateway did not respond within ${timeoutMs} ms`, 'TimeoutError')
    },
  }
}
