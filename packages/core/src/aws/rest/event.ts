/** The events of REST authorizers (AWS-EVT-01 to AWS-EVT-30). @module */
import type { GatewayRequest, Route } from '../../index.ts'
import type { Invocation, RouteTable } from '../../contract.ts'
import { type Api, belowBasePath, domainNameOf, domainPrefixOf, methodArnOf } from '../shared/api.ts'
import { CLOUDFRONT, headerMembers, type HeaderShape } from '../shared/event-headers.ts'
import { queryMembers } from '../shared/event-query.ts'
import { createExtendedRequestId } from '../shared/ids.ts'
import { requestTime } from '../shared/request-time.ts'

/** Event of a TOKEN authorizer (AWS-EVT-01). */
export interface TokenEvent {
  type: 'TOKEN'
  methodArn: string
  /** The value of the header, including a scheme such as `Bearer`. */
  authorizationToken: string
}

/** `requestContext.identity` (AWS-EVT-18), without the member for client certificates. */
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
  /** Only if a usage plan requires an API key in `x-api-key` (AWS-EVT-19). */
  apiKey?: string
  apiKeyId?: string
}

/** Event of a REQUEST authorizer of a REST API (AWS-EVT-10 to AWS-EVT-30). */
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
    domainName: string
    deploymentId: string
    apiId: string
  }
}

/** The configuration of a REST API. */
export interface RestApi {
  readonly api: Api
  readonly stageVariables: Readonly<Record<string, string>>
  readonly routes: RouteTable | undefined
  readonly endpointType: 'REGIONAL' | 'EDGE'
}

/** Header names that CloudFront changes to this spelling on edge-optimized endpoints (AWS-EVT-13). */
const CLOUDFRONT_NAMES: ReadonlyMap<string, string> = new Map(
  'Accept Accept-Charset Accept-Encoding Accept-Language Authorization Cache-Control Content-Type Cookie Date Host If-Match If-Modified-Since If-None-Match If-Unmodified-Since Origin Pragma Range Referer User-Agent'
    .split(' ')
    .map((name) => [name.toLowerCase(), name]),
)

/** A short ID that is always the same for the same text, in place of IDs that AWS assigns. */
const stableId = (text: string): string => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(36).padStart(6, '0').slice(-6)
}

const REGIONAL: HeaderShape = { spell: (_, received) => received }
const EDGE: HeaderShape = { spell: (lower, received) => CLOUDFRONT_NAMES.get(lower) ?? received, sets: CLOUDFRONT }

/** How a REST API transforms headers. */
export const restShape = (endpointType: RestApi['endpointType'] | undefined): HeaderShape =>
  endpointType === 'EDGE' ? EDGE : REGIONAL

/** The route of a request: from the option `routes`, else as matched by the framework, else `/{proxy+}`. */
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

/** `requestContext.path`: with the stage in front, except on custom domains (AWS-EVT-17). */
export const contextPath = ({ api }: RestApi, request: GatewayRequest): string =>
  api.customDomain ? request.path : `/${api.stage}${request.path}`

export const tokenEvent = (api: Api, request: GatewayRequest, authorizationToken: string): TokenEvent => ({
  type: 'TOKEN',
  methodArn: methodArnOf(api, request),
  authorizationToken,
})

export const requestEvent = (
  rest: RestApi,
  request: GatewayRequest,
  { clock, apiKey }: Pick<Invocation, 'clock' | 'apiKey'>,
): RequestEvent => {
  const { api, stageVariables } = rest
  const now = clock.now()
  const { template, parameters } = routeOf(rest, request)
  return {
    type: 'REQUEST',
    methodArn: methodArnOf(api, request),
    resource: template,
    path: request.path.replace(/^\/{2,}/, '/'),
    httpMethod: request.method,
    ...headerMembers(request, restShape(rest.endpointType), clock),
    ...queryMembers(request, 'last'),
    pathParameters: { ...parameters },
    stageVariables: { ...stageVariables },
    requestContext: {
      resourceId: stableId(template),
      resourcePath: template,
      httpMethod: request.method,
      extendedRequestId: createExtendedRequestId(),
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
        ...(apiKey && { apiKey: apiKey.value, apiKeyId: apiKey.id }),
      },
      domainName: domainNameOf(api, request),
      deploymentId: stableId(`${api.apiId}/${api.stage}`),
      apiId: api.apiId,
    },
  }
}

type ReadVariable = (rest: RestApi, request: GatewayRequest) => string | undefined

/** Variables of `context.X`, named as in the mapping template reference (AWS-ID-15). */
export const CONTEXT_VARIABLES: ReadonlyMap<string, ReadVariable> = new Map<string, ReadVariable>([
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
