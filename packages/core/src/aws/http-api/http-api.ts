/** Lambda authorizers of HTTP APIs: payload formats 1.0 and 2.0, policies and simple responses. @module */
import type { AnyFunction, AuthorizerResult, Contract, GatewayRequest, GatewayResponse } from '../../index.ts'
import {
  check,
  checkGroupedOptions,
  type Checks,
  type GroupChecks,
  type Denial,
  GATEWAY_RESPONSES,
  JsonProblem,
  omitJsonNumbers,
  type Parsed,
  RouteTable,
  type Settled,
  toJson,
  type Verdict,
} from '../../contract.ts'
import { type ApiOptions, apiOption, resolveApi } from '../shared/api.ts'
import {
  type HttpApi,
  HTTP_CONTEXT_VARIABLES,
  httpHeaderSource,
  httpRequestEvent,
  type HttpRequestEvent,
  httpRequestEventV1,
  type HttpRequestEventV1,
} from './event.ts'
import { hex } from '../shared/event-headers.ts'
import {
  identitySourceOption,
  parseIdentitySources,
  requireSourcesForCache,
  type SourceNotation,
} from '../shared/identity.ts'
import {
  identityLimitsOf,
  LIMIT_CHECKS,
  type LimitOptions,
  RENAMED_LIMITS,
  segmentWildcardsOption,
  stageVariablesOption,
  unsafeOptionWarnings,
} from '../shared/shared-options.ts'
import { errorMessageOf, failedCall, invokeLambda, type LambdaHandler } from '../shared/lambda.ts'
import { type PolicyDocument, DEFAULT_LIMITS } from '../policy/document.ts'
import { admitArn, policyMembers, spellingsUnder } from '../shared/policy-decision.ts'
import { checkResult, contextOf, isMembers, policyOf, type PolicyResult, type ResultRules } from '../shared/result.ts'

type JsonContext = Readonly<Record<string, unknown>> | null | undefined

/** Answer with a policy; members that the gateway does not know are ignored. */
export interface HttpPolicyResponse {
  principalId?: string | number | boolean | null | undefined
  policyDocument: PolicyDocument
  /** Any JSON; types reach the code behind as they are (AWS-OUT-16). */
  context?: JsonContext
}

/** Answer with `enableSimpleResponses`. */
export interface SimpleResponse {
  /** Exactly `true` or `false` (AWS-OUT-41). */
  isAuthorized: boolean
  context?: JsonContext
}

/** Options of {@link httpApi}; the names of the AWS manual. */
export interface HttpApiOptions {
  /** Default `'2.0'`. */
  authorizerPayloadFormatVersion?: '1.0' | '2.0'
  /** Whether the function answers yes or no in place of a policy; with `'2.0'` only. Default `false`. */
  enableSimpleResponses?: boolean
  /**
   * `$request.header.NAME`, `$request.querystring.NAME`, `$stageVariables.NAME`, `$context.NAME`, as an array or separated
   * by commas. Every one has to be present. A header has the value that the event shows: `X-Forwarded-For` ends with the
   * peer's address (AWS-ID-20). Required if results are cached. Default: none.
   */
  identitySource?: string | readonly string[]
  /**
   * Lifetime of a result in seconds, 0 to 3600. Default 0: nothing is kept (AWS-KIND-21). A simple response that is kept
   * holds for every route of the authorizer, unless `$context.routeKey` is an identity source (AWS-CACHE-04).
   */
  authorizerResultTtlInSeconds?: number
  /** The API that ARNs name. Default stage: `$default`. */
  api?: ApiOptions
  /** Stage variables, for events and identity sources. */
  stageVariables?: Readonly<Record<string, string>>
  /**
   * Routes such as `GET /pets/{id}` or `/files/{proxy+}`; they give `routeKey` and `pathParameters`. Default: the route that
   * the framework has matched, mount paths included; where the framework does not tell it, `$default`.
   */
  routes?: readonly string[]
  /**
   * How far a `*` in an Allow reaches: over `/`, as in IAM, or to the end of its segment unless it ends the pattern. A Deny
   * keeps its full reach. Default `'iam'` (SEC-46).
   */
  segmentWildcards?: 'iam' | 'strict'
  /** Choices where the gateway's behaviour is undocumented. The defaults fit most functions. */
  compatibility?: HttpApiCompatibility
  /** Maximum sizes of credentials, policies and contexts. */
  limits?: LimitOptions
}

/** Option `compatibility` of {@link httpApi}. */
export interface HttpApiCompatibility {
  /** Status when the function fails with exactly `Unauthorized`, as REST functions do for 401. Default `'500'` (AWS-GOT-03). */
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

interface SimpleResult extends AuthorizerResult {
  readonly isAuthorized: boolean
}

const bad = (problem: string): Parsed<never> => ({ accepted: false, reason: 'BAD_RESULT', problem })

/** Members of a simple response that are read, if only for a message. */
const SIMPLE_MEMBERS: ReadonlySet<string> = new Set(['isAuthorized', 'context', 'policyDocument'])

const parseSimple = (value: unknown, rules: ResultRules): Parsed<SimpleResult> => {
  const json = toJson(value, 'answer', (given) =>
    check.isRecord(given) ? omitJsonNumbers(given, SIMPLE_MEMBERS) : given,
  )
  if (json instanceof JsonProblem) return bad(json.problem)
  if (!isMembers(json)) return bad('the handler did not answer with an object; allowed: { isAuthorized, context }')
  const { isAuthorized } = json
  if (typeof isAuthorized !== 'boolean') {
    return bad(
      Object.hasOwn(json, 'policyDocument')
        ? 'the answer is a policy without isAuthorized; set enableSimpleResponses: false'
        : 'isAuthorized is not true or false',
    )
  }
  const context = contextOf(json['context'], rules)
  if (context instanceof JsonProblem) return bad(context.problem)
  return { accepted: true, result: Object.freeze({ isAuthorized, principalId: '', context }) }
}

/** A kept simple response, checked like a new one. */
const reviveSimple = (stored: unknown, rules: ResultRules): SimpleResult | undefined => {
  const parsed = parseSimple(stored, rules)
  return parsed.accepted ? parsed.result : undefined
}

const parsePolicy = (value: unknown, rules: ResultRules): Parsed<PolicyResult> => {
  const result = checkResult(value, rules)
  if (!(result instanceof JsonProblem)) return { accepted: true, result, notes: policyOf(result, rules).advice }
  const simple = typeof value === 'object' && value !== null && 'isAuthorized' in value && !('policyDocument' in value)
  return bad(
    simple
      ? 'the answer is a simple response without policyDocument; set enableSimpleResponses: true, with authorizerPayloadFormatVersion: "2.0"'
      : result.problem,
  )
}

const THREW_UNAUTHORIZED =
  'the handler failed with the text "Unauthorized", which is 500 on an HTTP API; set compatibility: { httpApiThrowUnauthorized: "401" } for 401, or return isAuthorized: false or a Deny for 403'

const settledFailure = (
  settled: Exclude<Settled, { status: 'returned' }>,
  throwUnauthorized: '500' | '401',
): Parsed<never> => {
  if (settled.status === 'timedOut') return { accepted: false, reason: 'AUTHORIZER_TIMEOUT' }
  if (throwUnauthorized === '401') return failedCall(settled.error)
  return errorMessageOf(settled.error) === 'Unauthorized'
    ? { accepted: false, reason: 'AUTHORIZER_ERROR', problem: THREW_UNAUTHORIZED, hint: THREW_UNAUTHORIZED }
    : { accepted: false, reason: 'AUTHORIZER_ERROR' }
}

/** Answers a denial as an HTTP API does (AWS-HTTP-01 to AWS-HTTP-15). */
const respondAsHttpApi = ({ type }: Denial): GatewayResponse => {
  const { status, message } = GATEWAY_RESPONSES[type]
  const headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['apigw-requestid', `${btoa(hex(11)).slice(0, 15)}=`],
    ['cache-control', 'no-store'],
  ]
  if (type === 'OVERLOADED') headers.push(['retry-after', '1'])
  return { status, headers, body: JSON.stringify({ message }) }
}

/** Options with at least one identity source. */
interface WithIdentitySource {
  identitySource: string | readonly [string, ...string[]]
}

/**
 * Event for a handler of an authorizer without identity sources. `identitySource` is `null` there, which has the type
 * `never` so that the handlers of `@types/aws-lambda`, which declare `string[]`, are accepted as they are.
 */
type UnidentifiedEvent = HttpRequestEvent<never>

/**
 * The contract of an HTTP API's Lambda authorizer: the function receives the event of the payload format and answers
 * with a policy, or, with `enableSimpleResponses`, with `{ isAuthorized, context }`. 401, 403 and 500 as the HTTP API
 * answers.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * app.use(customAuthorizer(handler, { contract: aws.httpApi({ enableSimpleResponses: true }) }))
 */
export function httpApi(
  options: HttpApiOptions & { authorizerPayloadFormatVersion: '1.0'; enableSimpleResponses?: false },
): Contract<LambdaHandler<HttpRequestEventV1, HttpPolicyResponse>, 'typed'>
export function httpApi(
  options: HttpApiOptions &
    WithIdentitySource & { authorizerPayloadFormatVersion?: '2.0'; enableSimpleResponses: true },
): Contract<LambdaHandler<HttpRequestEvent<string[]>, SimpleResponse>, 'typed'>
export function httpApi(
  options: HttpApiOptions & { authorizerPayloadFormatVersion?: '2.0'; enableSimpleResponses: true },
): Contract<LambdaHandler<UnidentifiedEvent, SimpleResponse>, 'typed'>
export function httpApi(
  options: HttpApiOptions &
    WithIdentitySource & { authorizerPayloadFormatVersion?: '2.0'; enableSimpleResponses?: false },
): Contract<LambdaHandler<HttpRequestEvent<string[]>, HttpPolicyResponse>, 'typed'>
export function httpApi(
  options?: HttpApiOptions & { authorizerPayloadFormatVersion?: '2.0'; enableSimpleResponses?: false },
): Contract<LambdaHandler<UnidentifiedEvent, HttpPolicyResponse>, 'typed'>
export function httpApi(options: HttpApiOptions = {}): Contract<AnyFunction, 'typed'> {
  const checked = checkGroupedOptions<HttpApiOptions, OptionGroup>(
    'aws.httpApi',
    options,
    CHECKS,
    GROUP_CHECKS,
    RENAMED_LIMITS,
  )
  const {
    authorizerPayloadFormatVersion: version = '2.0',
    enableSimpleResponses = false,
    authorizerResultTtlInSeconds = 0,
  } = checked
  if (enableSimpleResponses && version === '1.0') {
    throw check.optionError(
      'aws.httpApi.enableSimpleResponses',
      true,
      'true with authorizerPayloadFormatVersion "2.0" only',
    )
  }
  const http: HttpApi = Object.freeze({
    api: resolveApi('aws.httpApi', { stage: '$default', ...checked.api }),
    stageVariables: Object.freeze({ ...checked.stageVariables }),
    routes:
      checked.routes === undefined
        ? undefined
        : new RouteTable('aws.httpApi.routes', checked.routes, { greedyRoot: true }),
  })
  const { api } = http
  const { identitySource = [], limits } = checked
  const where = 'aws.httpApi.identitySource'
  const identitySources = parseIdentitySources(where, identitySource, NOTATION, http, HTTP_CONTEXT_VARIABLES)
  requireSourcesForCache(where, options.identitySource, identitySources, authorizerResultTtlInSeconds)
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
  const throwUnauthorized = checked.compatibility.httpApiThrowUnauthorized ?? '500'
  const shared = {
    name: 'aws.httpApi',
    fingerprint: JSON.stringify([api, checked]),
    warnings: unsafeOptionWarnings('aws.httpApi', checked),
    identitySources,
    identityLimits: identityLimitsOf('aws.httpApi', limits),
    resultTtlSeconds: authorizerResultTtlInSeconds,
    timeoutMs: 10_000,
    contextValues: 'typed' as const,
    precheck: admitArn(api),
    toEvent: (request: GatewayRequest, { identity, clock }: Parameters<Contract['toEvent']>[1]): unknown =>
      version === '1.0'
        ? httpRequestEventV1(http, request, identity, clock)
        : httpRequestEvent(http, request, identity, clock),
    invoke: (authorize: AnyFunction, event: unknown, invocation: Parameters<Contract['toEvent']>[1]): unknown =>
      invokeLambda(authorize as LambdaHandler<never, unknown>, event, invocation, api),
    respond: respondAsHttpApi,
  }
  if (enableSimpleResponses) {
    const contract: Contract<AnyFunction, 'typed', SimpleResult> = {
      ...shared,
      parseResult: (settled) =>
        settled.status === 'returned' ? parseSimple(settled.value, rules) : settledFailure(settled, throwUnauthorized),
      reviveResult: (stored) => reviveSimple(stored, rules),
      decide: ({ isAuthorized }): Verdict => (isAuthorized ? { allowed: true } : { allowed: false, reason: 'DENIED' }),
      requestContext: ({ context }) => ({ lambda: orNull(context) }),
    }
    return contract
  }
  const contract: Contract<AnyFunction, 'typed', PolicyResult> = {
    ...shared,
    parseResult: (settled) =>
      settled.status === 'returned' ? parsePolicy(settled.value, rules) : settledFailure(settled, throwUnauthorized),
    reviveResult: (stored) => {
      const result = checkResult(stored, rules)
      return result instanceof JsonProblem ? undefined : result
    },
    ...policyMembers(api, rules, spellingsUnder(api)),
    requestContext: ({ context, principalId }) =>
      version === '2.0'
        ? { lambda: orNull(context) }
        : { ...withoutClaims(context), ...(principalId !== '' && { principalId }) },
  }
  return contract
}

/** `claims` is what a JWT authorizer says; no function may pass for one (AWS-OUT-17). */
const withoutClaims = (context: AuthorizerResult['context']): AuthorizerResult['context'] =>
  Object.fromEntries(Object.entries(context).filter(([key]) => key !== 'claims'))

/** Authorized without context is `null` for the code behind (AWS-CTX-21). */
const orNull = (context: AuthorizerResult['context']): unknown => (Object.keys(context).length === 0 ? null : context)
