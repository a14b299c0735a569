/** `awsJwtAuthorizer`: the built-in JWT authorizer of HTTP APIs (AWS-KIND-04). @module */
import {
  type AnyFunction,
  type Authorizer,
  type AuthorizerResult,
  type Contract,
  createAuthorizer,
} from '@custom-authorizer/core'
import {
  check,
  type Checks,
  headerSource,
  type IdentitySource,
  type Invocation,
  ownMember,
  type Parsed,
  type Preparation,
  type Prepared,
  querySource,
  type Settled,
  SOURCE_NAME,
  systemClock,
} from '@custom-authorizer/core/contract'
import type { Algorithm } from './algorithms.ts'
import { claimsAsText } from './token/aws-claims.ts'
import { HttpApiResponses } from './aws-response.ts'
import { type ClaimRules, problemWithClaims } from './token/claims.ts'
import type { Fetch } from './keys/fetch-json.ts'
import {
  type KeyLimits,
  kernelLimits,
  limitsOption,
  PASSTHROUGH_CHECKS,
  type KernelPassthrough,
  passthroughOf,
} from './kernel-options.ts'
import { discoveredKeySet } from './keys/key-sources.ts'
import { requireIssuerAddress } from './issuer-options.ts'
import { BadToken, KeysUnavailable, TOKEN_PROBLEMS } from './problem.ts'
import { awsScopesOf, satisfiesScopes, scopeName } from './token/scopes.ts'
import type { KeyResult, KeySource } from './keys/key-cache.ts'
import { prepareKey, signatureVerifier } from './signature.ts'
import { type Claims, readToken, type UnverifiedToken } from './token/token.ts'

/** Results are not cached, only the issuer's keys (AWS-CACHE-25), so the options for a result store do not apply. */
type Kernel = Omit<KernelPassthrough, 'store' | 'version' | 'maxEntries' | 'storeTimeoutMs'>

/** Options of {@link awsJwtAuthorizer}, with the names of the AWS manual. */
export interface AwsJwtAuthorizerOptions extends Kernel {
  /** Location of the token. Default `'$request.header.Authorization'`. */
  identitySource?: string
  /** `issuer`: required `iss`, and the base URL of its metadata. `audience`: accepted audiences, at most 50. */
  jwtConfiguration: { readonly issuer: string; readonly audience: string | readonly string[] }
  /** Scopes of the route, at most 10; a token needs one of them. Default: none. */
  authorizationScopes?: readonly string[]
  /** Format of `requestContext.authorizer`. Default `'2.0'`. */
  payloadFormatVersion?: '1.0' | '2.0'
  /** Fetches metadata and keys. Default: the platform's `fetch`. */
  fetch?: Fetch
  /** Limits on requests that wait for keys. */
  limits?: KeyLimits
}

/** The claims as strings. */
export type AwsJwtContext = { readonly [claim: string]: string }

const WHERE = 'awsJwtAuthorizer'

const text = check.text(/^[^]{1,1024}$/, 'a string of 1 to 1024 characters')
const jwtConfiguration: check.Check = (value) => {
  const allowed = '{ issuer, audience }: a string, and a string or an array of 1 to 50 strings'
  if (!check.isRecord(value) || Object.keys(value).some((each) => each !== 'issuer' && each !== 'audience'))
    return allowed
  const { issuer, audience } = value
  const list = Array.isArray(audience) ? audience : [audience]
  const right = text(issuer) === undefined && list.length > 0 && check.listOf(text, 50)(list) === undefined
  return right ? undefined : allowed
}

const CHECKS: Checks<AwsJwtAuthorizerOptions> = {
  name: PASSTHROUGH_CHECKS.name,
  maxInFlight: PASSTHROUGH_CHECKS.maxInFlight,
  denialCors: PASSTHROUGH_CHECKS.denialCors,
  onDecision: PASSTHROUGH_CHECKS.onDecision,
  onAuthorizerError: PASSTHROUGH_CHECKS.onAuthorizerError,
  logger: PASSTHROUGH_CHECKS.logger,
  clock: PASSTHROUGH_CHECKS.clock,
  identitySource: check.text(),
  jwtConfiguration,
  authorizationScopes: check.listOf(scopeName, 10),
  payloadFormatVersion: check.oneOf('1.0', '2.0'),
  fetch: check.callable,
  limits: limitsOption,
}

const parseSource = (expression: string): IdentitySource => {
  const [, location, name = ''] = /^\$request\.(header|querystring)\.(.+)$/.exec(expression) ?? []
  if (location === undefined || !SOURCE_NAME.test(name)) {
    const allowed = '"$request.header.NAME" or "$request.querystring.NAME"'
    throw check.optionError(`${WHERE}.identitySource`, expression, allowed)
  }
  return location === 'header' ? headerSource(name) : querySource(name)
}

const ALGORITHMS: readonly Algorithm[] = ['RS256', 'RS384', 'RS512']
/** AWS-QUO-14, AWS-QUO-15. */
const TIMEOUT_MS = 1500
const MAX_BYTES = 150_000

type VerifyResult = Claims | BadToken | KeysUnavailable
interface TokenWithKey {
  readonly token: UnverifiedToken
  readonly source: KeySource
  readonly key: KeyResult
}
type Authorize = (lookup: BadToken | TokenWithKey, invocation: Invocation) => VerifyResult | Promise<VerifyResult>

/** Gets the key of a token, before the request counts towards `maxInFlight`. */
const prepareWith = (
  { issuer }: AwsJwtAuthorizerOptions['jwtConfiguration'],
  { clock = systemClock, fetch = (url, init) => globalThis.fetch(url, init) }: Partial<AwsJwtAuthorizerOptions>,
): ((identity: readonly string[], preparation: Preparation) => Prepared) => {
  const keys = discoveredKeySet(issuer, ALGORITHMS, {
    fetch,
    clock,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    cacheMaxAgeSeconds: 600,
    staleIfErrorSeconds: 600,
    cooldownSeconds: 30,
  })
  return ([credential = ''], { warn }) => {
    const token = readToken(credential.replace(/^bearer +/i, ''))
    if (token instanceof BadToken) return { value: token }
    if (token.kid === undefined) return { value: new BadToken('KEY') }
    return prepareKey(issuer, token, ALGORITHMS, keys, warn, (key): TokenWithKey => ({ token, source: keys, key }))
  }
}

/** Verifies a token in the order of AWS-JWT-04. */
const authorizeWith = (
  { issuer, audience }: AwsJwtAuthorizerOptions['jwtConfiguration'],
  maxInFlight: number | undefined,
): Authorize => {
  const verifySignature = signatureVerifier(maxInFlight)
  const rules: ClaimRules = {
    issuer,
    audiences: typeof audience === 'string' ? [audience] : [...audience],
    audienceFrom: 'aud, else client_id',
    toleranceSeconds: 0,
    maxTokenAgeSeconds: undefined,
    required: [],
  }
  return function awsJwt(lookup, invocation) {
    if (lookup instanceof BadToken) return lookup
    const { token, source, key } = lookup
    if (key instanceof BadToken || key instanceof KeysUnavailable) return key
    const warn = (message: string): void => invocation.warn(message)
    const finish = (bad: BadToken | undefined): VerifyResult => {
      const problem = bad ?? problemWithClaims(token.claims, rules, invocation.clock.now())
      return typeof problem === 'string' ? new BadToken(problem) : (problem ?? token.claims)
    }
    const verified = verifySignature(token, { key, source }, warn)
    return verified instanceof Promise ? verified.then(finish) : finish(verified)
  }
}

interface JwtResult extends AuthorizerResult {
  /** The scopes of the token, or `null` for a route without scopes (AWS-JWT-33). */
  readonly scopes: readonly string[] | null
}

const parse = (settled: Settled, responses: HttpApiResponses, routeScopes: readonly string[]): Parsed<JwtResult> => {
  if (settled.status === 'timedOut') return { accepted: false, reason: 'AUTHORIZER_TIMEOUT' }
  if (settled.status === 'failed') return { accepted: false, reason: 'AUTHORIZER_ERROR' }
  const answer = settled.value as VerifyResult
  if (answer instanceof KeysUnavailable)
    return { accepted: false, reason: 'AUTHORIZER_UNAVAILABLE', problem: `no keys: ${answer.detail}` }
  if (answer instanceof BadToken) {
    const problem = TOKEN_PROBLEMS[answer.problem]
    return { accepted: false, reason: 'UNAUTHORIZED', problem, response: responses.badToken(answer.problem) }
  }
  const context = Object.freeze(claimsAsText(answer))
  // Only strings: the number 7 and the list ["7"] are different callers than "7".
  const sub = ownMember(answer, 'sub')
  const principalId = typeof sub === 'string' ? sub : ''
  const heldScopes = awsScopesOf(answer)
  const scopes = routeScopes.length === 0 ? null : heldScopes
  return { accepted: true, result: { principalId, context, scopes, heldScopes } }
}

/**
 * Creates an authorizer that works like the JWT authorizer of an HTTP API: RS256, RS384 and RS512, keys from the issuer's
 * metadata, no clock tolerance, the same challenges. One difference: while the keys are unavailable the response is 503, not 401
 * (SEC-76 over AWS-JWT-28).
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * app.use(customAuthorizer(awsJwtAuthorizer({
 *   jwtConfiguration: { issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_example', audience: ['client'] },
 * })))
 */
export const awsJwtAuthorizer = (options: AwsJwtAuthorizerOptions): Authorizer<AwsJwtContext> => {
  const checked = check.checkOptions<AwsJwtAuthorizerOptions>(WHERE, options, CHECKS)
  const { jwtConfiguration: jwt, identitySource = '$request.header.Authorization' } = checked
  const { authorizationScopes = [], payloadFormatVersion = '2.0' } = checked
  if (jwt === undefined) throw check.optionProblem(`${WHERE}.jwtConfiguration`, 'undefined', '{ issuer, audience }')
  requireIssuerAddress(`${WHERE}.jwtConfiguration.issuer`, jwt.issuer)
  const scopes = [...authorizationScopes]
  const responses = new HttpApiResponses(scopes)
  const contract: Contract<Authorize, 'typed', JwtResult> = {
    name: 'aws.jwt',
    fingerprint: JSON.stringify([jwt, identitySource, scopes]),
    identitySources: [parseSource(identitySource)],
    resultTtlSeconds: 0,
    // Longer than fetching metadata and keys may take.
    timeoutMs: 10_000,
    contextValues: 'typed',
    prepare: prepareWith(jwt, checked),
    toEvent: (_request, { prepared }) => prepared,
    invoke: (authorize, event, invocation) => authorize(event as BadToken | TokenWithKey, invocation),
    parseResult: (settled) => parse(settled, responses, scopes),
    decide: ({ scopes: held }) =>
      held === null || satisfiesScopes(held, { anyOf: scopes })
        ? { allowed: true }
        : { allowed: false, reason: 'DENIED', response: responses.insufficientScope() },
    requestIdHeader: 'apigw-requestid',
    respond: (denial) => responses.denial(denial),
    requestContext: ({ context, scopes: held }) => {
      const authorizer = { claims: { ...context }, scopes: held && [...held] }
      return payloadFormatVersion === '2.0' ? { jwt: authorizer } : authorizer
    },
  }
  const authorizer = createAuthorizer<AnyFunction, AnyFunction>({
    ...passthroughOf(checked),
    limits: kernelLimits(WHERE, checked.limits),
    authorize: authorizeWith(jwt, checked.maxInFlight),
    contract,
  })
  return authorizer as unknown as Authorizer<AwsJwtContext>
}
