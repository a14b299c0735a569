/** Options of `jwtAuthorizer`, their defaults and their checks. @module */
import { AuthorizerError } from '@custom-authorizer/core'
import { check, type Checks } from '@custom-authorizer/core/contract'
import type { ClaimValue } from './claims.ts'
import type { Fetch } from './fetch-json.ts'
import {
  claimText,
  ISSUER_CHECKS,
  type IssuerOptions,
  listOfAtLeastOne,
  resolveIssuer,
  type ResolvedIssuer,
} from './issuer-options.ts'
import { type KeyLimits, limitsOption, PASSED_CHECKS, type PassedOptions } from './kernel-options.ts'
import { scopeName, type RequiredScopes } from './scopes.ts'
import type { Claims } from './token.ts'

type NoIssuer = { [K in keyof IssuerOptions]?: never }

/** One issuer, or several that share nothing: the token's `iss` only says which of them has to have signed it. */
export type WhoseTokens = (IssuerOptions & { issuers?: never }) | (NoIssuer & { issuers: readonly IssuerOptions[] })

/** What does not depend on the issuer. */
export interface CommonOptions<TContext> extends PassedOptions {
  /**
   * Where the token is. A header whose name ends in `authorization` carries `Bearer` and the token; any other header, and
   * a query parameter, the token alone. Default `'$request.header.authorization'`.
   */
  identitySource?: string
  /** How far clocks may be apart, 0 to 300. Default 30. */
  clockToleranceSeconds?: number
  /** Longest time since `iat`, which is then required. Default: none, `exp` alone counts. */
  maxTokenAgeSeconds?: number
  /** Claims that have to be there, or by name the value, or one of the values, that they have to have. */
  requiredClaims?: readonly string[] | Readonly<Record<string, ClaimValue>>
  /** The header's `typ`, such as `'at+jwt'` for access tokens (RFC 9068): keeps ID tokens out. Default: any. */
  typ?: string
  /** Scopes that a caller has to hold in `scope` or `scp`; 403 otherwise. Default: none. */
  requireScopes?: RequiredScopes
  /** The claim with the principal ID. When given, it is required. Default `'sub'`; without it the principal ID is empty. */
  principalClaim?: string
  /** Makes the context that handlers receive. Default: all claims. */
  context?: (claims: Claims & JwtContext) => TContext
  /** How long a verified token is remembered, 0 to 3600, but never past its end. Default 0: verified each time. */
  resultTtlSeconds?: number
  /** Least time between two fetches of keys on account of an unknown `kid`, 1 to 3600. Default 30. */
  cooldownSeconds?: number
  /** How long keys are used past `cacheMaxAgeSeconds` while they cannot be fetched, 0 to 86,400. Default 600. */
  staleIfErrorSeconds?: number
  /** How long keys are used before they are fetched again, 1 to 86,400. Default 600. */
  cacheMaxAgeSeconds?: number
  /** Deadline of one fetch in milliseconds, 1 to 60,000. Default 5000. */
  timeoutMs?: number
  /** Fetches keys. Default: the platform's own. */
  fetch?: Fetch
  /** Bounds on requests that wait for keys. */
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
export type JwtAuthorizerOptions<TContext = JwtContext> = WhoseTokens & CommonOptions<TContext>

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
  ...PASSED_CHECKS,
  identitySource: check.text(
    /^\$request\.(?:header|querystring)\.[\w.$-]+$/,
    '"$request.header.NAME" or "$request.querystring.NAME"',
  ),
  clockToleranceSeconds: check.integer(0, 300, 'seconds'),
  maxTokenAgeSeconds: check.integer(1, 31_536_000, 'seconds'),
  requiredClaims,
  typ: claimText,
  requireScopes: scopes,
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

const WHERE = 'jwtAuthorizer'

/** Checks everything, once. */
export const resolveOptions = <TContext>(
  options: JwtAuthorizerOptions<TContext>,
): { readonly issuers: readonly ResolvedIssuer[]; readonly common: Readonly<CommonOptions<unknown>> } => {
  const checked = check.checkOptions<AllOptions>(WHERE, options, ALL_CHECKS)
  if (checked.issuers === undefined) return { issuers: [resolveIssuer(WHERE, checked)], common: checked }
  const misplaced = Object.keys(ISSUER_CHECKS).find((each) => Object.hasOwn(checked, each))
  if (misplaced !== undefined) {
    throw new AuthorizerError('ERR_OPTION', `${WHERE}.${misplaced}: found beside issuers; allowed: inside one of them`)
  }
  const issuers = checked.issuers.map((each, index) => {
    const where = `${WHERE}.issuers[${index}]`
    return resolveIssuer(where, check.checkOptions<IssuerOptions>(where, each, ISSUER_CHECKS))
  })
  const twice = issuers.find(({ issuer }, index) => issuers.findIndex((each) => each.issuer === issuer) !== index)
  if (twice !== undefined) throw check.optionError(`${WHERE}.issuers`, twice.issuer, 'every issuer once')
  return { issuers, common: checked }
}
