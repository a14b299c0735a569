/** CORS of HTTP APIs: preflights that the gateway answers, and headers that it adds to responses (AWS-FLOW-08). @module */
import type { Allowed, Denied, DenialCors, GatewayRequest } from '@custom-authorizer/core'
import { createContext, isAnonymous, markAnonymous, resultOfContext } from '@custom-authorizer/core/contract'
import type { CorsDefinition } from '../definition.ts'

type Header = readonly [name: string, value: string]

const isPreflight = (request: GatewayRequest): boolean =>
  request.method === 'OPTIONS' &&
  request.header('origin') !== undefined &&
  request.header('access-control-request-method') !== undefined

/** Text that a header of a response can have. */
const HEADER_TEXT = /^[\x20-\x7e]*$/

/** The CORS settings of one API. */
export class Cors {
  readonly #settings: CorsDefinition

  constructor(settings: CorsDefinition) {
    this.#settings = settings
  }

  /** For denials, which pages may read as they may read other responses. */
  get denialCors(): DenialCors | undefined {
    const { allowOrigins = [], allowCredentials = false } = this.#settings
    if (allowOrigins.includes('*')) return { allowOrigins: '*' }
    const exact = allowOrigins.filter((each) => /^https?:\/\/[a-z\d.-]+(?::\d+)?$/.test(each))
    return exact.length === 0 ? undefined : { allowOrigins: exact, allowCredentials }
  }

  /** The response to a preflight; `undefined` if the request is none. */
  answer(request: GatewayRequest): Denied | undefined {
    if (!isPreflight(request)) return undefined
    const { allowMethods = [], allowHeaders = [], maxAge } = this.#settings
    const granted = this.#granting(request)
    const headers: Header[] = [...granted]
    if (granted.some(([name]) => name === 'access-control-allow-origin')) {
      if (allowMethods.length > 0) headers.push(['access-control-allow-methods', allowMethods.join(',')])
      if (allowHeaders.length > 0) headers.push(['access-control-allow-headers', allowHeaders.join(',')])
      if (maxAge !== undefined) headers.push(['access-control-max-age', String(maxAge)])
    }
    const written = headers.filter(([, value]) => HEADER_TEXT.test(value))
    const response = { status: 204, headers: written, body: '' }
    return { allowed: false, reason: 'ROUTE_NOT_FOUND', type: 'MISSING_AUTHENTICATION_TOKEN', response }
  }

  /** Adds the headers that the gateway adds to the response of the service. */
  grant(request: GatewayRequest, outcome: Allowed): Allowed {
    const granted = this.#granting(request)
    const result = resultOfContext(outcome.authorizer)
    if (granted.length === 0 || result === undefined) return outcome
    const { exposeHeaders = [] } = this.#settings
    const exposed: Header[] =
      exposeHeaders.length === 0 ? [] : [['access-control-expose-headers', exposeHeaders.join(',')]]
    const responseHeaders = [...(result.responseHeaders ?? []), ...granted, ...exposed]
    const { authorizer } = outcome.authorizer.requestContext
    const context = createContext({ ...result, responseHeaders }, () => authorizer)
    return { allowed: true, authorizer: isAnonymous(outcome) ? markAnonymous(context) : context }
  }

  #granting(request: GatewayRequest): readonly Header[] {
    const { allowOrigins = [], allowCredentials = false } = this.#settings
    const origin = request.header('origin')
    if (origin === undefined || !HEADER_TEXT.test(origin)) return []
    const isAny = allowOrigins.includes('*')
    if (!isAny && !allowOrigins.some((each) => isOrigin(each, origin))) return [['vary', 'origin']]
    return [
      ['access-control-allow-origin', isAny ? '*' : origin],
      ...(isAny ? [] : ([['vary', 'origin']] as const)),
      ...(allowCredentials && !isAny ? ([['access-control-allow-credentials', 'true']] as const) : []),
    ]
  }
}

/** Whether an origin is the allowed one; `https://*` and `http://*` allow every origin of the scheme. */
const isOrigin = (allowed: string, origin: string): boolean =>
  allowed === origin || (/^https?:\/\/\*$/.test(allowed) && origin.startsWith(allowed.slice(0, -1)))
