/**
 * Rejects requests that another site can cause with the credentials of a browser's user: cross-site request forgery, and
 * cross-site WebSocket hijacking (SEC-122).
 * @module
 */
import { type Check, type Checks, listOf, oneOf } from '../util/check.ts'
import { unsafeOption, type UnsafeOptions } from '../util/unsafe-options.ts'
import { isSerializedOrigin, ORIGIN } from '../util/url.ts'
import type { GatewayRequest } from './gateway-request.ts'
import { REPEATED } from './headers.ts'
import type { IdentitySource } from './identity-source.ts'
import { canonicalAuthority } from './target.ts'

/** Options for requests with a credential that browsers attach by themselves. */
export interface CrossOriginOptions {
  /**
   * Origins of pages that may send such requests besides those of the same origin, such as `'https://app.example.com'`: in lower
   * case, without a default port. Default: none.
   */
  trustedOrigins?: readonly string[]
  /**
   * Whether requests with a cookie credential that come from another origin are denied, if their method is not GET, HEAD or
   * OPTIONS, or if they open a WebSocket. `'allow'` leaves this check to the application. Default `'deny'` (SEC-122).
   */
  crossOrigin?: 'deny' | 'allow'
}

const isOrigin = (value: unknown): boolean => {
  if (typeof value !== 'string' || !ORIGIN.test(value)) return false
  // Origins of other schemes, such as `capacitor://localhost`, have no serialization in the URL standard.
  return !/^(?:https?|wss?):/i.test(value) || isSerializedOrigin(value)
}

const trustedOriginsOption: Check = listOf(
  (value) =>
    isOrigin(value)
      ? undefined
      : 'an origin such as "https://app.example.com", in lower case and without a default port',
  1000,
)

/** Checks of {@link CrossOriginOptions}. */
export const CROSS_ORIGIN_CHECKS: Checks<CrossOriginOptions> = {
  trustedOrigins: trustedOriginsOption,
  crossOrigin: oneOf('deny', 'allow'),
}

/** Option values that relax a rule (SEC-109). */
export const CROSS_ORIGIN_UNSAFE_OPTIONS: UnsafeOptions = {
  crossOrigin: unsafeOption('allow', ['SEC-122'], 'other sites can send requests with the cookies of their visitors'),
}

/** The options for a contract, in a copy. */
export const crossOriginRules = ({
  trustedOrigins = [],
  crossOrigin = 'deny',
}: CrossOriginOptions): Required<Pick<CrossOriginRules, 'trustedOrigins' | 'crossOrigin'>> => ({
  trustedOrigins: Object.freeze([...trustedOrigins]),
  crossOrigin,
})

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Values of `Sec-Fetch-Site` for requests that no other site has caused: `none` is the user, for example with a bookmark. */
const OWN_SITES: ReadonlySet<unknown> = new Set(['same-origin', 'none'])
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }

const opensConnection = (request: GatewayRequest): boolean =>
  request.opensConnection || request.headerValues('upgrade').some((value) => /websocket/i.test(value))

/** Whether an origin has the authority of the request. The scheme is not compared: TLS may end at a proxy. */
const isOwnOrigin = (origin: string, authority: string | undefined): boolean => {
  const [, scheme = '', host = ''] = /^(https?):\/\/([^/]+)$/.exec(origin) ?? []
  const port = DEFAULT_PORTS[scheme]
  if (port === undefined || authority === undefined) return false
  const own = canonicalAuthority(host, port)
  return own !== undefined && own === canonicalAuthority(authority, port)
}

/** Why a request may come from another origin; `undefined` if it does not. */
const foreignOriginProblem = (request: GatewayRequest, trustedOrigins: readonly string[]): string | undefined => {
  const origin = request.headerOnce('origin')
  if (typeof origin === 'string' && trustedOrigins.includes(origin)) return undefined
  const site = request.headerOnce('sec-fetch-site')
  if (site !== undefined)
    return OWN_SITES.has(site) ? undefined : 'Sec-Fetch-Site is not same-origin, and Origin is not in trustedOrigins'
  if (origin === undefined) return 'the request has neither Sec-Fetch-Site nor Origin'
  if (origin === REPEATED) return 'Origin was sent more than once'
  return isOwnOrigin(origin, request.authority)
    ? undefined
    : 'Origin is not the origin of the request, and not in trustedOrigins'
}

/** The part of a contract that decides which requests have to come from the same origin. */
export interface CrossOriginRules extends Readonly<CrossOriginOptions> {
  readonly identitySources: readonly IdentitySource[]
  /** Whether the function reads cookies itself. */
  readonly readsCookies?: boolean
}

/**
 * Why a request is rejected because another site may have caused it; `undefined` if it is not. Requests without a credential
 * that browsers attach by themselves pass, and so do those with a safe method that open no connection.
 */
export const crossOriginProblem = (
  { identitySources, readsCookies = false, crossOrigin, trustedOrigins = [] }: CrossOriginRules,
  request: GatewayRequest,
): string | undefined => {
  const hasAmbient =
    (readsCookies && request.headerValues('cookie').length > 0) ||
    identitySources.some((source) => source.isAmbient?.(request) === true)
  if (!hasAmbient || crossOrigin === 'allow') return undefined
  if (SAFE_METHODS.has(request.method) && !opensConnection(request)) return undefined
  return foreignOriginProblem(request, trustedOrigins)
}
