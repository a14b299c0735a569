/** The event of payload format 1.0 of HTTP APIs (AWS-EVT-60 to AWS-EVT-66). @module */
import type { Clock, GatewayRequest } from '../../index.ts'
import { domainNameOf, domainPrefixOf, methodArnOf } from '../shared/api.ts'
import { headerMembers } from '../shared/event-headers.ts'
import { queryMembers } from '../shared/event-query.ts'
import { createExtendedRequestId } from '../shared/ids.ts'
import { requestTime } from '../shared/request-time.ts'
import { CANONICAL_HEADERS } from './headers.ts'
import { decodedParameters, type HttpApi, httpRouteOf, stagedPath } from './route.ts'

/** Event of payload format 1.0. */
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
    identity: Record<HttpIdentityMember | 'userAgent', string | null> & { sourceIp: string }
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

type HttpIdentityMember = (typeof IDENTITY_MEMBERS)[number]

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
  const requestId = createExtendedRequestId()
  const identitySource = identity.join(',')
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn: methodArnOf(api, request),
    identitySource,
    authorizationToken: identitySource,
    resource: route.path,
    path,
    httpMethod: request.method,
    ...headerMembers(request, CANONICAL_HEADERS, clock),
    // REST APIs have the last value of a repeated parameter (AWS-EVT-66).
    ...queryMembers(request, 'first'),
    pathParameters: decodedParameters(route.parameters),
    stageVariables: { ...stageVariables },
    requestContext: {
      accountId: api.accountId,
      apiId: api.apiId,
      domainName: domainNameOf(api, request),
      domainPrefix: domainPrefixOf(api, request),
      extendedRequestId: requestId,
      httpMethod: request.method,
      identity: {
        ...(Object.fromEntries(IDENTITY_MEMBERS.map((name) => [name, null])) as Record<HttpIdentityMember, null>),
        sourceIp: request.sourceIp ?? '',
        userAgent: request.header('user-agent') ?? null,
      },
      path,
      protocol: 'HTTP/1.1',
      requestId,
      requestTime: requestTime(now),
      requestTimeEpoch: now,
      resourceId: route.key,
      resourcePath: route.path,
      stage: api.stage,
    },
  }
}
