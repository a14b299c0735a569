/** What a REST authorizer function receives, field by field (AWS-EVT-01 to AWS-EVT-30). @module */
import type { Clock, GatewayRequest, Route } from '../../index.ts'
import type { RouteTable } from '../../contract.ts'
import { type Api, arnHead, belowBasePath, domainNameOf, domainPrefixOf, resourceOf } from '../shared/api.ts'
import { CLOUDFRONT, collectHeaders, createMap, type HeaderShape, hex } from '../shared/event-headers.ts'

/** Event of a TOKEN authorizer (AWS-EVT-01). */
export interface TokenEvent {
  type: 'TOKEN'
  methodArn: string
  /** The header's value as sent, a scheme included. */
  authorizationToken: string
}

/**
 * `requestContext.identity` (AWS-EVT-18). The last three members are absent unless the method requires an API key or the
 * domain client certificates; they are named for handlers whose types expect them.
 */
interface RequestIdentity {
  cognitoIdentityPoolId: string | null
  accountId: string | null
  cognitoIdentityId: string | null
  caller: string | null
  sourceIp: string
  principalOrgId: string | null
  accessKey: string | null
  cognitoAuthenticationType: string | null
  cognitoAuthenticationProvider: string | null
  userArn: string | null
  userAgent: string | null
  user: string | null
  apiKey: string | null
  apiKeyId: string | null
  clientCert: null
}

/** Event of a REST REQUEST authorizer (section 3.3 of the specification). */
export interface RequestEvent {
  type: 'REQUEST'
  methodArn: string
  resource: string
  path: string
  httpMethod: string
  headers: Record<string, string>
  multiValueHeaders: Record<string, string[]>
  queryStringParameters: Record<string, string>
  multiValueQueryStringParameters: Record<string, string[]>
  pathParameters: Record<string, string>
  stageVariables: Record<string, string>
  requestContext: {
    resourceId: string
    resourcePath: string
    httpMethod: string
    extendedRequestId: string
    requestTime: string
    path: string
    accountId: string
    protocol: string
    stage: string
    domainPrefix: string
    requestTimeEpoch: number
    requestId: string
    identity: RequestIdentity
    /** Always absent: no authorizer has run yet. Named for handlers whose types expect it. */
    authorizer: undefined
    domainName: string
    deploymentId: string
    apiId: string
  }
}

/** What a REST contract knows about its API. */
export interface RestApi {
  readonly api: Api
  readonly stageVariables: Readonly<Record<string, string>>
  readonly routes: RouteTable | undefined
  readonly endpointType: 'REGIONAL' | 'EDGE'
}

/** Names that CloudFront re-cases on edge-optimised endpoints (AWS-EVT-13). */
const RECASED: ReadonlyMap<string, string> = new Map(
  'Accept Accept-Charset Accept-Encoding Accept-Language Authorization Cache-Control Content-Type Cookie Date Host If-Match If-Modified-Since If-None-Match If-Unmodified-Since Origin Pragma Range Referer User-Agent'
    .split(' ')
    .map((name) => [name.toLowerCase(), name]),
)

/** A short identifier that is always the same for the same text, where AWS has one of its own. */
const stableId = (text: string): string => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(36).padStart(6, '0').slice(-6)
}

const REGIONAL: HeaderShape = { spell: (_, received) => received }
const EDGE: HeaderShape = { spell: (lower, received) => RECASED.get(lower) ?? received, writes: CLOUDFRONT }

/** How a REST API shapes headers. */
export const restShape = (endpointType: RestApi['endpointType'] | undefined): HeaderShape =>
  endpointType === 'EDGE' ? EDGE : REGIONAL

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number): string => String(value).padStart(2, '0')

/** `02/Jan/2025:10:11:12 +0000`. */
export const requestTime = (now: number): string => {
  const date = new Date(now)
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`
}

/** The route of a request: the contract's table, else what the framework has matched, else one greedy proxy. */
export const routeOf = ({ api, routes }: RestApi, request: GatewayRequest): Route => {
  const path = belowBasePath(api, request.path, request.routing.caseSensitive)
  if (routes === undefined && request.route !== undefined) {
    const { route } = request
    return { ...route, template: belowBasePath(api, route.template, request.routing.caseSensitive) }
  }
  const found = routes?.match(request.method, path, request.routing.caseSensitive)
  if (found !== undefined) return found
  const proxy = path.replace(/^\/+/, '').replace(/\/$/, '')
  const method = undefined
  return proxy === ''
    ? { template: '/', method, parameters: {} }
    : { template: '/{proxy+}', method, parameters: { proxy } }
}

/** `requestContext.path`: with the stage on the default domain, as requested on a custom one (AWS-EVT-17). */
export const contextPath = ({ api }: RestApi, request: GatewayRequest): string =>
  api.customDomain ? request.path : `/${api.stage}${request.path}`

export const methodArnOf = (api: Api, request: GatewayRequest): string => `${arnHead(api)}:${resourceOf(api, request)}`

export const tokenEvent = (api: Api, request: GatewayRequest, authorizationToken: string): TokenEvent => ({
  type: 'TOKEN',
  methodArn: methodArnOf(api, request),
  authorizationToken,
})

export const requestEvent = (rest: RestApi, request: GatewayRequest, clock: Clock): RequestEvent => {
  const { api, stageVariables } = rest
  const now = clock.now()
  const headers = createMap<string>()
  const multiValueHeaders = createMap<string[]>()
  for (const { name, values } of collectHeaders(request, restShape(rest.endpointType), clock).values()) {
    headers[name] = values.at(-1) as string
    multiValueHeaders[name] = values
  }
  const queryStringParameters = createMap<string>()
  const multiValueQueryStringParameters = createMap<string[]>()
  for (const { name, value } of request.queryParameters) {
    if (name === undefined || value === undefined) continue
    queryStringParameters[name] = value
    ;(multiValueQueryStringParameters[name] ??= []).push(value)
  }
  const { template, parameters } = routeOf(rest, request)
  return {
    type: 'REQUEST',
    methodArn: methodArnOf(api, request),
    resource: template,
    path: request.path.replace(/^\/{2,}/, '/'),
    httpMethod: request.method,
    headers,
    multiValueHeaders,
    queryStringParameters,
    multiValueQueryStringParameters,
    pathParameters: { ...parameters },
    stageVariables: { ...stageVariables },
    requestContext: {
      resourceId: stableId(template),
      resourcePath: template,
      httpMethod: request.method,
      extendedRequestId: `${btoa(hex(11)).slice(0, 15)}=`,
      requestTime: requestTime(now),
      path: contextPath(rest, request),
      accountId: api.accountId,
      protocol: 'HTTP/1.1',
      stage: api.stage,
      domainPrefix: domainPrefixOf(api, request),
      requestTimeEpoch: now,
      requestId: crypto.randomUUID(),
      identity: {
        cognitoIdentityPoolId: null,
        accountId: null,
        cognitoIdentityId: null,
        caller: null,
        sourceIp: request.sourceIp ?? '',
        principalOrgId: null,
        accessKey: null,
        cognitoAuthenticationType: null,
        cognitoAuthenticationProvider: null,
        userArn: null,
        userAgent: request.header('user-agent') ?? null,
        user: null,
      } as RequestIdentity,
      authorizer: undefined,
      domainName: domainNameOf(api, request),
      deploymentId: stableId(`${api.apiId}/${api.stage}`),
      apiId: api.apiId,
    },
  }
}

/** Variables of `context.X`, by the names of the mapping-template reference (AWS-ID-15). */
export const CONTEXT_VARIABLES: ReadonlyMap<string, (rest: RestApi, request: GatewayRequest) => string | undefined> =
  new Map<string, (rest: RestApi, request: GatewayRequest) => string | undefined>([
    ['accountId', ({ api }) => api.accountId],
    ['apiId', ({ api }) => api.apiId],
    ['domainName', ({ api }, request) => domainNameOf(api, request)],
    ['domainPrefix', ({ api }, request) => domainPrefixOf(api, request)],
    ['httpMethod', (_, request) => request.method],
    ['identity.sourceIp', (_, request) => request.sourceIp],
    ['identity.userAgent', (_, request) => request.header('user-agent')],
    ['path', contextPath],
    ['protocol', () => 'HTTP/1.1'],
    ['resourceId', (rest, request) => stableId(routeOf(rest, request).template)],
    ['resourcePath', (rest, request) => routeOf(rest, request).template],
    ['stage', ({ api }) => api.stage],
  ])
