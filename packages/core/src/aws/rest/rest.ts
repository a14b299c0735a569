/** The common part of TOKEN and REQUEST authorizers of a REST API: everything except the event. @module */
import type { Contract, DenialReason, GatewayRequest } from '../../index.ts'
import {
  check,
  type Checks,
  type GroupChecks,
  type Grouped,
  type Denial,
  type IdentitySource,
  type Invocation,
  JsonProblem,
  type Parsed,
  RouteTable,
} from '../../contract.ts'
import { type ApiOptions, apiOption, resolveApi } from '../shared/api.ts'
import type { RestApi } from './event.ts'
import { type GatewayResponseDefinitions, gatewayResponsesOption } from './gateway-response-definitions.ts'
import { type ExplicitDenyText, respondAsRest } from './gateway-responses.ts'
import { invokeLambda, type LambdaHandler } from '../shared/lambda.ts'
import { badResult, parseSettled } from '../shared/settled.ts'
import {
  identityLimitsOf,
  LIMIT_CHECKS,
  type LimitOptions,
  segmentWildcardsOption,
  stageVariablesOption,
  unsafeOptionWarnings,
} from '../shared/shared-options.ts'
import { DEFAULT_LIMITS } from '../policy/document.ts'
import { admitArn, policyMembers, spellingsUnder } from '../shared/policy-decision.ts'
import {
  type AuthorizerResponse,
  checkResult,
  policyOf,
  type PolicyResult,
  type ResultRules,
} from '../shared/result.ts'

/** Options of TOKEN and REQUEST authorizers, named as in the AWS manual. */
export interface RestOptions {
  /** How long a result is cached, in seconds, 0 to 3600; 0 disables the cache. Default 300 (AWS-KIND-20). */
  authorizerResultTtlInSeconds?: number
  /** The API that ARNs and events name. */
  api?: ApiOptions
  /** Stage variables, for events, identity sources and gateway responses. Default: none. */
  stageVariables?: Readonly<Record<string, string>>
  /**
   * Route templates such as `/pets/{id}` or `GET /pets/{id}`, which fill `resource` and `pathParameters`. Default: the route
   * that the framework matched, including mount paths; `/{proxy+}` if the framework does not expose it.
   */
  routes?: readonly string[]
  /** Customized gateway responses. Default: none. */
  gatewayResponses?: GatewayResponseDefinitions
  /** `'EDGE'` spells header names and adds headers as CloudFront does. Default `'REGIONAL'` (AWS-EVT-13). */
  endpointType?: 'REGIONAL' | 'EDGE'
  /**
   * Whether `*` in an Allow also matches `/` (`'iam'`) or only within one segment (`'strict'`; a final `*` still matches
   * everything). A Deny always matches as in IAM. Default `'iam'` (SEC-46).
   */
  segmentWildcards?: 'iam' | 'strict'
  /** Choices where the gateway's behaviour differs between accounts or is undocumented. The defaults fit most functions. */
  compatibility?: RestCompatibility
  /** Maximum sizes of credentials, policies and contexts. */
  limits?: LimitOptions
}

/** Option `compatibility` of REST authorizers. */
export interface RestCompatibility {
  /** Wording of the 403 body after an explicit Deny. Default `'identity-based-policy'`, the current service (AWS-GOT-01). */
  explicitDenyText?: ExplicitDenyText
  /**
   * What to do when the result has no `principalId`: `'reject'` it (500), or `'accept'` it as an empty principal, for
   * functions that never return one. Default `'reject'` (AWS-GOT-02, SEC-32).
   */
  missingPrincipalId?: 'reject' | 'accept'
  /**
   * Whether a policy with `Principal`, or with `null` as `Sid` or `Condition`, is invalid; `false` ignores these elements.
   * Default `true` (AWS-OUT-27, AWS-OUT-29).
   */
  strictPolicyParser?: boolean
}

/** One row per shared option. */
export const REST_CHECKS: Checks<Omit<RestOptions, OptionGroup>> = {
  authorizerResultTtlInSeconds: check.integer(0, 3600, 'seconds'),
  api: apiOption,
  stageVariables: stageVariablesOption,
  routes: check.listOf(check.text()),
  gatewayResponses: gatewayResponsesOption,
  endpointType: check.oneOf('REGIONAL', 'EDGE'),
  segmentWildcards: segmentWildcardsOption,
}

/** The options that are groups. */
export type OptionGroup = 'compatibility' | 'limits'

/** One row per member of a group. */
export const REST_GROUP_CHECKS: GroupChecks<RestOptions, OptionGroup> = {
  compatibility: {
    explicitDenyText: check.oneOf('identity-based-policy', 'legacy'),
    missingPrincipalId: check.oneOf('reject', 'accept'),
    strictPolicyParser: check.oneOf(true, false),
  },
  limits: LIMIT_CHECKS,
}

/** Options that have passed their checks. */
export type CheckedRestOptions = Grouped<RestOptions, OptionGroup>

/** The part that TOKEN and REQUEST authorizers do not share. */
export interface RestKind {
  readonly name: string
  readonly identitySources: readonly IdentitySource[]
  readonly toEvent: (rest: RestApi, request: GatewayRequest, invocation: Invocation) => unknown
  readonly validateIdentity?: (identity: readonly string[]) => DenialReason | undefined
}

/** Resolves the options that events and responses depend on. */
export const resolveRest = (where: string, options: CheckedRestOptions): RestApi =>
  Object.freeze({
    api: resolveApi(where, options.api),
    stageVariables: Object.freeze({ ...options.stageVariables }),
    routes: options.routes === undefined ? undefined : new RouteTable(`${where}.routes`, options.routes),
    endpointType: options.endpointType ?? 'REGIONAL',
  })

/** Creates a contract from a kind of authorizer and checked options. */
export const restContract = <TEvent>(
  kind: RestKind,
  rest: RestApi,
  options: CheckedRestOptions,
): Contract<LambdaHandler<TEvent, AuthorizerResponse>, 'text'> => {
  const { api } = rest
  const { compatibility, limits } = options
  const rules: ResultRules = {
    missingPrincipalId: compatibility.missingPrincipalId ?? 'reject',
    contextBytes: limits.contextBytes ?? 8192,
    policyBytes: limits.policyBytes ?? DEFAULT_LIMITS.policyBytes,
    policyStatements: limits.policyStatements ?? DEFAULT_LIMITS.policyStatements,
    strictPolicyParser: compatibility.strictPolicyParser ?? true,
    contextValues: 'text',
    segmentWildcards: options.segmentWildcards ?? 'iam',
    unknownMembers: 'reject',
  }
  const responder = {
    rest,
    definitions: structuredClone(options.gatewayResponses ?? {}),
    explicitDenyText: compatibility.explicitDenyText ?? 'identity-based-policy',
  } as const

  const parsePolicy = (value: unknown): Parsed<PolicyResult> => {
    const result = checkResult(value, rules)
    return result instanceof JsonProblem
      ? badResult(result.problem)
      : { accepted: true, result, notes: policyOf(result, rules).advice }
  }

  const contract: Contract<LambdaHandler<TEvent, AuthorizerResponse>, 'text', PolicyResult> = {
    name: kind.name,
    // Any option can change a cached result, including limits and validators (SEC-53).
    fingerprint: JSON.stringify([api, options]),
    warnings: unsafeOptionWarnings(kind.name, options),
    identitySources: kind.identitySources,
    identityLimits: identityLimitsOf(kind.name, limits),
    resultTtlSeconds: options.authorizerResultTtlInSeconds ?? 300,
    timeoutMs: 10_000,
    requestIdHeader: 'x-amzn-RequestId',
    contextValues: 'text',
    precheck: admitArn(api),
    ...(kind.validateIdentity && { validateIdentity: kind.validateIdentity }),
    toEvent: (request, invocation) => kind.toEvent(rest, request, invocation),
    invoke: (authorize, event, invocation) =>
      invokeLambda(authorize as LambdaHandler<never, unknown>, event, invocation, api),
    parseResult: (settled) => parseSettled(settled, parsePolicy),
    reviveResult: (stored) => {
      const result = checkResult(stored, rules)
      return result instanceof JsonProblem ? undefined : result
    },
    ...policyMembers(api, rules, spellingsUnder(api)),
    respond: (denial: Denial<PolicyResult>) => respondAsRest(responder, denial),
    requestContext: ({ context, principalId }, latencyMs) => ({
      ...context,
      principalId,
      integrationLatency: Math.round(latencyMs),
    }),
  }
  return contract
}
