/** Options of `jwtAuthorizer` and their checks. @module */
import type { CredentialReader, CrossOriginOptions } from '@custom-authorizer/core'
import { check, type Checks, CROSS_ORIGIN_CHECKS, identitySourceOption } from '@custom-authorizer/core/contract'
import { type ChallengeParameters, challengeParameters } from './challenge.ts'
import type { ClaimValue } from './token/claims.ts'
import type { Fetch } from './keys/fetch-json.ts'
import {
  claimText,
  ISSUER_CHECKS,
  type IssuerOptions,
  listOfAtLeastOne,
  resolveIssuer,
  type ResolvedIssuer,
} from './issuer-options.ts'
import { type KeyLimits, limitsOption, PASSTHROUGH_CHECKS, type KernelPassthrough } from './kernel-options.ts'
import { scopeName, type RequiredScopes } from './token/scopes.ts'
import type { Claims } from './token/token.ts'

type NoIssuer = { [K in keyof IssuerOptions]?: never }

/** One issuer, or several. Issuers share no keys: the token's `iss` selects the issuer whose keys are used. */
export type IssuerSelection = (IssuerOptions & { issuers?: never }) | (NoIssuer & { issuers: readonly IssuerOptions[] })

/** Options that do not depend on the issuer. */
export interface CommonOptions<TContext> extends KernelPassthrough, CrossOriginOptions {
  /**
   * Location of the token: `$request.header.NAME`, `$request.querystring.NAME`, `$request.cookie.NAME`, or
   * `$request.subprotocol.NAME`, the entry after `NAME` in `Sec-WebSocket-Protocol`. A header whose name ends in `authorization`
   * contains `Bearer` and the token, every other location only the token. Default `'$request.header.authorization'`.
   */
  identitySource?: string
  /**
   * Returns the token, without `Bearer`, or `undefined` if the request has none, for tokens in one of several places. Called
   * once per request. If it throws or returns anything else, the response is 401. Cannot be combined with `identitySource`.
   */
  token?: (source: CredentialReader) => string | undefined
  /** Tolerated clock difference in seconds, 0 to 300. Default 30. */
  clockToleranceSeconds?: number
  /** Maximum age since `iat` in seconds, 1 to 31,536,000; makes `iat` required. Default: unlimited until `exp`. */
  maxTokenAgeSeconds?: number
  /** Names of required claims; or an object with the required value, or a list of accepted values, by name. */
  requiredClaims?: readonly string[] | Readonly<Record<string, ClaimValue>>
  /** Required `typ` of the header, such as `'at+jwt'` for access tokens (RFC 9068), which rejects ID tokens. Default: any. */
  typ?: string
  /** Required scopes in `scope` or `scp`; without them the response is 403. Default: none. */
  requireScopes?: RequiredScopes
  /**
   * Further parameters of the challenge in `WWW-Authenticate`, such as `{ realm: 'pets' }`, or `resource_metadata` with the URL of the
   * protected resource metadata (RFC 9728). At most 16, with values of 1 to 1024 printable ASCII characters other than `"` and
   * `\`. Default: none.
   */
  challengeParameters?: ChallengeParameters
  /** Claim with the principal ID, required if this option is given. Default `'sub'`; the principal ID is empty if it is missing. */
  principalClaim?: string
  /** Converts the claims to the context that handlers receive. Default: all claims. */
  context?: (claims: Claims & JwtContext) => TContext
  /** How long the result for a token is cached, in seconds, 0 to 3600; never longer than the token is valid. Default 0: no caching. */
  resultTtlSeconds?: number
  /** Minimum interval between key fetches triggered by unknown `kid`s or invalid signatures, in seconds, 1 to 3600. Default 30. */
  cooldownSeconds?: number
  /** How long keys are used beyond `cacheMaxAgeSeconds` while fetching fails, in seconds, 0 to 86,400. Default 600. */
  staleIfErrorSeconds?: number
  /** How long keys are used before they are fetched again, in seconds, 1 to 86,400. Default 600. */
  cacheMaxAgeSeconds?: number
  /** Deadline of one fetch, in milliseconds, 1 to 60,000. Default 5000. */
  timeoutMs?: number
  /** Fetches metadata and keys. Default: the platform's `fetch`. */
  fetch?: Fetch
  /** Limits on requests that wait for keys. */
  limits?: KeyLimits
}

/** The claims of a verified token. */
export interface JwtContext {
  readonly iss: string
  readonly exp: number
  readonly sub?: string
  readonly aud?: string | readonly string[]
  readonly nbf?: number
  readonly iat?: number
  readonly [claim: string]: Claims[string] | undefined
}

/** Options of `jwtAuthorizer`. */
export type JwtAuthorizerOptions<TContext = JwtContext> = IssuerSelection & CommonOptions<TContext>

const scopes: check.Check = (value) => {
  const [only, another] = check.isRecord(value) ? Object.entries(value) : []
  const right =
    only && !another && ['anyOf', 'allOf'].includes(only[0]) && listOfAtLeastOne(scopeName)(only[1]) === undefined
  return right ? undefined : '{ anyOf: [...] } or { allOf: [...] } with at least one scope'
}

const scalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)
const claimValue: check.Check = (value) =>
  scalar(value) || (Array.isArray(value) && value.length > 0 && value.every(scalar))
    ? undefined
    : 'a string, number, boolean or an array of them'
const requiredClaims: check.Check = (value) =>
  Array.isArray(value) ? check.listOf(claimText, 100)(value) : check.mapOf(claimText, claimValue)(value)

const COMMON_CHECKS: Checks<CommonOptions<unknown>> = {
  ...PASSTHROUGH_CHECKS,
  ...CROSS_ORIGIN_CHECKS,
  identitySource: identitySourceOption,
  token: check.callable,
  clockToleranceSeconds: check.integer(0, 300, 'seconds'),
  maxTokenAgeSeconds: check.integer(1, 31_536_000, 'seconds'),
  requiredClaims,
  typ: claimText,
  requireScopes: scopes,
  challengeParameters,
  principalClaim: claimText,
  context: check.callable,
  resultTtlSeconds: check.integer(0, 3600, 'seconds'),
  cooldownSeconds: check.integer(1, 3600, 'seconds'),
  staleIfErrorSeconds: check.integer(0, 86_400, 'seconds'),
  cacheMaxAgeSeconds: check.integer(1, 86_400, 'seconds'),
  timeoutMs: check.integer(1, 60_000, 'milliseconds'),
  fetch: check.callable,
  limits: limitsOption,
}

interface AllOptions extends IssuerOptions, CommonOptions<unknown> {
  issuers: readonly IssuerOptions[]
}

const ALL_CHECKS: Checks<AllOptions> = {
  ...ISSUER_CHECKS,
  ...COMMON_CHECKS,
  issuers: (value) =>
    Array.isArray(value) && value.length > 0 && value.length <= 100 ? undefined : 'an array of 1 to 100 issuers',
}

/** Options that are objects of plain data. */
const DATA_OPTIONS = ['requiredClaims', 'requireScopes', 'challengeParameters', 'trustedOrigins'] as const

/** Copies these options, so that later changes have no effect (SEC-108). */
const withCopies = <T extends Partial<CommonOptions<unknown>>>(checked: T): T => {
  const copies = DATA_OPTIONS.filter((each) => checked[each] !== undefined).map((each) => [
    each,
    structuredClone(checked[each]),
  ])
  return { ...checked, ...(Object.fromEntries(copies) as Partial<T>) }
}

const WHERE = 'jwtAuthorizer'

/**
 * Checks all options.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const resolveOptions = <TContext>(
  options: JwtAuthorizerOptions<TContext>,
): { readonly issuers: readonly ResolvedIssuer[]; readonly common: Readonly<CommonOptions<unknown>> } => {
  const checked = withCopies(check.checkOptions<AllOptions>(WHERE, options, ALL_CHECKS))
  if (checked.token !== undefined && checked.identitySource !== undefined) {
    throw check.optionProblem(`${WHERE}.token`, 'a function together with identitySource', 'only one of the two')
  }
  if (checked.issuers === undefined) return { issuers: [resolveIssuer(WHERE, checked)], common: checked }
  const misplaced = Object.keys(ISSUER_CHECKS).find((each) => Object.hasOwn(checked, each))
  if (misplaced !== undefined) {
    throw check.optionProblem(
      `${WHERE}.${misplaced}`,
      'a value together with issuers',
      'only inside an element of issuers',
    )
  }
  const issuers = checked.issuers.map((each, index) => {
    const where = `${WHERE}.issuers[${index}]`
    return resolveIssuer(where, check.checkOptions<IssuerOptions>(where, each, ISSUER_CHECKS))
  })
  const twice = issuers.find(({ issuer }, index) => issuers.findIndex((each) => each.issuer === issuer) !== index)
  if (twice !== undefined) throw check.optionError(`${WHERE}.issuers`, twice.issuer, 'each issuer once')
  return { issuers, common: checked }
}
