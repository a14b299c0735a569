/** Responses of a REST API to denials, customized or not (AWS-REST-01 to AWS-REST-30, AWS-GWR-19 to AWS-GWR-30). @module */
import type { Clock, GatewayRequest, GatewayResponse, GatewayResponseType } from '../../index.ts'
import { ASCII_FIELD_VALUE, type Denial } from '../../contract.ts'
import { domainNameOf, domainPrefixOf } from '../shared/api.ts'
import { createExtendedRequestId, randomHex } from '../shared/ids.ts'
import { requestTime } from '../shared/request-time.ts'
import type { PolicyResult } from '../shared/result.ts'
import { contextPath, type RestApi, routeOf } from './event.ts'
import {
  type GatewayResponseDefinition,
  type GatewayResponseDefinitions,
  RESPONSE_HEADER,
  RESPONSE_PARAMETER,
  type RestGatewayResponseType,
} from './gateway-response-definitions.ts'

interface DefaultResponse {
  readonly status: number
  readonly message: string | null
  readonly errorType?: string
}

/** The response of each type without customization. */
const DEFAULT_RESPONSES: Readonly<Record<GatewayResponseType, DefaultResponse>> = {
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
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    message: 'Missing Authentication Token',
    errorType: 'MissingAuthenticationTokenException',
  },
  BAD_REQUEST: { status: 400, message: 'Bad Request', errorType: 'BadRequestException' },
  URI_TOO_LONG: { status: 414, message: 'Request URI too long' },
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long' },
  REQUEST_TIMEOUT: { status: 408, message: 'Request Timeout' },
  OVERLOADED: { status: 503, message: 'Service Unavailable', errorType: 'ServiceUnavailableException' },
}

/** Responses of the gateway's front end, which cannot be customized (AWS-GWR-30). */
const FRONT_END: ReadonlySet<GatewayResponseType> = new Set([
  'BAD_REQUEST',
  'URI_TOO_LONG',
  'REQUEST_TOO_LARGE',
  'REQUEST_TIMEOUT',
  'OVERLOADED',
])

/** Wording of the body after an explicit Deny: the current one, or the one used until about 2025 (AWS-GOT-01). */
export type ExplicitDenyText = 'identity-based-policy' | 'legacy'

export const EXPLICIT_DENY_TEXT: Readonly<Record<ExplicitDenyText, string>> = {
  'identity-based-policy': ' with an explicit deny in an identity-based policy',
  legacy: ' with an explicit deny',
}

const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}'
const REFERENCE =
  /\$(?:context|stageVariables)\.[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*|\$?method\.request\.(?:header|path|querystring|multivalueheader|multivaluequerystring)\.[\w$-]+/g

/** The values that templates and response parameters can refer to. */
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

const CONTEXT_VALUES: Readonly<Record<string, (scope: Scope) => string | undefined>> = {
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

const REQUEST_VALUES: Readonly<Record<string, (scope: Scope, name: string) => string | undefined>> = {
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

/** The value of `context.X`, `stageVariables.X` or `method.request.LOCATION.X`. */
const resolve = (reference: string, scope: Scope): string | undefined => {
  const [root, ...rest] = reference.replace(/^\$/, '').split('.')
  if (root === 'stageVariables') return own(scope.rest.stageVariables, rest.join('.'))
  if (root === 'method') return own(REQUEST_VALUES, rest[1] as string)?.(scope, rest.slice(2).join('.'))
  if (rest[0] !== 'authorizer') return own(CONTEXT_VALUES, rest.join('.'))?.(scope)
  const key = rest.slice(1).join('.')
  if (key === 'principalId') return scope.result?.principalId
  const value = own(scope.result?.context ?? {}, key)
  return typeof value === 'string' ? value : undefined
}

const render = (template: string, scope: Scope): string =>
  template.replace(REFERENCE, (reference) => resolve(reference, scope) ?? '')

// A header is omitted if its value is missing, or contains characters that could end the line (AWS-GWR-18).
const renderHeaders = ({ responseParameters = {} }: GatewayResponseDefinition, scope: Scope): [string, string][] =>
  Object.entries(responseParameters).flatMap(([parameter, from]): [string, string][] => {
    const [, text, reference] = RESPONSE_PARAMETER.exec(from) ?? []
    const value = text ?? (reference === undefined ? undefined : resolve(reference, scope))
    const name = RESPONSE_HEADER.exec(parameter)?.[1] as string
    return value === undefined || !ASCII_FIELD_VALUE.test(value) || /^x-amzn-/i.test(name) ? [] : [[name, value]]
  })

/** The template for the first media type of `Accept`, else the template for JSON (AWS-GWR-25, AWS-GWR-30). */
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

// CloudFront adds these headers in front of an edge-optimized endpoint (AWS-REST-01).
const cloudFrontHeaders = (): [string, string][] => [
  ['X-Cache', 'Error from cloudfront'],
  ['Via', '1.1 cloudfront.net (CloudFront)'],
  ['X-Amz-Cf-Pop', 'IAD12-P1'],
  ['X-Amz-Cf-Id', randomHex(32)],
]

/** The response of a REST API to a denial, identical except for the added `Cache-Control: no-store` (SEC-103). */
export const respondAsRest = (
  { rest, definitions, explicitDenyText }: RestResponderOptions,
  denial: Denial<PolicyResult>,
): GatewayResponse => {
  const { type, request, result, clock, reason } = denial
  const { status, message: defaultMessage, errorType } = DEFAULT_RESPONSES[type]
  const message =
    reason === 'EXPLICIT_DENY' ? `${defaultMessage}${EXPLICIT_DENY_TEXT[explicitDenyText]}` : defaultMessage
  const requestId = crypto.randomUUID()
  const extendedRequestId = createExtendedRequestId()
  const headers: [string, string][] = [['x-amzn-RequestId', requestId]]
  if (errorType !== undefined) headers.push(['x-amzn-ErrorType', errorType])
  headers.push(['x-amz-apigw-id', extendedRequestId], ['Cache-Control', 'no-store'])
  if (type === 'OVERLOADED') headers.push(['Retry-After', '1'])
  if (rest.endpointType === 'EDGE') headers.push(...cloudFrontHeaders())

  const custom = definitionFor(definitions, type, status)
  if (custom === undefined) {
    // The authorization layer writes `Message`; the template of a customized response writes `message` (AWS-REST-28, 29).
    const body = JSON.stringify(type === 'ACCESS_DENIED' ? { Message: message } : { message })
    return { status, headers: [['Content-Type', 'application/json'], ...headers], body }
  }
  const scope: Scope = { rest, request, result, clock, requestId, extendedRequestId, type, message }
  const [contentType, template] = chooseTemplate(custom, request)
  const lines = renderHeaders(custom, scope)
  const overridden = new Set(lines.map(([name]) => name.toLowerCase()))
  const defaults = [['Content-Type', contentType] as [string, string], ...headers].filter(
    ([name]) => !overridden.has(name.toLowerCase()),
  )
  return {
    status: Number(custom.statusCode ?? status),
    headers: [...defaults, ...lines],
    body: render(template, scope),
  }
}
