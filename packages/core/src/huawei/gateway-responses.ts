/** Responses of APIG to denials, customized or not (HW-ERR-01 to HW-ERR-14, HW-GWR-01 to HW-GWR-10). @module */
import type { DenialReason, GatewayRequest, GatewayResponse, GatewayResponseType } from '../index.ts'
import { ASCII_FIELD_VALUE, type Check, check, type Denial, headersFor } from '../contract.ts'
import { type Api, requestIdOf } from './api.ts'
import { textOf } from './result.ts'

/** The error types of denials, and the defaults of the two status classes. */
const TYPES = [
  'ACCESS_DENIED',
  'AUTHORIZER_CONF_FAILURE',
  'AUTHORIZER_FAILURE',
  'AUTHORIZER_IDENTITIES_FAILURE',
  'DEFAULT_4XX',
  'DEFAULT_5XX',
  'REQUEST_PARAMETERS_FAILURE',
  'THROTTLED',
] as const

/** Name of a gateway response of APIG. */
export type ErrorType = (typeof TYPES)[number]

/** A customized gateway response, named as in the API reference. */
export interface GatewayResponseDefinition {
  /** 200 to 599 except 444. Default: the status of the type (HW-GWR-01). */
  status?: number
  /** Additional headers, at most 10; values may contain variables (HW-GWR-02). Default: none. */
  headers?: readonly { readonly key: string; readonly value: string }[]
  /** JSON with variables such as `$context.error.code` and `$context.authorizer.frontend.KEY` (HW-GWR-05). Default: the body of the type. */
  body?: string
}

/** Customized gateway responses by error type. */
export type GatewayResponseDefinitions = Readonly<Partial<Record<ErrorType, GatewayResponseDefinition>>>

/** The kind of an authorizer. */
export type AuthorizerKind = 'frontend' | 'backend'

/** The response of an error type without customization. */
interface DefaultResponse {
  readonly type: ErrorType
  readonly status: number
  readonly code: string
  readonly message: string
}

/** `{kind}` is replaced by the kind of authorizer (HW-ERR-09, HW-ERR-10, HW-ERR-12). */
const INCORRECT = 'Incorrect authentication information: {kind} authorizer'

const DEFAULT_RESPONSES: Readonly<Record<GatewayResponseType, DefaultResponse>> = {
  UNAUTHORIZED: { type: 'AUTHORIZER_IDENTITIES_FAILURE', status: 401, code: 'APIG.0305', message: INCORRECT },
  ACCESS_DENIED: { type: 'ACCESS_DENIED', status: 403, code: 'APIG.0306', message: 'API access denied.' },
  AUTHORIZER_CONFIGURATION_ERROR: {
    type: 'AUTHORIZER_CONF_FAILURE',
    status: 500,
    code: 'APIG.0601',
    message: 'Internal server error',
  },
  AUTHORIZER_FAILURE: { type: 'DEFAULT_5XX', status: 500, code: 'APIG.0601', message: 'Internal server error' },
  INVALID_API_KEY: {
    type: 'DEFAULT_4XX',
    status: 401,
    code: 'APIG.0303',
    message: 'Incorrect app authentication information.',
  },
  THROTTLED: {
    type: 'THROTTLED',
    status: 429,
    code: 'APIG.0308',
    message: 'The throttling threshold has been reached.',
  },
  QUOTA_EXCEEDED: { type: 'THROTTLED', status: 405, code: 'APIG.0501', message: 'The app quota has been used up.' },
  MISSING_AUTHENTICATION_TOKEN: {
    type: 'DEFAULT_4XX',
    status: 404,
    code: 'APIG.0101',
    message: 'The API does not exist or has not been published in the environment.',
  },
  BAD_REQUEST: { type: 'REQUEST_PARAMETERS_FAILURE', status: 400, code: 'APIG.0602', message: 'Bad request.' },
  URI_TOO_LONG: { type: 'DEFAULT_4XX', status: 414, code: 'APIG.0201', message: 'Request URI too large.' },
  REQUEST_TOO_LARGE: { type: 'DEFAULT_4XX', status: 413, code: 'APIG.0201', message: 'Request entity too large.' },
  REQUEST_TIMEOUT: { type: 'DEFAULT_4XX', status: 408, code: 'APIG.0201', message: 'Request timeout.' },
  OVERLOADED: { type: 'DEFAULT_5XX', status: 503, code: 'APIG.0601', message: 'Service unavailable' },
}

const DENIAL: DefaultResponse = { type: 'AUTHORIZER_FAILURE', status: 401, code: 'APIG.0305', message: INCORRECT }

const VARIABLE = /\$context\.(?:authorizer\.(frontend|backend)\.([\w-]+)|([A-Za-z]\w*(?:\.\w+)*))/g
const FIELD_NAME = /^[\w-]{1,128}$/
const RESERVED: ReadonlySet<string> = new Set([...headersFor('framing'), 'x-request-id'])

const isJsonTemplate = (body: string): boolean => {
  try {
    // A variable can be part of a string or a whole value.
    return JSON.parse(body.replace(VARIABLE, '1')) !== undefined
  } catch {
    return false
  }
}

const definition: Check = (value) => {
  const allowed =
    '{ status: 200 to 599 except 444, headers: at most 10 of { key, value: 1 to 1024 printable characters without "[[" and "]]" }, no key twice, body: JSON text }'
  if (!check.isRecord(value) || Object.keys(value).some((key) => !['status', 'headers', 'body'].includes(key))) {
    return allowed
  }
  const { status = 401, headers = [], body = '{}' } = value
  if (!Number.isInteger(status) || (status as number) < 200 || (status as number) > 599 || status === 444)
    return allowed
  if (!Array.isArray(headers) || headers.length > 10 || typeof body !== 'string' || !isJsonTemplate(body))
    return allowed
  const fits = headers.every(
    (each: unknown) =>
      check.isRecord(each) &&
      typeof each['key'] === 'string' &&
      FIELD_NAME.test(each['key']) &&
      !RESERVED.has(each['key'].toLowerCase()) &&
      typeof each['value'] === 'string' &&
      ASCII_FIELD_VALUE.test(each['value']) &&
      each['value'].length >= 1 &&
      each['value'].length <= 1024 &&
      !/\[\[|\]\]/.test(each['value']),
  )
  const names = new Set(headers.map((each: { key: string }) => each.key.toLowerCase()))
  return fits && names.size === headers.length ? undefined : allowed
}

/** Row for the option `gatewayResponses`. */
export const gatewayResponsesOption: Check = check.mapOf(check.oneOf(...TYPES), definition)

/** Options of the responses to denials. */
export interface ResponderOptions {
  readonly kind: AuthorizerKind
  readonly api: Api
  readonly definitions: GatewayResponseDefinitions
  /** The manual's page on gateway responses has 500, its page on error codes and captures have 401 (HW-ERR-11). */
  readonly denyStatus: 401 | 500
}

type Context = Readonly<Record<string, unknown>>

/** The frontend authorizer's context, for responses of the backend authorizer to the same request (HW-GEN-04). */
const frontendContexts = new WeakMap<GatewayRequest, Context>()

export const rememberFrontend = (request: GatewayRequest, context: Context): void => {
  frontendContexts.set(request, context)
}

interface Scope {
  readonly options: ResponderOptions
  readonly request: GatewayRequest
  readonly defaultResponse: DefaultResponse
  readonly message: string
  readonly contexts: Readonly<Record<AuthorizerKind, Context>>
}

const VALUES: Readonly<Record<string, (scope: Scope) => string | undefined>> = {
  apiId: ({ options }) => options.api.apiId,
  apiName: ({ options }) => options.api.apiName,
  appId: ({ options }) => options.api.appId,
  appName: ({ options }) => options.api.appName,
  'error.code': ({ defaultResponse }) => defaultResponse.code,
  'error.message': ({ message }) => message,
  'error.type': ({ defaultResponse }) => defaultResponse.type,
  reqMethod: ({ request }) => request.method,
  reqPath: ({ request }) => request.path,
  reqUri: ({ request: { path, queryString } }) => (queryString === '' ? path : `${path}?${queryString}`),
  requestId: ({ request }) => requestIdOf(request),
  sourceIp: ({ request }) => request.sourceIp,
  stage: ({ options }) => options.api.stage,
}

/** Replaces variables; unknown variables and missing keys are empty (HW-GWR-09). */
const render = (template: string, scope: Scope, escape: (text: string) => string): string =>
  template.replace(VARIABLE, (_, kind: AuthorizerKind | undefined, key: string = '', name: string = '') => {
    if (kind === undefined) return escape((Object.hasOwn(VALUES, name) ? VALUES[name]?.(scope) : undefined) ?? '')
    return escape((Object.hasOwn(scope.contexts[kind], key) ? textOf(scope.contexts[kind][key]) : undefined) ?? '')
  })

// Values may originate from the client, so they must not be able to end a JSON string (HW-GWR-08).
const insideString = (text: string): string => JSON.stringify(text).slice(1, -1)

const headerLines = ({ headers = [] }: GatewayResponseDefinition, scope: Scope): [string, string][] =>
  headers.flatMap(({ key, value }): [string, string][] => {
    const rendered = render(value, scope, (text) => text)
    return ASCII_FIELD_VALUE.test(rendered) ? [[key, rendered]] : []
  })

const defaultResponseOf = (type: GatewayResponseType, reason: DenialReason): DefaultResponse =>
  reason === 'DENIED' ? DENIAL : DEFAULT_RESPONSES[type]

/** The response of APIG to a denial, identical except for the added `Cache-Control: no-store` (SEC-103). */
export const respondAsApig = (
  options: ResponderOptions,
  { type, reason, request, result }: Denial,
): GatewayResponse => {
  const defaultResponse = defaultResponseOf(type, reason)
  const custom = options.definitions[defaultResponse.type] ?? {}
  const own = result?.context ?? {}
  const message = defaultResponse.message.replace('{kind}', options.kind)
  const scope: Scope = {
    options,
    request,
    defaultResponse,
    message,
    contexts:
      options.kind === 'frontend'
        ? { frontend: own, backend: {} }
        : { frontend: frontendContexts.get(request) ?? {}, backend: own },
  }
  const requestId = requestIdOf(request)
  const lines = headerLines(custom, scope)
  const overridden = new Set(lines.map(([name]) => name.toLowerCase()))
  const headers: [string, string][] = [
    ['Content-Type', 'application/json'],
    ['Server', 'api-gateway'],
    ['X-Request-Id', requestId],
    ['Cache-Control', 'no-store'],
  ]
  if (type === 'OVERLOADED') headers.push(['Retry-After', '1'])
  return {
    status: custom.status ?? (reason === 'DENIED' ? options.denyStatus : defaultResponse.status),
    headers: [...headers.filter(([name]) => !overridden.has(name.toLowerCase())), ...lines],
    body:
      custom.body === undefined
        ? JSON.stringify({ error_msg: message, error_code: defaultResponse.code, request_id: requestId })
        : render(custom.body, scope, insideString),
  }
}
