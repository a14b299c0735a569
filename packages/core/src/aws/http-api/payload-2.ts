/** The event of payload format 2.0 of HTTP APIs (AWS-EVT-40 to AWS-EVT-50). @module */
import type { Clock, GatewayRequest } from '../../index.ts'
import { domainNameOf, domainPrefixOf, methodArnOf } from '../shared/api.ts'
import { collectHeaders, createMap } from '../shared/event-headers.ts'
import { createExtendedRequestId } from '../shared/ids.ts'
import { requestTime } from '../shared/request-time.ts'
import { LOWER_CASE_HEADERS } from './headers.ts'
import { decodedParameters, type HttpApi, httpRouteOf, stagedPath } from './route.ts'

/**
 * Event of payload format 2.0. Members without content are absent, also `cookies`, which `@types/aws-lambda` declares as
 * always present. Only `identitySource` is `null` if the authorizer has no identity sources (AWS-EVT-47).
 *
 * @typeParam TIdentity type of `identitySource`: `string[]` with identity sources, `null` without
 */
export interface HttpRequestEvent<TIdentity extends string[] | null = string[] | null> {
  version: '2.0'
  type: 'REQUEST'
  routeArn: string
  /** The values of the identity sources in the configured order; `null` if none are configured. */
  identitySource: TIdentity
  routeKey: string
  rawPath: string
  rawQueryString: string
  cookies?: string[]
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

const presentIfFilled = <T>(members: Record<string, T>): Record<string, T> | undefined =>
  Object.keys(members).length > 0 ? members : undefined

const cookiesOf = (request: GatewayRequest): string[] =>
  request
    .headerValues('cookie')
    .flatMap((line) => line.split(';').map((each) => each.trim()))
    .filter((each) => each !== '')

const joinedQuery = (request: GatewayRequest): Record<string, string> => {
  const query = createMap<string>()
  for (const { name, value } of request.queryParameters) {
    if (name === undefined || value === undefined) continue
    query[name] = Object.hasOwn(query, name) ? `${query[name]},${value}` : value
  }
  return query
}

export const httpRequestEvent = (
  http: HttpApi,
  request: GatewayRequest,
  identity: readonly string[],
  clock: Clock,
): HttpRequestEvent => {
  const { api } = http
  const now = clock.now()
  const route = httpRouteOf(http, request)
  const path = stagedPath(http, request)
  const headers = createMap<string>()
  for (const [lower, { values }] of collectHeaders(request, LOWER_CASE_HEADERS, clock)) {
    headers[lower] = values.join(',')
  }
  const cookies = cookiesOf(request)
  if (cookies.length > 0) delete headers['cookie']
  const pathParameters = presentIfFilled(decodedParameters(route.parameters))
  const queryStringParameters = presentIfFilled(joinedQuery(request))
  const stageVariables = presentIfFilled({ ...http.stageVariables })
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
      requestId: createExtendedRequestId(),
      routeKey: route.key,
      stage: api.stage,
      time: requestTime(now),
      timeEpoch: now,
    },
    ...(pathParameters && { pathParameters }),
    ...(stageVariables && { stageVariables }),
  }
}
