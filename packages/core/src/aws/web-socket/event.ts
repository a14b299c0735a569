/** The `$connect` event of WebSocket APIs and its identity sources (AWS-EVT-80 to AWS-EVT-84). @module */
import type { Clock, GatewayRequest } from '../../index.ts'
import { type Api, arnPrefix, domainNameOf } from '../shared/api.ts'
import { DEFAULT_CONTENT_LENGTH, headerMembers, headerSourcesOf, type HeaderShape } from '../shared/event-headers.ts'
import { queryMembers } from '../shared/event-query.ts'
import type { ContextVariables, SourceNotation } from '../shared/identity.ts'
import { createExtendedRequestId } from '../shared/ids.ts'
import { requestTime } from '../shared/request-time.ts'

/** Event of a WebSocket API's authorizer on `$connect`. */
export interface WebSocketEvent {
  type: 'REQUEST'
  methodArn: string
  headers: Record<string, string>
  multiValueHeaders: Record<string, string[]>
  queryStringParameters: Record<string, string>
  multiValueQueryStringParameters: Record<string, string[]>
  stageVariables: Record<string, string>
  requestContext: {
    routeKey: '$connect'
    eventType: 'CONNECT'
    extendedRequestId: string
    requestTime: string
    messageDirection: 'IN'
    stage: string
    connectedAt: number
    requestTimeEpoch: number
    identity: { sourceIp: string; userAgent?: string }
    requestId: string
    domainName: string
    connectionId: string
    apiId: string
  }
}

/** The configuration of a WebSocket API. */
export interface WebSocketApi {
  readonly api: Api
  readonly stageVariables: Readonly<Record<string, string>>
}

type ReadVariable = (socket: WebSocketApi, request: GatewayRequest) => string | undefined

/** Variables of `context.X` on WebSocket APIs (AWS-ID-15). */
export const CONTEXT_VARIABLES: ContextVariables<WebSocketApi> = new Map<string, ReadVariable>([
  ['apiId', ({ api }) => api.apiId],
  ['domainName', ({ api }, request) => domainNameOf(api, request)],
  ['eventType', () => 'CONNECT'],
  ['identity.sourceIp', (_, request) => request.sourceIp],
  ['identity.userAgent', (_, request) => request.header('user-agent')],
  ['routeKey', () => '$connect'],
  ['stage', ({ api }) => api.stage],
])

/** The event contains handshake headers that REST APIs drop (AWS-EVT-82). */
const HANDSHAKE_HEADERS: HeaderShape = {
  spell: (_, received) => received,
  keeps: new Set(['connection', 'upgrade', 'content-length']),
  defaults: DEFAULT_CONTENT_LENGTH,
}

export const NOTATION: SourceNotation = {
  sign: '',
  request: 'route.request',
  header: headerSourcesOf(HANDSHAKE_HEADERS),
}

export const connectResource = ({ apiId, stage }: Api): string => `${apiId}/${stage}/$connect`

export const connectEvent = (
  { api, stageVariables }: WebSocketApi,
  request: GatewayRequest,
  clock: Clock,
): WebSocketEvent => {
  const now = clock.now()
  const userAgent = request.header('user-agent')
  const requestId = createExtendedRequestId()
  return {
    type: 'REQUEST',
    methodArn: `${arnPrefix(api)}:${connectResource(api)}`,
    ...headerMembers(request, HANDSHAKE_HEADERS, clock),
    ...queryMembers(request, 'last'),
    stageVariables: { ...stageVariables },
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      extendedRequestId: requestId,
      requestTime: requestTime(now),
      messageDirection: 'IN',
      stage: api.stage,
      connectedAt: now,
      requestTimeEpoch: now,
      identity: { sourceIp: request.sourceIp ?? '', ...(userAgent !== undefined && { userAgent }) },
      requestId,
      domainName: domainNameOf(api, request),
      connectionId: createExtendedRequestId(),
      apiId: api.apiId,
    },
  }
}
