/** Lambda authorizers of WebSocket APIs, asked once for each connection. @module */
import type { Clock, Contract, GatewayRequest, GatewayResponse } from '../../index.ts'
import {
  checkGroupedOptions,
  type Checks,
  type GroupChecks,
  type Denial,
  GATEWAY_RESPONSES,
  JsonProblem,
  jsonResponse,
} from '../../contract.ts'
import { type Api, type ApiOptions, apiOption, arnHead, domainNameOf, resolveApi } from '../shared/api.ts'
import {
  collectHeaders,
  createMap,
  headerSourcesOf,
  hex,
  type HeaderShape,
  NO_CONTENT,
} from '../shared/event-headers.ts'
import { requestTime } from '../rest/event.ts'
import { REST_GROUP_CHECKS, type RestCompatibility } from '../rest/rest.ts'
import {
  type ContextVariables,
  identitySourceOption,
  parseIdentitySources,
  type SourceNotation,
} from '../shared/identity.ts'
import {
  CREDENTIAL_LIMIT_CHECKS,
  type CredentialLimits,
  identityLimitsOf,
  stageVariablesOption,
  unsafeOptionWarnings,
} from '../shared/shared-options.ts'
import { type ExplicitDenyText, EXPLICIT_DENY_TEXT } from '../rest/gateway-responses.ts'
import { failedCall, invokeLambda, type LambdaHandler } from '../shared/lambda.ts'
import { DEFAULT_LIMITS } from '../policy/document.ts'
import { exactSpelling } from '../policy/spelling.ts'
import { policyMembers } from '../shared/policy-decision.ts'
import { type AuthorizerResponse, checkResult, type PolicyResult, type ResultRules } from '../shared/result.ts'

/** Event of a WebSocket API's authorizer, on `$connect` (AWS-EVT-80 to AWS-EVT-84). */
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

/** Options of {@link webSocket}; the names of the AWS manual. */
export interface WebSocketOptions {
  /**
   * `route.request.header.NAME`, `route.request.querystring.NAME`, `stageVariables.NAME`, `context.NAME`, as an array or
   * separated by commas. Every one has to be present. A header has the value that the event shows (AWS-ID-20). Default: none.
   */
  identitySource?: string | readonly string[]
  /** The API that the ARN names. */
  api?: ApiOptions
  /** Stage variables, for events and identity sources. */
  stageVariables?: Readonly<Record<string, string>>
  /** Choices where the gateway's behaviour differs between accounts or is undocumented. The defaults fit most functions. */
  compatibility?: WebSocketCompatibility
  /** Maximum size of credentials. */
  limits?: CredentialLimits
}

/** Option `compatibility` of {@link webSocket}. */
export type WebSocketCompatibility = Pick<RestCompatibility, 'explicitDenyText' | 'missingPrincipalId'>

type OptionGroup = 'compatibility' | 'limits'

const CHECKS: Checks<Omit<WebSocketOptions, OptionGroup>> = {
  identitySource: identitySourceOption,
  api: apiOption,
  stageVariables: stageVariablesOption,
}

const GROUP_CHECKS: GroupChecks<WebSocketOptions, OptionGroup> = {
  compatibility: {
    explicitDenyText: REST_GROUP_CHECKS.compatibility.explicitDenyText,
    missingPrincipalId: REST_GROUP_CHECKS.compatibility.missingPrincipalId,
  },
  limits: CREDENTIAL_LIMIT_CHECKS,
}

interface WebSocketApi {
  readonly api: Api
  readonly stageVariables: Readonly<Record<string, string>>
}

const CONTEXT: ContextVariables<WebSocketApi> = new Map<
  string,
  (socket: WebSocketApi, request: GatewayRequest) => string | undefined
>([
  ['apiId', ({ api }) => api.apiId],
  ['domainName', ({ api }, request) => domainNameOf(api, request)],
  ['eventType', () => 'CONNECT'],
  ['identity.sourceIp', (_, request) => request.sourceIp],
  ['identity.userAgent', (_, request) => request.header('user-agent')],
  ['routeKey', () => '$connect'],
  ['stage', ({ api }) => api.stage],
])

/** Handshake headers reach the event, which REST would drop (AWS-EVT-82). */
const HANDSHAKE: HeaderShape = {
  spell: (_, received) => received,
  keeps: new Set(['connection', 'upgrade', 'content-length']),
  defaults: NO_CONTENT,
}

const NOTATION: SourceNotation = { sign: '', request: 'route.request', header: headerSourcesOf(HANDSHAKE) }

const connectResource = ({ apiId, stage }: Api): string => `${apiId}/${stage}/$connect`

const connectEvent = ({ api, stageVariables }: WebSocketApi, request: GatewayRequest, clock: Clock): WebSocketEvent => {
  const now = clock.now()
  const headers = createMap<string>()
  const multiValueHeaders = createMap<string[]>()
  for (const { name, values } of collectHeaders(request, HANDSHAKE, clock).values()) {
    headers[name] = values.at(-1) as string
    multiValueHeaders[name] = values
  }
  const query = createMap<string>()
  const multiValueQuery = createMap<string[]>()
  for (const { name, value } of request.queryParameters) {
    if (name === undefined || value === undefined) continue
    query[name] = value
    ;(multiValueQuery[name] ??= []).push(value)
  }
  const userAgent = request.header('user-agent')
  const id = `${btoa(hex(11)).slice(0, 15)}=`
  return {
    type: 'REQUEST',
    methodArn: `${arnHead(api)}:${connectResource(api)}`,
    headers,
    multiValueHeaders,
    queryStringParameters: query,
    multiValueQueryStringParameters: multiValueQuery,
    stageVariables: { ...stageVariables },
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      extendedRequestId: id,
      requestTime: requestTime(now),
      messageDirection: 'IN',
      stage: api.stage,
      connectedAt: now,
      requestTimeEpoch: now,
      identity: { sourceIp: request.sourceIp ?? '', ...(userAgent !== undefined && { userAgent }) },
      requestId: id,
      domainName: domainNameOf(api, request),
      connectionId: `${btoa(hex(11)).slice(0, 15)}=`,
      apiId: api.apiId,
    },
  }
}

/** Largest result of a WebSocket authorizer in bytes of JSON (AWS-OUT-50, AWS-QUO-07). */
const MAX_RESULT = 8192

/** Status and message of each type: the texts of REST under a small `message`, as one capture shows (AWS-WS-09). */
const RESPONSES: typeof GATEWAY_RESPONSES = {
  ...GATEWAY_RESPONSES,
  ACCESS_DENIED: { status: 403, message: 'User is not authorized to access this resource' },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, message: 'Internal server error' },
  AUTHORIZER_FAILURE: { status: 500, message: 'Internal server error' },
}

const respond = ({ type, reason }: Denial, explicitDenyText: ExplicitDenyText): GatewayResponse => {
  const { status, message } = RESPONSES[type]
  const suffix = reason === 'EXPLICIT_DENY' ? EXPLICIT_DENY_TEXT[explicitDenyText] : ''
  return jsonResponse(
    status,
    JSON.stringify({ message: `${message}${suffix}` }),
    type === 'OVERLOADED' ? [['Retry-After', '1']] : [],
  )
}

/**
 * The contract of a WebSocket API's Lambda authorizer: the function is asked on `$connect`, for every connection anew
 * (AWS-KIND-29), and its answer is the connection's for as long as it lives. For `guardUpgrade` of
 * `@custom-authorizer/core/node`, or as a middleware before a framework's WebSocket route.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * server.on('upgrade', guardUpgrade(handler, { contract: aws.webSocket() })((req, socket, head) => …))
 */
export const webSocket = (
  options: WebSocketOptions = {},
): Contract<LambdaHandler<WebSocketEvent, AuthorizerResponse>, 'text'> => {
  const checked = checkGroupedOptions<WebSocketOptions, OptionGroup>('aws.webSocket', options, CHECKS, GROUP_CHECKS)
  const socket: WebSocketApi = Object.freeze({
    api: resolveApi('aws.webSocket', checked.api),
    stageVariables: Object.freeze({ ...checked.stageVariables }),
  })
  const { api } = socket
  const { identitySource = [] } = checked
  const { explicitDenyText = 'identity-based-policy', missingPrincipalId = 'reject' } = checked.compatibility
  const rules: ResultRules = {
    ...DEFAULT_LIMITS,
    missingPrincipalId,
    contextBytes: MAX_RESULT,
    contextValues: 'text',
    segmentWildcards: 'iam',
    unknownMembers: 'reject',
  }
  const spelling = exactSpelling(connectResource(api))
  const contract: Contract<LambdaHandler<WebSocketEvent, AuthorizerResponse>, 'text', PolicyResult> = {
    name: 'aws.webSocket',
    fingerprint: JSON.stringify([api, checked]),
    warnings: unsafeOptionWarnings('aws.webSocket', checked),
    identitySources: parseIdentitySources('aws.webSocket.identitySource', identitySource, NOTATION, socket, CONTEXT),
    identityLimits: identityLimitsOf('aws.webSocket', checked.limits),
    resultTtlSeconds: 0,
    timeoutMs: 10_000,
    contextValues: 'text',
    toEvent: (request, { clock }) => connectEvent(socket, request, clock),
    invoke: (authorize, event, invocation) =>
      invokeLambda(authorize as LambdaHandler<never, unknown>, event, invocation, api),
    parseResult: (settled) => {
      if (settled.status === 'timedOut') return { accepted: false, reason: 'AUTHORIZER_TIMEOUT' }
      if (settled.status === 'failed') return failedCall(settled.error)
      if (new TextEncoder().encode(JSON.stringify(settled.value)).length > MAX_RESULT) {
        return { accepted: false, reason: 'BAD_RESULT', problem: `the answer is larger than ${MAX_RESULT} bytes` }
      }
      const result = checkResult(settled.value, rules)
      return result instanceof JsonProblem
        ? { accepted: false, reason: 'BAD_RESULT', problem: result.problem }
        : { accepted: true, result }
    },
    ...policyMembers(api, rules, () => spelling),
    respond: (denial) => respond(denial, explicitDenyText),
    requestContext: ({ context, principalId }, latencyMs) => ({
      ...context,
      principalId,
      integrationLatency: Math.round(latencyMs),
    }),
  }
  return contract
}
