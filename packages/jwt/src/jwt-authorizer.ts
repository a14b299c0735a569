/** `jwtAuthorizer`: verifies bearer tokens, with the native contract. @module */
import { type AnyFunction, type Authorizer, type Contract, createAuthorizer, native } from '@custom-authorizer/core'
import {
  CROSS_ORIGIN_UNSAFE_OPTIONS,
  crossOriginRules,
  digestSecret,
  functionSource,
  identifyFunction,
  type Invocation,
  isThenable,
  ownMember,
  type Parsed,
  type Preparation,
  type Prepared,
  type Settled,
  unsafeOptionsIn,
} from '@custom-authorizer/core/contract'
import { challengeOf, insufficientScope } from './challenge.ts'
import { type ClaimRules, endOfValidity, problemWithClaims } from './token/claims.ts'
import { kernelLimits, passthroughOf } from './kernel-options.ts'
import { ISSUER_UNSAFE_OPTIONS, type ResolvedIssuer } from './issuer-options.ts'
import type { KeyResult } from './keys/key-cache.ts'
import { type CommonOptions, type JwtAuthorizerOptions, type JwtContext, resolveOptions } from './options.ts'
import { BadToken, KeysUnavailable, TOKEN_PROBLEMS } from './problem.ts'
import { satisfiesScopes, scopesOf } from './token/scopes.ts'
import { prepareKey, signatureVerifier } from './signature.ts'
import { type Claims, mediaType, readToken, type UnverifiedToken } from './token/token.ts'
import { type Verifier, verifiersOf } from './verifiers.ts'

const WHERE = 'jwtAuthorizer'
const MAX_PRINCIPAL = 1024

type VerifyResult = BadToken | KeysUnavailable | Readonly<Record<string, unknown>>
/** A token that is valid except for its signature, and the key to verify it with. */
interface TokenWithKey {
  readonly token: UnverifiedToken
  readonly verifier: Verifier
  readonly key: KeyResult
}
type Authorize = (lookup: BadToken | TokenWithKey, invocation: Invocation) => VerifyResult | Promise<VerifyResult>

const BEARER = /^bearer +([\w.~+/-]+=*)$/i

/** Extracts the token from a credential (SEC-30). */
const tokenReader = (identitySource: string, isChosen: boolean): ((credential: string) => string | undefined) =>
  !isChosen && /^\$request\.header\..*authorization$/i.test(identitySource)
    ? (credential) => BEARER.exec(credential)?.[1]
    : (credential) => credential

/** Checks everything except the signature. */
const checkToken = (
  credential: string,
  read: ReturnType<typeof tokenReader>,
  verifiers: ReadonlyMap<string, Verifier>,
  typ: string | undefined,
  now: number,
): BadToken | { readonly token: UnverifiedToken; readonly verifier: Verifier } => {
  const compact = read(credential)
  if (compact === undefined) return new BadToken('SCHEME')
  const token = readToken(compact)
  if (token instanceof BadToken) return token
  if (typ !== undefined && (token.typ === undefined || mediaType(token.typ) !== typ)) return new BadToken('TYPE')
  // Not verified yet: `iss` only selects the issuer whose key has to verify the signature.
  const verifier = verifiers.get(ownMember(token.claims, 'iss') as string)
  if (verifier === undefined) return new BadToken('ISSUER')
  const problem = problemWithClaims(token.claims, verifier.rules, now)
  return problem === undefined ? { token, verifier } : new BadToken(problem)
}

/** Checks the token and gets its key, before the request counts towards `maxInFlight`. */
const prepareWith = (
  verifiers: ReadonlyMap<string, Verifier>,
  common: CommonOptions<unknown>,
  identitySource: string,
): ((identity: readonly string[], preparation: Preparation) => Prepared) => {
  const read = tokenReader(identitySource, common.token !== undefined)
  const typ = common.typ === undefined ? undefined : mediaType(common.typ)
  return ([credential = ''], { clock, warn }) => {
    const checkedToken = checkToken(credential, read, verifiers, typ, clock.now())
    if (checkedToken instanceof BadToken) return { value: checkedToken }
    const { token, verifier } = checkedToken
    const { algorithms, keys, rules } = verifier
    return prepareKey(rules.issuer, token, algorithms, keys, warn, (key): TokenWithKey => ({ token, verifier, key }))
  }
}

const authorizeWith = (common: CommonOptions<unknown>): Authorize => {
  const { requireScopes, principalClaim = 'sub', challengeParameters = {} } = common
  const verifySignature = signatureVerifier(common.maxInFlight)
  const makeContext = (common.context ?? ((claims) => claims)) as (claims: Claims) => unknown
  // The contract rejects a promise as context; a rejection of the promise must not end the process.
  const context = (claims: Claims): unknown => {
    const made = makeContext(claims)
    if (isThenable(made)) Promise.resolve(made).then(undefined, () => undefined)
    return made
  }

  const resultOf = (claims: Claims, rules: ClaimRules): VerifyResult => {
    const principalId = ownMember(claims, principalClaim) ?? ''
    if (typeof principalId !== 'string' || principalId.length > MAX_PRINCIPAL) return new BadToken('CLAIM')
    const expiresAt = endOfValidity(claims, rules)
    if (requireScopes === undefined || satisfiesScopes(scopesOf(claims, 'scope', 'scp'), requireScopes))
      return { isAuthorized: true, principalId, context: context(claims), expiresAt }
    const wanted = 'anyOf' in requireScopes ? requireScopes.anyOf : requireScopes.allOf
    const challenge = insufficientScope(wanted, challengeParameters)
    return { isAuthorized: false, principalId, expiresAt, response: { headers: { 'WWW-Authenticate': challenge } } }
  }

  return function jwt(lookup, invocation) {
    if (lookup instanceof BadToken) return lookup
    const { token, verifier, key } = lookup
    if (key instanceof BadToken || key instanceof KeysUnavailable) return key
    const { rules, keys: source } = verifier
    const warn = (message: string): void => invocation.warn(message)
    const finish = (problem: BadToken | undefined): VerifyResult => {
      if (problem !== undefined) return problem
      // The token may have expired while its key was fetched.
      const late = problemWithClaims(token.claims, rules, invocation.clock.now())
      return late === undefined ? resultOf(token.claims, rules) : new BadToken(late)
    }
    const verified = verifySignature(token, { key, source }, warn)
    return verified instanceof Promise ? verified.then(finish) : finish(verified)
  }
}

/** The part of the keys of a shared store that depends on the issuers' keys: for a secret only its digest (SEC-53, SEC-56). */
const identityOfKeys = (issuers: readonly ResolvedIssuer[]) => async (): Promise<string> =>
  JSON.stringify(
    await Promise.all(
      issuers.map(async ({ issuer, keys }) =>
        keys.kind === 'secret' ? digestSecret(keys.bytes, `jwtAuthorizer ${issuer}`) : keys.kind,
      ),
    ),
  )

const parseResult = (base: Contract, settled: Settled): Parsed<never> | ReturnType<Contract['parseResult']> => {
  const value = settled.status === 'returned' ? settled.value : undefined
  if (value instanceof BadToken)
    return { accepted: false, reason: 'UNAUTHORIZED', problem: TOKEN_PROBLEMS[value.problem] }
  if (value instanceof KeysUnavailable)
    return { accepted: false, reason: 'AUTHORIZER_UNAVAILABLE', problem: `no keys: ${value.detail}` }
  return base.parseResult(settled)
}

/** The native contract with the challenges of RFC 6750. */
const contractOf = (
  issuers: readonly ResolvedIssuer[],
  common: CommonOptions<unknown>,
  identitySource: string,
  prepare: Contract['prepare'] & {},
): Contract<Authorize, 'typed'> => {
  const { resultTtlSeconds = 0, timeoutMs = 5000, context, requiredClaims: claims } = common
  const {
    clockToleranceSeconds,
    maxTokenAgeSeconds,
    typ,
    requireScopes,
    principalClaim,
    challengeParameters = {},
  } = common
  const base = native({ identitySources: [identitySource], resultTtlSeconds, cachePer: 'identity' })
  return {
    ...base,
    name: 'jwt',
    ...(common.token !== undefined && { identitySources: [functionSource('token', common.token)] }),
    ...crossOriginRules(common),
    // Replaces the warnings of the native contract: results depend on the token alone, so caching them per identity is safe.
    warnings: [
      ...issuers.flatMap(({ audiences }) =>
        unsafeOptionsIn(WHERE, { audience: audiences ?? { allowAny: true } }, ISSUER_UNSAFE_OPTIONS),
      ),
      ...unsafeOptionsIn(WHERE, common, CROSS_ORIGIN_UNSAFE_OPTIONS),
    ],
    // All options that change results, except the secret, which `identityOfKeys` adds as a digest (SEC-53).
    fingerprint: JSON.stringify([
      identitySource,
      issuers.map(({ keys, ...rest }) => [rest, keys.kind === 'secret' ? keys.kind : keys]),
      [
        clockToleranceSeconds,
        maxTokenAgeSeconds,
        claims,
        typ,
        requireScopes,
        principalClaim,
        String(context),
        challengeParameters,
      ],
    ]),
    // Longer than fetching metadata and keys may take, so that a fetch that hangs times out first and is reported.
    timeoutMs: 2 * timeoutMs + 5000,
    prepare,
    toEvent: (_request, { prepared }) => prepared,
    invoke: (authorize, event, invocation) => authorize(event as BadToken | TokenWithKey, invocation),
    parseResult: (settled) => parseResult(base, settled),
    respond: (denial) => {
      const response = base.respond(denial)
      const challenge = challengeOf(denial, challengeParameters)
      return challenge === undefined
        ? response
        : { ...response, headers: [...response.headers, ['WWW-Authenticate', challenge]] }
    },
  }
}

/**
 * Creates an authorizer that verifies JSON Web Tokens: the signature with a key of the issuer, `iss`, `aud`, `exp`, `nbf` and
 * `iat`. The response is 401 for an invalid token, 403 for missing scopes, and 503 while the keys are unavailable.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * app.use(customAuthorizer(jwtAuthorizer({ issuer: 'https://issuer.example', audience: 'https://api.example' })))
 */
export const jwtAuthorizer = <TContext extends object = JwtContext>(
  options: JwtAuthorizerOptions<TContext>,
): Authorizer<TContext> => {
  const { issuers, common } = resolveOptions(options)
  const { identitySource = '$request.header.authorization' } = common
  const authorizer = createAuthorizer<AnyFunction, AnyFunction>({
    ...passthroughOf(common),
    limits: kernelLimits(WHERE, common.limits),
    authorize: identifyFunction(authorizeWith(common), identityOfKeys(issuers)),
    contract: contractOf(
      issuers,
      common,
      identitySource,
      prepareWith(verifiersOf(issuers, common), common, identitySource),
    ),
  })
  return authorizer as unknown as Authorizer<TContext>
}
