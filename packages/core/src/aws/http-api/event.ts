/** What an HTTP API's authorizer function receives, in both payload formats (AWS-EVT-40 to AWS-EVT-66). @module */
import type { Clock, GatewayRequest, Route } from '../../index.ts'
import type { IdentitySource, RouteTable } from '../../contract.ts'
import { type Api, belowBasePath, domainNameOf, domainPrefixOf } from '../shared/api.ts'
import { methodArnOf, requestTime } from '../rest/event.ts'
import {
  collectHeaders,
  createMap,
  headerSourcesOf,
  type HeaderShape,
  hex,
  NO_CONTENT,
} from '../shared/event-headers.ts'

/**
 * Event of payload format 2.0. Members without content are absent, also `cookies`, which `@types/aws-lambda` declares as
 * always present. Only `identitySource` is `null` when the authorizer has no identity sources (AWS-EVT-47).
 *
 * @typeParam TIdentity type of `identitySource`: `string[]` with identity sources, `null` without
 */
export interface HttpRequestEvent<TIdentity extends string[] | null = string[] | null> {
  version: '2.0'
  type: 'REQUEST'
  routeArn: string
  /** The values of the identity sources in the configured order; `null` when none are configured. */
  identitySource: TIdentity
  routeKey: string
  rawPath: string
  rawQueryString: string
  cookies: string[]
  headers?: Record<string, string>
  queryStringParameters?: Record<string, string>
  pathParameters?: Record<string, string>
  stageVariables?: Record<string, string>
  requestContext: {
    accountId: string
    apiId: string
    domainName: string
    domainPrefix: string
    http: { method: string; path: string; protocol: string; sourceIp: string; userAgent: string }
    requestId: string
    routeKey: string
    stage: string
    time: string
    timeEpoch: number
  }
}

/** Event of payload format 1.0 (AWS-EVT-60 to AWS-EVT-66). */
export interface HttpRequestEventV1 {
  version: '1.0'
  type: 'REQUEST'
  methodArn: string
  identitySource: string
  authorizationToken: string
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
    accountId: string
    apiId: string
    domainName: string
    domainPrefix: string
    extendedRequestId: string
    httpMethod: string
    identity: Record<string, string | null>
    path: string
    protocol: string
    requestId: string
    requestTime: string
    requestTimeEpoch: number
    resourceId: string
    resourcePath: string
    stage: string
  }
}

/** What a contract knows about its HTTP API. */
export interface HttpApi {
  readonly api: Api
  readonly stageVariables: Readonly<Record<string, string>>
  readonly routes: RouteTable | undefined
}

interface HttpRoute {
  /** `GET /pets/{id}`, `ANY /{proxy+}` or `$default`. */
  readonly key: string
  /** `/pets/{id}` or `$default`. */
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
}

/** The route of a request: the contract's table, else what the framework has matched, else `$default`. */
export const httpRouteOf = ({ api, routes }: HttpApi, request: GatewayRequest): HttpRoute => {
  const path = belowBasePath(api, request.path, request.routing.caseSensitive)
  const matchAs = (method: string): Route | undefined => routes?.match(method, path, request.routing.caseSensitive)
  // Routers serve HEAD from the route for GET, where the gateway knows no such route.
  const found =
    routes === undefined
      ? request.route
      : (matchAs(request.method) ?? (request.method === 'HEAD' ? matchAs('GET') : undefined))
  if (found === undefined) return { key: '$default', path: '$default', parameters: {} }
  // A framework's route is declared for the method that it was matched with.
  const method = found.method ?? (routes === undefined ? request.method : 'ANY')
  return { key: `${method} ${found.template}`, path: found.template, parameters: found.parameters }
}

/** The path with the stage before it, unless the stage is `$default` or the domain a custom one (AWS-GOT-18). */
const stagedPath = ({ api }: HttpApi, request: GatewayRequest): string =>
  api.stage === '$default' || api.customDomain ? request.path : `/${api.stage}${request.path}`

const KEPT: ReadonlySet<string> = new Set(['content-length'])
const LOWER: HeaderShape = { spell: (lower) => lower, keeps: KEPT, defaults: NO_CONTENT }

/** Identity sources that read headers of HTTP APIs; both payload formats have the same ones. */
export const httpHeaderSource: (name: string) => IdentitySource = headerSourcesOf(LOWER)

const CANONICAL: ReadonlyMap<string, string> = new Map(
  'Content-Length Content-Type Host User-Agent X-Amzn-Trace-Id X-Forwarded-For X-Forwarded-Port X-Forwarded-Proto'
    .split(' ')
    .map((name) => [name.toLowerCase(), name]),
)
const WELL_KNOWN: HeaderShape = {
  spell: (lower, received) => CANONICAL.get(lower) ?? received,
  keeps: KEPT,
  defaults: NO_CONTENT,
}

const orAbsent = <T>(members: Record<string, T>): Record<string, T> | undefined =>
  Object.keys(members).length > 0 ? members : undefined

// HTTP APIs decode path parameters, REST APIs do not (AWS-EVT-50); a trailing slash is no part of one (AWS-EVT-48).
export const decodedParameters = (parameters: Readonly<Record<string, string>>): Record<string, string> => {
  const decoded = createMap<string>()
  for (const [name, value] of Object.entries(parameters)) {
    try {
      decoded[name] = decodeURIComponent(value)
    } catch {
      decoded[name] = value
    }
  }
  return decoded
}

const requestId = (): string => `${btoa(hex(11)).slice(0, 15)}=`

export const httpRequestEvent = (
  http: HttpApi,
  request: GatewayRequest,
  identity: readonly string[],
  clock: Clock,
): HttpRequestEvent => {
  const { api, stageVariables } = http
  const now = clock.now()
  const route = httpRouteOf(http, request)
  const path = stagedPath(http, request)
  const headers = createMap<string>()
  for (const [lower, { values }] of collectHeaders(request, LOWER, clock)) headers[lower] = values.join(',')
  const cookies = request
    .headerValues('cookie')
    .flatMap((line) => line.split(';').map((each) => each.trim()))
    .filter((each) => each !== '')
  if (cookies.length > 0) delete headers['cookie']
  const query = createMap<string>()
  for (const { name, value } of request.queryParameters) {
    if (name === undefined || value === undefined) continue
    query[name] = Object.hasOwn(query, name) ? `${query[name]},${value}` : value
  }
  const pathParameters = orAbsent(decodedParameters(route.parameters))
  const queryStringParameters = orAbsent(query)
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: methodArnOf(api, request),
    identitySource: identity.length > 0 ? [...identity] : null,
    routeKey: route.key,
    rawPath: path,
    rawQueryString: request.queryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(queryStringParameters && { queryStringParameters }),
    requestContext: {
      accountId: api.accountId,
      apiId: api.apiId,
      domainName: domainNameOf(api, request),
      domainPrefix: domainPrefixOf(api, request),
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp ?? '',
        userAgent: request.header('user-agent') ?? '',
      },
      requestId: requestId(),
      routeKey: route.key,
      stage: api.stage,
      time: requestTime(now),
      timeEpoch: now,
    },
    ...(pathParameters && { pathParameters }),
    ...(Object.keys(stageVariables).length > 0 && { stageVariables: { ...stageVariables } }),
  } as HttpRequestEvent
}

const IDENTITY_MEMBERS = [
  'accessKey',
  'accountId',
  'caller',
  'cognitoAmr',
  'cognitoAuthenticationProvider',
  'cognitoAuthenticationType',
  'cognitoIdentityId',
  'cognitoIdentityPoolId',
  'principalOrgId',
  'user',
  'userArn',
] as const

export const httpRequestEventV1 = (
  http: HttpApi,
  request: GatewayRequest,
  identity: readonly string[],
  clock: Clock,
): HttpRequestEventV1 => {
  const { api, stageVariables } = http
  const now = clock.now()
  const route = httpRouteOf(http, request)
  const path = stagedPath(http, request)
  const headers = createMap<string>()
  const multiValueHeaders = createMap<string[]>()
  for (const { name, values } of collectHeaders(request, WELL_KNOWN, clock).values()) {
    headers[name] = values.at(-1) as string
    multiValueHeaders[name] = values
  }
  const query = createMap<string>()
  const multiValueQuery = createMap<string[]>()
  for (const { name, value } of request.queryParameters) {
    if (name === undefined || value === undefined) continue
    // The first value here, the last one on REST APIs (AWS-EVT-66).
    query[name] ??= value
    ;(multiValueQuery[name] ??= []).push(value)
  }
  const id = requestId()
  const joined = identity.join(',')
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn: methodArnOf(api, request),
    identitySource: joined,
    authorizationToken: joined,
    resource: route.path,
    path,
    httpMethod: request.method,
    headers,
    multiValueHeaders,
    queryStringParameters: query,
    multiValueQueryStringParameters: multiValueQuery,
    pathParameters: decodedParameters(route.parameters),
    stageVariables: { ...stageVariables },
    requestContext: {
      accountId: api.accountId,
      apiId: api.apiId,
      domainName: domainNameOf(api, request),
      domainPrefix: domainPrefixOf(api, request),
      extendedRequestId: id,
      httpMethod: request.method,
      identity: {
        ...Object.fromEntries(IDENTITY_MEMBERS.map((name) => [name, null])),
        sourceIp: request.sourceIp ?? '',
        userAgent: request.header('user-agent') ?? null,
      },
      path,
      protocol: 'HTTP/1.1',
      requestId: id,
      requestTime: requestTime(now),
      requestTimeEpoch: now,
      resourceId: route.key,
      resourcePath: route.path,
      stage: api.stage,
    },
  }
}

/** Variables of `$context.X` on HTTP APIs (AWS-ID-15). */
export const HTTP_CONTEXT_VARIABLES: ReadonlyMap<
  string,
  (http: HttpApi, request: GatewayRequest) => string | undefined
> = new Map<string, (http: HttpApi, request: GatewayRequest) => string | undefined>([
  ['accountId', ({ api }) => api.accountId],
  ['apiId', ({ api }) => api.apiId],
  ['domainName', ({ api }, request) => domainNameOf(api, request)],
  ['domainPrefix', ({ api }, request) => domainPrefixOf(api, request)],
  ['httpMethod', (_, request) => request.method],
  ['identity.sourceIp', (_, request) => request.sourceIp],
  ['identity.userAgent', (_, request) => request.header('user-agent')],
  ['path', stagedPath],
  ['protocol', () => 'HTTP/1.1'],
  // Where nobody knows the route, each path is one of its own: a result is shared too rarely rather than too often.
  [
    'routeKey',
    (http, request) =>
      http.routes === undefined && request.route === undefined
        ? `${request.method} ${request.path}`
        : httpRouteOf(http, request).key,
  ],
  ['stage', ({ api }) => api.stage],
])
