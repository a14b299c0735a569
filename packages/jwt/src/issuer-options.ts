/** Options of one issuer: its name, audiences, algorithms and keys. @module */
import type { AuthorizerError } from '@custom-authorizer/core'
import { check, type Checks, type UnsafeOptions, JsonProblem, toJson } from '@custom-authorizer/core/contract'
import { type Algorithm, ALGORITHMS, isSymmetric } from './algorithms.ts'
import { hasUsableKey, listKeys } from './keys/jwk-set.ts'
import { isKeyUrl } from './keys/url.ts'

/** An issuer whose tokens are accepted. */
export interface IssuerOptions {
  /** Required value of the claim `iss`, compared exactly. */
  issuer: string
  /**
   * Accepted values of the claim `aud`. `{ allowAny: true }` accepts tokens for every audience, so that any service that
   * receives such a token can use it here. Use it only for issuers that set no audience (SEC-68).
   */
  audience: string | readonly string[] | { readonly allowAny: true }
  /**
   * The claim that has to name an accepted audience. `'client_id'` is for access tokens without `aud`, such as those of Amazon
   * Cognito; if such a token has `aud` as well, both have to name an accepted audience. Default `'aud'`.
   */
  audienceClaim?: 'aud' | 'client_id'
  /**
   * Required value of the claim `token_use`, with which Amazon Cognito marks access tokens and ID tokens. Tokens without the claim
   * are rejected. Default: not checked.
   */
  tokenUse?: 'access' | 'id'
  /**
   * Accepted signature algorithms. Required with `secret`, else the default is `['RS256']`. Symmetric and asymmetric algorithms
   * cannot be combined.
   */
  algorithms?: readonly Algorithm[]
  /**
   * URL of the issuer's key set: `https:`, or `http:` to this machine. Without `jwksUri`, `jwks` and `secret`, the URL is taken
   * from `{issuer}/.well-known/openid-configuration`.
   */
  jwksUri?: string
  /** A fixed key set (RFC 7517). */
  jwks?: { readonly keys: readonly object[] }
  /** Shared key for HS256, HS384 or HS512, of at least 32, 48 or 64 bytes; a string is encoded as UTF-8. */
  secret?: string | Uint8Array
}

const NAMES = Object.keys(ALGORITHMS)
const algorithms: check.Check = (value) => {
  const known =
    Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string' && NAMES.includes(each))
  const kinds = known ? new Set((value as Algorithm[]).map(isSymmetric)).size : 0
  return kinds === 1 ? undefined : `an array of ${NAMES.join(', ')}; HS algorithms cannot be combined with others`
}

/** Checks the name or the value of a claim. */
export const claimText: check.Check = check.text(/^[^]{1,1024}$/, 'a string of 1 to 1024 characters')
export const listOfAtLeastOne =
  (each: check.Check): check.Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 ? check.listOf(each, 100)(value) : 'a non-empty array'

const allowsAny = (value: unknown): boolean =>
  check.isRecord(value) &&
  Object.keys(value).length === 1 &&
  Object.hasOwn(value, 'allowAny') &&
  value['allowAny'] === true

const audience: check.Check = (value) =>
  allowsAny(value) || (typeof value === 'string' ? claimText : listOfAtLeastOne(claimText))(value) === undefined
    ? undefined
    : 'a string, a non-empty array of strings, or { allowAny: true }'

const isList = (value: IssuerOptions['audience']): value is readonly string[] => Array.isArray(value)

/** Unsafe option values of an issuer (SEC-109). */
export const ISSUER_UNSAFE_OPTIONS: UnsafeOptions = {
  audience: {
    value: '{ allowAny: true }',
    relaxes: ['SEC-68'],
    effect: 'tokens for other audiences are accepted',
    applies: allowsAny,
  },
}

/** For options that may contain secrets: later checks report problems without showing the value. */
const checkedSeparately: check.Check = () => undefined

const keySet: check.Check = (value) => {
  const list = listKeys(value)
  return typeof list === 'string' ? `{ keys: [...] } with at most 100 keys (${list})` : undefined
}

export const ISSUER_CHECKS: Checks<IssuerOptions> = {
  issuer: claimText,
  audience,
  audienceClaim: check.oneOf('aud', 'client_id'),
  tokenUse: check.oneOf('access', 'id'),
  algorithms,
  jwksUri: checkedSeparately,
  jwks: keySet,
  secret: checkedSeparately,
}

/** An issuer with checked options. */
export interface ResolvedIssuer {
  readonly issuer: string
  readonly audiences: readonly string[] | null
  readonly audienceClaim: 'aud' | 'client_id'
  readonly tokenUse: IssuerOptions['tokenUse']
  readonly algorithms: readonly Algorithm[]
  readonly keys:
    | { readonly kind: 'uri'; readonly uri: string }
    | { readonly kind: 'set'; readonly document: unknown }
    | { readonly kind: 'secret'; readonly bytes: Uint8Array }
    | { readonly kind: 'discovery' }
}

const secretError = (where: string, found: string, allowed: string): AuthorizerError =>
  check.optionProblem(`${where}.secret`, found, allowed)

/** Returns a copy of the secret. Errors do not show it (SEC-73). */
const secretBytes = (where: string, secret: unknown, list: readonly Algorithm[]): Uint8Array => {
  const least = Math.max(...list.map((each) => ('minBytes' in ALGORITHMS[each] ? ALGORITHMS[each].minBytes : 0)))
  const allowed = `a string or Uint8Array of at least ${least} bytes`
  const given = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  if (!(given instanceof Uint8Array)) throw secretError(where, `a value of type ${typeof secret}`, allowed)
  if (given.length < least) throw secretError(where, `${given.length} bytes`, allowed)
  return new Uint8Array(given)
}

const requireAddress = (where: string, value: unknown): void => {
  if (isKeyUrl(value)) return
  const allowed = 'an https: URL, or an http: URL of this machine, without credentials and fragment'
  if (typeof value === 'string' && value.includes('@'))
    throw check.optionProblem(where, 'a URL with credentials', allowed)
  throw check.optionError(where, value, allowed)
}

const resolveKeys = (
  where: string,
  { issuer, jwksUri, jwks, secret }: Readonly<Partial<IssuerOptions>>,
  list: readonly Algorithm[],
): ResolvedIssuer['keys'] => {
  const given = Object.entries({ jwksUri, jwks, secret }).filter(([, value]) => value !== undefined)
  if (given.length > 1) {
    throw check.optionProblem(
      where,
      given.map(([each]) => each).join(' and '),
      'at most one of jwksUri, jwks and secret',
    )
  }
  if (secret !== undefined) return { kind: 'secret', bytes: secretBytes(where, secret, list) }
  if (jwksUri !== undefined) {
    requireAddress(`${where}.jwksUri`, jwksUri)
    return { kind: 'uri', uri: jwksUri }
  }
  if (jwks !== undefined) {
    const document = toJson(jwks, 'jwks')
    const keys = document instanceof JsonProblem ? document.problem : listKeys(document)
    if (typeof keys === 'string' || !hasUsableKey(keys, list))
      throw check.optionError(`${where}.jwks`, jwks, `a key set with at least one public key for ${list.join(', ')}`)
    return { kind: 'set', document }
  }
  requireIssuerAddress(`${where}.issuer`, issuer)
  return { kind: 'discovery' }
}

/** Without another source of keys the issuer has to be a URL (OpenID Connect Discovery 1.0, section 3). */
export const requireIssuerAddress = (where: string, issuer: unknown): void => {
  requireAddress(where, issuer)
  if ((issuer as string).includes('?'))
    throw check.optionError(where, issuer, 'a URL without a query, unless jwksUri, jwks or secret is given')
}

const required = (where: string, option: string, allowed: string): AuthorizerError =>
  check.optionProblem(`${where}.${option}`, 'undefined', allowed)

/** Checks the combination of options and applies the defaults. */
export const resolveIssuer = (where: string, options: Readonly<Partial<IssuerOptions>>): ResolvedIssuer => {
  const {
    issuer,
    audience: audiences,
    audienceClaim = 'aud',
    tokenUse,
    secret,
    algorithms: list = secret === undefined ? ['RS256'] : undefined,
  } = options
  if (issuer === undefined) throw required(where, 'issuer', 'the exact value of the claim iss')
  if (audiences === undefined) throw required(where, 'audience', audience(undefined) ?? '')
  if (audienceClaim === 'client_id' && allowsAny(audiences))
    throw check.optionProblem(
      `${where}.audienceClaim`,
      'client_id together with audience: { allowAny: true }',
      'client_id only with a list of audiences',
    )
  if (list === undefined) throw required(where, 'algorithms', 'HS256, HS384 or HS512 together with secret')
  if ((secret !== undefined) !== list.every(isSymmetric))
    throw check.optionError(`${where}.algorithms`, list, 'HS256, HS384 and HS512 with secret, other algorithms without')
  return Object.freeze({
    issuer,
    audiences: typeof audiences === 'string' ? [audiences] : isList(audiences) ? [...audiences] : null,
    audienceClaim,
    tokenUse,
    algorithms: [...new Set(list)],
    keys: resolveKeys(where, options, list),
  })
}
