/** What TOKEN and REQUEST authorizers of a REST API have in common: everything but the event. @module */
import type { Contract, DenialReason, GatewayRequest } from '../../index.ts'
import {
  check,
  type Checks,
  unsafeOptionsIn,
  type Denial,
  type IdentitySource,
  type Invocation,
  JsonProblem,
  type Parsed,
  RouteTable,
  type Settled,
} from '../../contract.ts'
import { type ApiOptions, apiOption, resolveApi } from '../shared/api.ts'
import type { RestApi } from './event.ts'
import {
  type ExplicitDenyText,
  type GatewayResponseDefinitions,
  gatewayResponsesOption,
  respondAsRest,
} from './gateway-responses.ts'
import { failedCall, invokeLambda, type LambdaHandler } from '../shared/lambda.ts'
import {
  AWS_UNSAFE_OPTIONS,
  identityLimitsOf,
  type LimitOptions,
  limitsOption,
  policyOptions,
  stageVariablesOption,
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

/** Options that TOKEN and REQUEST authorizers share; the names of the AWS manual where it has one. */
export interface RestOptions {
  /** Lifetime of a result in seconds, 0 to 3600; 0 keeps nothing. Default 300 (AWS-KIND-20). */
  authorizerResultTtlInSeconds?: number
  /** The API that ARNs name. */
  api?: ApiOptions
  /** Stage variables, for events, identity sources and templates. */
  stageVariables?: Readonly<Record<string, string>>
  /**
   * Route templates such as `/pets/{id}` or `GET /pets/{id}`; they give `resource` and `pathParameters`. Default: the route
   * that the framework has matched, mount paths included; where the framework does not tell it, `/{proxy+}`.
   */
  routes?: readonly string[]
  /** Customized gateway responses. Default: none. */
  gatewayResponses?: GatewayResponseDefinitions
  /** `'EDGE'` shapes header names and adds headers as CloudFront does. Default `'REGIONAL'` (AWS-EVT-13). */
  endpointType?: 'REGIONAL' | 'EDGE'
  /** Default `'identity-based-policy'`, the current service (AWS-GOT-01). */
  explicitDenyText?: ExplicitDenyText
  /**
   * What to do when the result has no `principalId`: `'reject'` it (500), or `'accept'` it as an empty principal, for
   * functions that never return one. Default `'reject'` (AWS-GOT-02, SEC-32).
   */
  missingPrincipalId?: 'reject' | 'accept'
  /** `false` ignores `Principal`, and `null` in place of `Sid` and `Condition`. Default `true` (AWS-OUT-27, AWS-OUT-29). */
  strictPolicyParser?: boolean
  /**
   * How far a `*` in an Allow reaches: over `/`, as in IAM, or to the end of its segment unless it ends the pattern. A Deny
   * keeps its full reach. Default `'iam'` (SEC-46).
   */
  segmentWildcards?: 'iam' | 'strict'
  /** Largest policy document accepted, in bytes of JSON. Default 8192 (SEC-51). */
  maxPolicyBytes?: number
  /** Most statements accepted in a policy document. Default 100 (SEC-51). */
  maxStatements?: number
  /** Largest context accepted, in bytes of keys and values. Default 8192 (SEC-33). */
  maxContextBytes?: number
  /** Bounds: `credentialCharacters`, the maximum length of a credential, default 8192 (SEC-95). */
  limits?: LimitOptions
}

/** One row per shared option. */
export const REST_CHECKS: Checks<RestOptions> = {
  authorizerResultTtlInSeconds: check.integer(0, 3600, 'seconds'),
  api: apiOption,
  stageVariables: stageVariablesOption,
  routes: check.listOf(check.text()),
  gatewayResponses: gatewayResponsesOption,
  endpointType: check.oneOf('REGIONAL', 'EDGE'),
  explicitDenyText: check.oneOf('identity-based-policy', 'legacy'),
  missingPrincipalId: check.oneOf('reject', 'accept'),
  strictPolicyParser: check.oneOf(true, false),
  ...policyOptions,
  limits: limitsOption,
}

/** What a kind of REST authorizer adds. */
export interface RestKind {
  readonly name: string
  readonly identitySources: readonly IdentitySource[]
  readonly toEvent: (rest: RestApi, request: GatewayRequest, invocation: Invocation) => unknown
  readonly validateIdentity?: (identity: readonly string[]) => DenialReason | undefined
}

/** Resolves the shared options into what events and answers are built from. */
export const resolveRest = (where: string, options: Readonly<Partial<RestOptions>>): RestApi =>
  Object.freeze({
    api: resolveApi(where, options.api),
    stageVariables: Object.freeze({ ...options.stageVariables }),
    routes: options.routes === undefined ? undefined : new RouteTable(`${where}.routes`, options.routes),
    endpointType: options.endpointType ?? 'REGIONAL',
  })

/** Makes a contract from a kind and options that have passed their checks. */
export const restContract = <TEvent>(
  kind: RestKind,
  rest: RestApi,
  options: Readonly<Partial<RestOptions>>,
): Contract<LambdaHandler<TEvent, AuthorizerResponse>, 'text'> => {
  const { api } = rest
  const rules: ResultRules = {
    missingPrincipalId: options.missingPrincipalId ?? 'reject',
    maxContextBytes: options.maxContextBytes ?? 8192,
    maxPolicyBytes: options.maxPolicyBytes ?? DEFAULT_LIMITS.maxPolicyBytes,
    maxStatements: options.maxStatements ?? DEFAULT_LIMITS.maxStatements,
    strictPolicyParser: options.strictPolicyParser ?? true,
    contextValues: 'text',
    segmentWildcards: options.segmentWildcards ?? 'iam',
    unknownMembers: 'reject',
  }
  const responder = {
    rest,
    definitions: structuredClone(options.gatewayResponses ?? {}),
    explicitDenyText: options.explicitDenyText ?? 'identity-based-policy',
  } as const

  const parseResult = (settled: Settled): Parsed<PolicyResult> => {
    if (settled.status === 'timedOut') return { accepted: false, reason: 'AUTHORIZER_TIMEOUT' }
    if (settled.status === 'failed') return failedCall(settled.error)
    const result = checkResult(settled.value, rules)
    return result instanceof JsonProblem
      ? { accepted: false, reason: 'BAD_RESULT', problem: result.problem }
      : { accepted: true, result, notes: policyOf(result, rules).advice }
  }

  const contract: Contract<LambdaHandler<TEvent, AuthorizerResponse>, 'text', PolicyResult> = {
    name: kind.name,
    // Validators and limits change answers too, so everything that was typed in counts (SEC-53).
    fingerprint: JSON.stringify([api, options]),
    warnings: unsafeOptionsIn(kind.name, options, AWS_UNSAFE_OPTIONS),
    identitySources: kind.identitySources,
    identityLimits: identityLimitsOf(kind.name, options.limits),
    resultTtlSeconds: options.authorizerResultTtlInSeconds ?? 300,
    timeoutMs: 10_000,
    contextValues: 'text',
    precheck: admitArn(api),
    ...(kind.validateIdentity && { validateIdentity: kind.validateIdentity }),
    toEvent: (request, invocation) => kind.toEvent(rest, request, invocation),
    invoke: (authorize, event, invocation) =>
      invokeLambda(authorize as LambdaHandler<never, unknown>, event, invocation, api),
    parseResult,
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
