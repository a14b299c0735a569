/** Options of one issuer: whose tokens, for whom, under which keys. @module */
import { AuthorizerError } from '@custom-authorizer/core'
import { check, type Checks, type UnsafeOptions, JsonProblem, toJson } from '@custom-authorizer/core/contract'
import { type Algorithm, ALGORITHMS, isSymmetric } from './algorithms.ts'
import { hasUsableKey, listKeys } from './jwk-set.ts'
import { isKeyUrl } from './url.ts'

/** Whose tokens are accepted, for whom, and under which keys. */
export interface IssuerOptions {
  /** The claim `iss`, compared exactly. */
  issuer: string
  /**
   * The claim `aud` has to name one of these. `{ allowAny: true }` accepts a token that was made for anybody: whoever
   * receives such a token can then use it here, so it is for issuers without audiences only (SEC-68).
   */
  audience: string | readonly string[] | { readonly allowAny: true }
  /** Default `['RS256']`. With `secret` it has to be given. Never both symmetric and asymmetric ones. */
  algorithms?: readonly Algorithm[]
  /**
   * Address of the issuer's key set: `https:`, or `http:` on this machine. With none of `jwksUri`, `jwks` and `secret` it
   * is looked up at `{issuer}/.well-known/openid-configuration`.
   */
  jwksUri?: string
  /** The issuer's key set itself (RFC 7517), which then never changes. */
  jwks?: { readonly keys: readonly object[] }
  /** The key of HS256, HS384 or HS512, at least 32, 48 or 64 bytes; a string stands for its UTF-8 bytes. */
  secret?: string | Uint8Array
}

const NAMES = Object.keys(ALGORITHMS)
const algorithms: check.Check = (value) => {
  const known =
    Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string' && NAMES.includes(each))
  const kinds = known ? new Set((value as Algorithm[]).map(isSymmetric)).size : 0
  return kinds === 1 ? undefined : `some of ${NAMES.join(', ')}; those that begin with HS never with others`
}

/** The exact text of a claim, or its name. */
export const claimText: check.Check = check.text(/^[^]{1,1024}$/, 'a string of 1 to 1024 characters')
export const listOfAtLeastOne =
  (each: check.Check): check.Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 ? check.listOf(each, 100)(value) : 'an array that is not empty'

const allowsAny = (value: unknown): boolean =>
  check.isRecord(value) &&
  Object.keys(value).length === 1 &&
  Object.hasOwn(value, 'allowAny') &&
  value['allowAny'] === true

const audience: check.Check = (value) =>
  allowsAny(value) || (typeof value === 'string' ? claimText : listOfAtLeastOne(claimText))(value) === undefined
    ? undefined
    : 'a string, an array of strings that is not empty, or { allowAny: true }'

const isList = (value: IssuerOptions['audience']): value is readonly string[] => Array.isArray(value)

/** What the options of an issuer can relax (SEC-109). */
export const ISSUER_UNSAFE_OPTIONS: UnsafeOptions = {
  audience: {
    value: '{ allowAny: true }',
    relaxes: ['SEC-68'],
    effect: 'tokens count that were made for others',
    applies: allowsAny,
  },
}

/** Looked at by {@link secretBytes}, which shows nothing of it. */
const unseen: check.Check = () => undefined

const keySet: check.Check = (value) => {
  const list = listKeys(value)
  return typeof list === 'string' ? `{ keys: [...] } with at most 100 keys (${list})` : undefined
}

export const ISSUER_CHECKS: Checks<IssuerOptions> = {
  issuer: claimText,
  audience,
  algorithms,
  jwksUri: unseen,
  jwks: keySet,
  secret: unseen,
}

/** An issuer whose options have been checked. */
export interface ResolvedIssuer {
  readonly issuer: string
  readonly audiences: readonly string[] | null
  readonly algorithms: readonly Algorithm[]
  readonly keys:
    | { readonly kind: 'uri'; readonly uri: string }
    | { readonly kind: 'set'; readonly document: unknown }
    | { readonly kind: 'secret'; readonly bytes: Uint8Array<ArrayBuffer> }
    | { readonly kind: 'discovery' }
}

const secretError = (where: string, found: string, allowed: string): AuthorizerError =>
  new AuthorizerError('ERR_OPTION', `${where}.secret: found ${found}; allowed: ${allowed}`)

/** A copy of the secret. What is wrong with it is said without showing it (SEC-73). */
const secretBytes = (where: string, secret: unknown, list: readonly Algorithm[]): Uint8Array<ArrayBuffer> => {
  const least = Math.max(...list.map((each) => ('minBytes' in ALGORITHMS[each] ? ALGORITHMS[each].minBytes : 0)))
  const allowed = `a string or Uint8Array of at least ${least} bytes`
  const given = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  if (!(given instanceof Uint8Array)) throw secretError(where, `a value of type ${typeof secret}`, allowed)
  if (given.length < least) throw secretError(where, `${given.length} bytes`, allowed)
  return new Uint8Array(given)
}

const requireAddress = (where: string, value: unknown): void => {
  if (isKeyUrl(value)) return
  const allowed = '"https://…", or "http://…" on this machine; without credentials and fragment'
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
    throw new AuthorizerError(
      'ERR_OPTION',
      `${where}: found ${given.map(([each]) => each).join(' and ')}; allowed: one of jwksUri, jwks and secret, or none`,
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
      throw check.optionError(`${where}.jwks`, jwks, `at least one public key that can be used with ${list.join(', ')}`)
    return { kind: 'set', document }
  }
  requireIssuerAddress(`${where}.issuer`, issuer)
  return { kind: 'discovery' }
}

/** Without another source of keys the issuer has to be an address (OpenID Connect Discovery 1.0, section 3). */
export const requireIssuerAddress = (where: string, issuer: unknown): void => {
  requireAddress(where, issuer)
  if ((issuer as string).includes('?'))
    throw check.optionError(where, issuer, 'an address without a query, or jwksUri, jwks or secret beside it')
}

const required = (where: string, option: string, allowed: string): AuthorizerError =>
  new AuthorizerError('ERR_OPTION', `${where}.${option}: found undefined; allowed: ${allowed}`)

/** Checks what one option alone does not show. */
export const resolveIssuer = (where: string, options: Readonly<Partial<IssuerOptions>>): ResolvedIssuer => {
  const {
    issuer,
    audience: audiences,
    secret,
    algorithms: list = secret === undefined ? ['RS256'] : undefined,
  } = options
  if (issuer === undefined) throw required(where, 'issuer', 'the exact value of the claim iss')
  if (audiences === undefined) throw required(where, 'audience', audience(undefined) ?? '')
  if (list === undefined) throw required(where, 'algorithms', 'HS256, HS384 or HS512, named beside secret')
  if ((secret !== undefined) !== list.every(isSymmetric))
    throw check.optionError(`${where}.algorithms`, list, 'HS256, HS384 and HS512 with secret, the others without')
  return Object.freeze({
    issuer,
    audiences: typeof audiences === 'string' ? [audiences] : isList(audiences) ? [...audiences] : null,
    algorithms: [...new Set(list)],
    keys: resolveKeys(where, options, list),
  })
}
