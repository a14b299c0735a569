/** The contract of Lambda authorizers of WebSocket APIs. @module */
import type { Contract } from '../../index.ts'
import {
  isLongerThan,
  checkGroupedOptions,
  type Checks,
  type GroupChecks,
  JsonProblem,
  type Parsed,
} from '../../contract.ts'
import { DEFAULT_LIMITS } from '../policy/document.ts'
import { exactSpelling } from '../policy/matching/spelling.ts'
import { REST_GROUP_CHECKS, type RestCompatibility } from '../rest/rest.ts'
import { type ApiOptions, apiOption, resolveApi } from '../shared/api.ts'
import { identitySourceOption, parseIdentitySources } from '../shared/identity.ts'
import { invokeLambda, type LambdaHandler } from '../shared/lambda.ts'
import { policyMembers } from '../shared/policy-decision.ts'
import type { WithRestRequest } from '../shared/lambda-events.ts'
import { type AuthorizerResponse, checkResult, type PolicyResult, type ResultRules } from '../shared/result.ts'
import { badResult, parseSettled } from '../shared/settled.ts'
import {
  CREDENTIAL_LIMIT_CHECKS,
  type CredentialLimits,
  identityLimitsOf,
  stageVariablesOption,
  unsafeOptionWarnings,
} from '../shared/shared-options.ts'
import {
  connectEvent,
  connectResource,
  CONTEXT_VARIABLES,
  NOTATION,
  type WebSocketApi,
  type WebSocketEvent,
} from './event.ts'
import { respondAsWebSocketApi } from './response.ts'

/** Options of {@link webSocket}, named as in the AWS manual. */
export interface WebSocketOptions {
  /**
   * `route.request.header.NAME`, `route.request.querystring.NAME`, `stageVariables.NAME`, `context.NAME`, as an array or
   * separated by commas, at most 8. A request without one of them gets 401. A header has the value that the event contains
   * (AWS-ID-20). Default: none.
   */
  identitySource?: string | readonly string[]
  /** The API that the ARN and the event name. */
  api?: ApiOptions
  /** Stage variables, for events and identity sources. Default: none. */
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

/** Maximum size of a result in bytes of JSON (AWS-OUT-50, AWS-QUO-07). */
const MAX_RESULT_BYTES = 8192

const parsePolicy = (value: unknown, rules: ResultRules): Parsed<PolicyResult> => {
  if (isLongerThan(JSON.stringify(value), MAX_RESULT_BYTES)) {
    return badResult(`the result is larger than ${MAX_RESULT_BYTES} bytes`)
  }
  const result = checkResult(value, rules)
  return result instanceof JsonProblem ? badResult(result.problem) : { accepted: true, result }
}

/**
 * Creates the contract of a WebSocket API's Lambda authorizer. The function is called once per connection, on `$connect`
 * (AWS-KIND-29); its result applies for the lifetime of the connection and is not cached. Use it with `guardUpgrade` of
 * `@custom-authorizer/core/node`, or as a middleware before a framework's WebSocket route.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * server.on('upgrade', guardUpgrade(handler, { contract: aws.webSocket() })((req, socket, head) => …))
 */
export const webSocket = (
  options: WebSocketOptions = {},
): Contract<LambdaHandler<WithRestRequest<WebSocketEvent>, AuthorizerResponse>, 'text'> => {
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
    contextBytes: MAX_RESULT_BYTES,
    contextValues: 'text',
    segmentWildcards: 'iam',
    unknownMembers: 'reject',
  }
  const spelling = exactSpelling(connectResource(api))
  const contract: Contract<LambdaHandler<WithRestRequest<WebSocketEvent>, AuthorizerResponse>, 'text', PolicyResult> = {
    name: 'aws.webSocket',
    fingerprint: JSON.stringify([api, checked]),
    warnings: unsafeOptionWarnings('aws.webSocket', checked),
    identitySources: parseIdentitySources(
      'aws.webSocket.identitySource',
      identitySource,
      NOTATION,
      socket,
      CONTEXT_VARIABLES,
    ),
    identityLimits: identityLimitsOf('aws.webSocket', checked.limits),
    resultTtlSeconds: 0,
    timeoutMs: 10_000,
    contextValues: 'text',
    toEvent: (request, { clock }) => connectEvent(socket, request, clock),
    invoke: (authorize, event, invocation) =>
      invokeLambda(authorize as LambdaHandler<never, unknown>, event, invocation, api),
    parseResult: (settled) => parseSettled(settled, (value) => parsePolicy(value, rules)),
    ...policyMembers(api, rules, () => spelling),
    respond: (denial) => respondAsWebSocketApi(denial, explicitDenyText),
    requestContext: ({ context, principalId }, latencyMs) => ({
      ...context,
      principalId,
      integrationLatency: Math.round(latencyMs),
    }),
  }
  return contract
}
