/** The contract of Lambda authorizers of HTTP APIs: payload formats 1.0 and 2.0, policies and simple responses. @module */
import type { AnyFunction, AuthorizerResult, Contract, GatewayRequest } from '../../index.ts'
import { check, checkGroupedOptions, type Checks, type GroupChecks, JsonProblem, type Verdict } from '../../contract.ts'
import { DEFAULT_LIMITS } from '../policy/document.ts'
import { type ApiOptions, apiOption } from '../shared/api.ts'
import {
  identitySourceOption,
  parseIdentitySources,
  requireSourcesForCache,
  type SourceNotation,
} from '../shared/identity.ts'
import { invokeLambda, type LambdaHandler } from '../shared/lambda.ts'
import { admitArn, policyMembers, spellingsUnder } from '../shared/policy-decision.ts'
import { checkResult, type PolicyResult, type ResultRules } from '../shared/result.ts'
import { errorMessageOf, type FailedCall, failedCall, parseSettled } from '../shared/settled.ts'
import {
  identityLimitsOf,
  LIMIT_CHECKS,
  type LimitOptions,
  RENAMED_LIMITS,
  segmentWildcardsOption,
  stageVariablesOption,
  unsafeOptionWarnings,
} from '../shared/shared-options.ts'
import { httpHeaderSource } from './headers.ts'
import { httpRequestEventV1, type HttpRequestEventV1 } from './payload-1.ts'
import type { WithCookies, WithRestMembers } from '../shared/lambda-events.ts'
import { httpRequestEvent, type HttpRequestEvent } from './payload-2.ts'
import { type HttpPolicyResponse, parsePolicyResponse } from './policy-response.ts'
import { respondAsHttpApi } from './response.ts'
import { HTTP_CONTEXT_VARIABLES, resolveHttpApi } from './route.ts'
import { parseSimpleResponse, reviveSimpleResponse, type SimpleResponse, type SimpleResult } from './simple-response.ts'

/** Options of {@link httpApi}, named as in the AWS manual. */
export interface HttpApiOptions {
  /** Default `'2.0'`. */
  authorizerPayloadFormatVersion?: '1.0' | '2.0'
  /** Whether the function returns `{ isAuthorized, context }` instead of a policy; only with `'2.0'`. Default `false`. */
  enableSimpleResponses?: boolean
  /**
   * `$request.header.NAME`, `$request.querystring.NAME`, `$stageVariables.NAME`, `$context.NAME`, as an array or separated
   * by commas, at most 8. A request without one of them gets 401. A header has the value that the event contains:
   * `X-Forwarded-For` ends with the peer's address (AWS-ID-20). Required if results are cached. Default: none.
   */
  identitySource?: string | readonly string[]
  /**
   * How long a result is cached, in seconds, 0 to 3600. Default 0: results are not cached (AWS-KIND-21). A cached simple
   * response applies to every route of the authorizer, unless `$context.routeKey` is an identity source (AWS-CACHE-04).
   */
  authorizerResultTtlInSeconds?: number
  /** The API that ARNs and events name. Default stage: `$default`. */
  api?: ApiOptions
  /** Stage variables, for events and identity sources. Default: none. */
  stageVariables?: Readonly<Record<string, string>>
  /**
   * Routes such as `GET /pets/{id}` or `/files/{proxy+}`, which fill `routeKey` and `pathParameters`. Default: the route that
   * the framework matched, including mount paths; `$default` if the framework does not expose it.
   */
  routes?: readonly string[]
  /**
   * Whether `*` in an Allow also matches `/` (`'iam'`) or only within one segment (`'strict'`; a final `*` still matches
   * everything). A Deny always matches as in IAM. Default `'iam'` (SEC-46).
   */
  segmentWildcards?: 'iam' | 'strict'
  /** Choices where the gateway's behaviour is undocumented. The defaults fit most functions. */
  compatibility?: HttpApiCompatibility
  /** Maximum sizes of credentials, policies and contexts. */
  limits?: LimitOptions
}

/** Option `compatibility` of {@link httpApi}. */
export interface HttpApiCompatibility {
  /**
   * Status if the function fails with exactly the text `Unauthorized`: `'500'`, or `'401'` as on REST APIs. Default `'500'`
   * (AWS-GOT-03).
   */
  httpApiThrowUnauthorized?: '500' | '401'
}

type OptionGroup = 'compatibility' | 'limits'

const CHECKS: Checks<Omit<HttpApiOptions, OptionGroup>> = {
  authorizerPayloadFormatVersion: check.oneOf('1.0', '2.0'),
  enableSimpleResponses: check.oneOf(true, false),
  identitySource: identitySourceOption,
  authorizerResultTtlInSeconds: check.integer(0, 3600, 'seconds'),
  api: apiOption,
  stageVariables: stageVariablesOption,
  routes: check.listOf(check.text()),
  segmentWildcards: segmentWildcardsOption,
}

const GROUP_CHECKS: GroupChecks<HttpApiOptions, OptionGroup> = {
  compatibility: { httpApiThrowUnauthorized: check.oneOf('500', '401') },
  limits: LIMIT_CHECKS,
}

const NOTATION: SourceNotation = { sign: '$', request: 'request', header: httpHeaderSource }

const THREW_UNAUTHORIZED =
  'the function failed with the text "Unauthorized", which gives 500 on an HTTP API; set compatibility: { httpApiThrowUnauthorized: "401" } for 401, or return isAuthorized: false or a Deny for 403'

const failedCallWith500 = (error: unknown): FailedCall =>
  errorMessageOf(error) === 'Unauthorized'
    ? { accepted: false, reason: 'AUTHORIZER_ERROR', problem: THREW_UNAUTHORIZED, hint: THREW_UNAUTHORIZED }
    : { accepted: false, reason: 'AUTHORIZER_ERROR' }

/** Options with at least one identity source. */
interface WithIdentitySource {
  identitySource: string | readonly [string, ...string[]]
}

/**
 * Event for a handler of an authorizer without identity sources. Its `identitySource` is `null` and has the type `never`, so
 * that handlers typed with `@types/aws-lambda`, which declares `string[]`, are accepted.
 */
type UnidentifiedEvent = WithCookies<HttpRequestEvent<never>>

/**
 * Creates the contract of an HTTP API's Lambda authorizer. The function receives the event of the payload format and returns
 * a policy or, with `enableSimpleResponses`, `{ isAuthorized, context }`. Denials get 401, 403 or 500 with the body of the
 * HTTP API.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * app.use(customAuthorizer(handler, { contract: aws.httpApi({ enableSimpleResponses: true }) }))
 */
export function httpApi(
  options: HttpApiOptions & { authorizerPayloadFormatVersion: '1.0'; enableSimpleResponses?: false },
): Contract<LambdaHandler<WithRestMembers<HttpRequestEventV1>, HttpPolicyResponse>, 'typed'>
export function httpApi(
  options: HttpApiOptions &
    WithIdentitySource & { authorizerPayloadFormatVersion?: '2.0'; enableSimpleResponses: true },
): Contract<LambdaHandler<WithCookies<HttpRequestEvent<string[]>>, SimpleResponse>, 'typed'>
export function httpApi(
  options: HttpApiOptions & { authorizerPayloadFormatVersion?: '2.0'; enableSimpleResponses: true },
): Contract<LambdaHandler<UnidentifiedEvent, SimpleResponse>, 'typed'>
export function httpApi(
  options: HttpApiOptions &
    WithIdentitySource & { authorizerPayloadFormatVersion?: '2.0'; enableSimpleResponses?: false },
): Contract<LambdaHandler<WithCookies<HttpRequestEvent<string[]>>, HttpPolicyResponse>, 'typed'>
export function httpApi(
  options?: HttpApiOptions & { authorizerPayloadFormatVersion?: '2.0'; enableSimpleResponses?: false },
): Contract<LambdaHandler<UnidentifiedEvent, HttpPolicyResponse>, 'typed'>
export function httpApi(options: HttpApiOptions = {}): Contract<AnyFunction, 'typed'> {
  const where = 'aws.httpApi'
  const checked = checkGroupedOptions<HttpApiOptions, OptionGroup>(where, options, CHECKS, GROUP_CHECKS, RENAMED_LIMITS)
  const {
    authorizerPayloadFormatVersion: version = '2.0',
    enableSimpleResponses = false,
    authorizerResultTtlInSeconds = 0,
    identitySource = [],
    limits,
  } = checked
  if (enableSimpleResponses && version === '1.0') {
    throw check.optionError(
      `${where}.enableSimpleResponses`,
      true,
      'true with authorizerPayloadFormatVersion "2.0" only',
    )
  }
  const http = resolveHttpApi(where, checked)
  const { api } = http
  const sourceOption = `${where}.identitySource`
  const identitySources = parseIdentitySources(sourceOption, identitySource, NOTATION, http, HTTP_CONTEXT_VARIABLES)
  requireSourcesForCache(sourceOption, options.identitySource, identitySources, authorizerResultTtlInSeconds)
  const rules: ResultRules = {
    missingPrincipalId: 'accept',
    contextBytes: limits.contextBytes ?? 8192,
    policyBytes: limits.policyBytes ?? DEFAULT_LIMITS.policyBytes,
    policyStatements: limits.policyStatements ?? DEFAULT_LIMITS.policyStatements,
    strictPolicyParser: false,
    contextValues: 'json',
    segmentWildcards: checked.segmentWildcards ?? 'iam',
    unknownMembers: 'ignore',
  }
  const fail = checked.compatibility.httpApiThrowUnauthorized === '401' ? failedCall : failedCallWith500
  const createEvent = version === '1.0' ? httpRequestEventV1 : httpRequestEvent
  const shared = {
    name: where,
    fingerprint: JSON.stringify([api, checked]),
    warnings: unsafeOptionWarnings(where, checked),
    identitySources,
    identityLimits: identityLimitsOf(where, limits),
    resultTtlSeconds: authorizerResultTtlInSeconds,
    timeoutMs: 10_000,
    requestIdHeader: 'apigw-requestid',
    contextValues: 'typed' as const,
    precheck: admitArn(api),
    toEvent: (request: GatewayRequest, { identity, clock }: Parameters<Contract['toEvent']>[1]): unknown =>
      createEvent(http, request, identity, clock),
    invoke: (authorize: AnyFunction, event: unknown, invocation: Parameters<Contract['toEvent']>[1]): unknown =>
      invokeLambda(authorize as LambdaHandler<never, unknown>, event, invocation, api),
    respond: respondAsHttpApi,
  }
  if (enableSimpleResponses) {
    const contract: Contract<AnyFunction, 'typed', SimpleResult> = {
      ...shared,
      parseResult: (settled) => parseSettled(settled, (value) => parseSimpleResponse(value, rules), fail),
      reviveResult: (stored) => reviveSimpleResponse(stored, rules),
      decide: ({ isAuthorized }): Verdict => (isAuthorized ? { allowed: true } : { allowed: false, reason: 'DENIED' }),
      requestContext: ({ context }) => ({ lambda: nullIfEmpty(context) }),
    }
    return contract
  }
  const contract: Contract<AnyFunction, 'typed', PolicyResult> = {
    ...shared,
    parseResult: (settled) => parseSettled(settled, (value) => parsePolicyResponse(value, rules), fail),
    reviveResult: (stored) => {
      const result = checkResult(stored, rules)
      return result instanceof JsonProblem ? undefined : result
    },
    ...policyMembers(api, rules, spellingsUnder(api)),
    requestContext: ({ context, principalId }) =>
      version === '2.0'
        ? { lambda: nullIfEmpty(context) }
        : { ...withoutClaims(context), ...(principalId !== '' && { principalId }) },
  }
  return contract
}

/** `claims` is reserved for JWT authorizers; a function must not be able to imitate one (AWS-OUT-17). */
const withoutClaims = (context: AuthorizerResult['context']): AuthorizerResult['context'] =>
  Object.fromEntries(Object.entries(context).filter(([key]) => key !== 'claims'))

/** An integration receives `null` for an empty context (AWS-CTX-21). */
const nullIfEmpty = (context: AuthorizerResult['context']): unknown =>
  Object.keys(context).length === 0 ? null : context
