/** Gateway responses of a REST API and their customization (sections 7.2 and 8 of the specification). @module */
import type { Clock, GatewayRequest, GatewayResponse, GatewayResponseType } from '../../index.ts'
import { ASCII_FIELD_VALUE, type Check, check, type Denial, headersFor } from '../../contract.ts'
import { hex } from '../shared/event-headers.ts'
import { domainNameOf, domainPrefixOf } from '../shared/api.ts'
import { contextPath, requestTime, type RestApi, routeOf } from './event.ts'
import type { PolicyResult } from '../shared/result.ts'

/** The 21 types of gateway response (AWS-GWR-01). */
const TYPES = [
  'ACCESS_DENIED',
  'API_CONFIGURATION_ERROR',
  'AUTHORIZER_CONFIGURATION_ERROR',
  'AUTHORIZER_FAILURE',
  'BAD_REQUEST_BODY',
  'BAD_REQUEST_PARAMETERS',
  'DEFAULT_4XX',
  'DEFAULT_5XX',
  'EXPIRED_TOKEN',
  'INTEGRATION_FAILURE',
  'INTEGRATION_TIMEOUT',
  'INVALID_API_KEY',
  'INVALID_SIGNATURE',
  'MISSING_AUTHENTICATION_TOKEN',
  'QUOTA_EXCEEDED',
  'REQUEST_TOO_LARGE',
  'RESOURCE_NOT_FOUND',
  'THROTTLED',
  'UNAUTHORIZED',
  'UNSUPPORTED_MEDIA_TYPE',
  'WAF_FILTERED',
] as const

/** Name of a gateway response of a REST API. */
export type RestGatewayResponseType = (typeof TYPES)[number]

/** One customized gateway response, as `AWS::ApiGateway::GatewayResponse` and OpenAPI spell it. */
export interface GatewayResponseDefinition {
  /** 200 to 599, as number or text. Default: the type's own. */
  statusCode?: number | string
  /** `gatewayresponse.header.NAME` to `'text'` in single quotes, `method.request.…`, `context.…` or `stageVariables.…`. */
  responseParameters?: Readonly<Record<string, string>>
  /** Content type to template. Plain substitution, not Velocity (AWS-GWR-19). */
  responseTemplates?: Readonly<Record<string, string>>
}

/** Customized gateway responses by type; `DEFAULT_4XX` and `DEFAULT_5XX` serve the types without one of their own. */
export type GatewayResponseDefinitions = Readonly<Partial<Record<RestGatewayResponseType, GatewayResponseDefinition>>>

const HEADER = /^gatewayresponse\.header\.([!#$%&'*+.^_`|~\dA-Za-z-]+)$/i
const FRAMING = headersFor('framing')
const mapsHeader = (key: string): boolean => {
  const name = HEADER.exec(key)?.[1]?.toLowerCase()
  return name !== undefined && (name === 'proxy-connection' || !FRAMING.has(name))
}
const PARAMETER =
  /^(?:'([\t\x20-\x7e]*)'|(method\.request\.(?:header|path|querystring|multivalueheader|multivaluequerystring)\.[\w.$-]+|context\.[\w.$-]+|stageVariables\.\w+))$/

const definition: Check = (value) => {
  const allowed =
    '{ statusCode: 200 to 599, responseParameters: { "gatewayresponse.header.NAME": "\'text\'" or a mapping expression }, responseTemplates: { "application/json": "…" } }'
  if (
    !check.isRecord(value) ||
    Object.keys(value).some((key) => !['statusCode', 'responseParameters', 'responseTemplates'].includes(key))
  )
    return allowed
  const { statusCode = '400', responseParameters = {}, responseTemplates = {} } = value
  if (
    !/^[2-5]\d\d$/.test(String(statusCode)) ||
    !check.isRecord(responseParameters) ||
    !check.isRecord(responseTemplates)
  )
    return allowed
  const parameters = Object.entries(responseParameters).every(
    ([name, from]) => mapsHeader(name) && typeof from === 'string' && PARAMETER.test(from),
  )
  const templates = Object.entries(responseTemplates).every(
    ([type, template]) => /^[\w.+-]+\/[\w.+-]+$/.test(type) && typeof template === 'string',
  )
  return parameters && templates ? undefined : allowed
}

/** Row for the option `gatewayResponses`. */
export const gatewayResponsesOption: Check = check.mapOf(
  check.oneOf(...TYPES.filter((type) => type !== 'REQUEST_TOO_LARGE')),
  definition,
)

/** How the gateway answers by itself: error type and message for each type that the kernel knows. */
const ANSWERS: Readonly<
  Record<GatewayResponseType, { readonly status: number; readonly message: string | null; readonly errorType?: string }>
> = {
  UNAUTHORIZED: { status: 401, message: 'Unauthorized', errorType: 'UnauthorizedException' },
  ACCESS_DENIED: {
    status: 403,
    message: 'User is not authorized to access this resource',
    errorType: 'AccessDeniedException',
  },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, message: null, errorType: 'AuthorizerConfigurationException' },
  AUTHORIZER_FAILURE: { status: 500, message: null, errorType: 'AuthorizerFailureException' },
  INVALID_API_KEY: { status: 403, message: 'Forbidden', errorType: 'ForbiddenException' },
  THROTTLED: { status: 429, message: 'Too Many Requests', errorType: 'TooManyRequestsException' },
  QUOTA_EXCEEDED: { status: 429, message: 'Limit Exceeded', errorType: 'LimitExceededException' },
  BAD_REQUEST: { status: 400, message: 'Bad Request', errorType: 'BadRequestException' },
  URI_TOO_LONG: { status: 414, message: 'Request URI too long' },
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long' },
  REQUEST_TIMEOUT: { status: 408, message: 'Request Timeout' },
  OVERLOADED: { status: 503, message: 'Service Unavailable', errorType: 'ServiceUnavailableException' },
}

/** Answers of the gateway's front end, which no gateway response customizes (AWS-GWR-30). */
const FRONT_END: ReadonlySet<GatewayResponseType> = new Set([
  'BAD_REQUEST',
  'URI_TOO_LONG',
  'REQUEST_TOO_LARGE',
  'REQUEST_TIMEOUT',
  'OVERLOADED',
])

/** Text of the explicit-deny body: the current one, or the one used until about 2025 (AWS-GOT-01). */
export type ExplicitDenyText = 'identity-based-policy' | 'legacy'

export const EXPLICIT_DENY_TEXT: Readonly<Record<ExplicitDenyText, string>> = {
  'identity-based-policy': ' with an explicit deny in an identity-based policy',
  legacy: ' with an explicit deny',
}

const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}'
const REFERENCE =
  /\$(?:context|stageVariables)\.[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*|\$?method\.request\.(?:header|path|querystring|multivalueheader|multivaluequerystring)\.[\w$-]+/g

/** Everything that a template or a parameter can refer to. */
interface Scope {
  readonly rest: RestApi
  readonly request: GatewayRequest
  readonly result: PolicyResult | undefined
  readonly clock: Clock
  readonly requestId: string
  readonly extendedRequestId: string
  readonly type: GatewayResponseType
  readonly message: string | null
}

const CONTEXT: Readonly<Record<string, (scope: Scope) => string | undefined>> = {
  accountId: ({ rest }) => rest.api.accountId,
  apiId: ({ rest }) => rest.api.apiId,
  domainName: ({ rest, request }) => domainNameOf(rest.api, request),
  domainPrefix: ({ rest, request }) => domainPrefixOf(rest.api, request),
  'error.message': ({ message }) => message ?? 'null',
  'error.messageString': ({ message }) => JSON.stringify(message),
  'error.responseType': ({ type }) => type,
  extendedRequestId: ({ extendedRequestId }) => extendedRequestId,
  httpMethod: ({ request }) => request.method,
  'identity.sourceIp': ({ request }) => request.sourceIp,
  'identity.userAgent': ({ request }) => request.header('user-agent'),
  path: ({ rest, request }) => contextPath(rest, request),
  protocol: () => 'HTTP/1.1',
  requestId: ({ requestId }) => requestId,
  requestTime: ({ clock }) => requestTime(clock.now()),
  requestTimeEpoch: ({ clock }) => String(clock.now()),
  resourcePath: ({ rest, request }) => routeOf(rest, request).template,
  stage: ({ rest }) => rest.api.stage,
}

const REQUEST_PARTS: Readonly<Record<string, (scope: Scope, name: string) => string | undefined>> = {
  header: ({ request }, name) => request.headerValues(name).at(-1),
  multivalueheader: ({ request }, name) => request.headerValues(name).join(',') || undefined,
  querystring: ({ request }, name) => request.queryParameters.findLast((each) => each.name === name)?.value,
  multivaluequerystring: ({ request }, name) =>
    request.queryParameters
      .filter((each) => each.name === name)
      .map((each) => each.value ?? '')
      .join(',') || undefined,
  path: ({ rest, request }, name) => {
    const { parameters } = routeOf(rest, request)
    return Object.hasOwn(parameters, name) ? parameters[name] : undefined
  },
}

const own = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

/** The value of `context.X`, `stageVariables.X` or `method.request.PLACE.X`. */
const resolve = (reference: string, scope: Scope): string | undefined => {
  const [root, ...rest] = reference.replace(/^\$/, '').split('.')
  if (root === 'stageVariables') return own(scope.rest.stageVariables, rest.join('.'))
  if (root === 'method') return own(REQUEST_PARTS, rest[1] as string)?.(scope, rest.slice(2).join('.'))
  if (rest[0] !== 'authorizer') return own(CONTEXT, rest.join('.'))?.(scope)
  const key = rest.slice(1).join('.')
  if (key === 'principalId') return scope.result?.principalId
  const value = own(scope.result?.context ?? {}, key)
  return typeof value === 'string' ? value : undefined
}

const render = (template: string, scope: Scope): string =>
  template.replace(REFERENCE, (reference) => resolve(reference, scope) ?? '')

// A value from the request or the context that could break the line gives no header, as a missing one (AWS-GWR-18).
const renderHeaders = ({ responseParameters = {} }: GatewayResponseDefinition, scope: Scope): [string, string][] =>
  Object.entries(responseParameters).flatMap(([parameter, from]): [string, string][] => {
    const [, text, reference] = PARAMETER.exec(from) ?? []
    const value = text ?? (reference === undefined ? undefined : resolve(reference, scope))
    const name = HEADER.exec(parameter)?.[1] as string
    return value === undefined || !ASCII_FIELD_VALUE.test(value) || /^x-amzn-/i.test(name) ? [] : [[name, value]]
  })

/** The template for the first media type of `Accept`, else the one for JSON (AWS-GWR-25, AWS-GWR-30). */
const chooseTemplate = (
  { responseTemplates = {} }: GatewayResponseDefinition,
  request: GatewayRequest,
): readonly [type: string, template: string] => {
  const accepted = /^\s*([\w.+*-]+\/[\w.+*-]+)/.exec(request.header('accept') ?? '')?.[1]?.toLowerCase()
  const chosen = accepted === undefined ? undefined : own(responseTemplates, accepted)
  return chosen === undefined
    ? ['application/json', own(responseTemplates, 'application/json') ?? DEFAULT_TEMPLATE]
    : [accepted as string, chosen]
}

export interface RestResponderOptions {
  readonly rest: RestApi
  readonly definitions: GatewayResponseDefinitions
  readonly explicitDenyText: ExplicitDenyText
}

const definitionFor = (
  definitions: GatewayResponseDefinitions,
  type: GatewayResponseType,
  status: number,
): GatewayResponseDefinition | undefined => {
  if (FRONT_END.has(type)) return undefined
  return definitions[type as RestGatewayResponseType] ?? definitions[status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX']
}

// What CloudFront adds before an edge-optimised endpoint (AWS-REST-01).
const cloudFrontHeaders = (): [string, string][] => [
  ['X-Cache', 'Error from cloudfront'],
  ['Via', '1.1 cloudfront.net (CloudFront)'],
  ['X-Amz-Cf-Pop', 'IAD12-P1'],
  ['X-Amz-Cf-Id', hex(32)],
]

/** Answers a denial as a REST API does, byte for byte but for `Cache-Control: no-store` (SEC-103). */
export const respondAsRest = (
  { rest, definitions, explicitDenyText }: RestResponderOptions,
  denial: Denial<PolicyResult>,
): GatewayResponse => {
  const { type, request, result, clock, reason } = denial
  const answer = ANSWERS[type]
  const message =
    reason === 'EXPLICIT_DENY' ? `${answer.message}${EXPLICIT_DENY_TEXT[explicitDenyText]}` : answer.message
  const requestId = crypto.randomUUID()
  const extendedRequestId = `${btoa(requestId.slice(0, 11)).slice(0, 15)}=`
  const headers: [string, string][] = [['x-amzn-RequestId', requestId]]
  if (answer.errorType !== undefined) headers.push(['x-amzn-ErrorType', answer.errorType])
  headers.push(['x-amz-apigw-id', extendedRequestId], ['Cache-Control', 'no-store'])
  if (type === 'OVERLOADED') headers.push(['Retry-After', '1'])
  if (rest.endpointType === 'EDGE') headers.push(...cloudFrontHeaders())

  const custom = definitionFor(definitions, type, answer.status)
  if (custom === undefined) {
    // The authorization layer writes `Message`; a customized response goes through the template and does not (AWS-REST-28, 29).
    const body = JSON.stringify(type === 'ACCESS_DENIED' ? { Message: message } : { message })
    return { status: answer.status, headers: [['Content-Type', 'application/json'], ...headers], body }
  }
  const scope: Scope = { rest, request, result, clock, requestId, extendedRequestId, type, message }
  const [contentType, template] = chooseTemplate(custom, request)
  const lines = renderHeaders(custom, scope)
  const overridden = new Set(lines.map(([name]) => name.toLowerCase()))
  const defaults = [['Content-Type', contentType] as [string, string], ...headers].filter(
    ([name]) => !overridden.has(name.toLowerCase()),
  )
  return {
    status: Number(custom.statusCode ?? answer.status),
    headers: [...defaults, ...lines],
    body: render(template, scope),
  }
}
