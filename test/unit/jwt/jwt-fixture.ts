/** A `jwtAuthorizer` with one known key and a test clock, and tokens that it accepts. @module */
import type { Decision, Outcome } from '@custom-authorizer/core'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { type Algorithm, jwtAuthorizer, type JwtAuthorizerOptions, type JwtContext } from '@custom-authorizer/jwt'
import { KeyServer } from '../../support/key-server.ts'
import { responseHeader } from '../../support/outcome.ts'
import { type Jwk, type SigningKey, signingKey, signToken } from '../../support/tokens.ts'
import { withToken } from '../../support/with-token.ts'
import { afterEach, beforeEach } from 'vitest'

export const ISSUER = 'https://issuer.example'
export const AUDIENCE = 'https://api.example'
/** The time at which every clock starts, in seconds. */
export const NOW = fakeClock().now() / 1000

export const KEY: SigningKey = signingKey('key-1')

/** The algorithms whose keys are published. */
export const PUBLIC_ALGORITHMS: readonly Algorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

export type Claims = Readonly<Record<string, unknown>>

/** Claims of a valid token, with changes; `undefined` removes a claim. */
export const claims = (changes: Claims = {}): Claims => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'alice',
  exp: NOW + 300,
  iat: NOW,
  ...changes,
})

export const token = (changes: Claims = {}, header: Claims = {}, key: SigningKey = KEY): string =>
  signToken(key, claims(changes), header)

/** Options of `authorizerOf`, which may be invalid; the others have defaults. */
export interface Options {
  readonly onDecision?: (decision: Decision) => unknown
  readonly context?: (claims: JwtContext) => unknown
  readonly [option: string]: unknown
}

export const authorizerOf = (options: Options = {}): ReturnType<typeof jwtAuthorizer<Claims>> => {
  const keys: readonly Jwk[] = [KEY.jwk]
  const issuer = 'issuers' in options ? {} : { issuer: ISSUER, audience: AUDIENCE }
  const source = ['issuers', 'jwksUri', 'secret', 'issuer'].some((name) => name in options) ? {} : { jwks: { keys } }
  const all = { logger: null, clock: fakeClock(), ...issuer, ...source, ...options }
  return jwtAuthorizer(all as unknown as JwtAuthorizerOptions<Claims>)
}

interface Evaluator<T> {
  evaluate(request: ReturnType<typeof withToken>): Outcome<T> | Promise<Outcome<T>>
}

/** The outcome for a request with `Authorization: Bearer …`. */
export const present = async <T>(authorizer: Evaluator<T>, compact: string): Promise<Outcome<T>> =>
  authorizer.evaluate(withToken(`Bearer ${compact}`))

/** `200`, or the status and the challenge of the denial. */
export const statusLine = (outcome: Outcome<unknown>): string => {
  if (outcome.allowed) return '200'
  const challenge = responseHeader(outcome, 'www-authenticate')
  return challenge === undefined ? String(outcome.response.status) : `${outcome.response.status} ${challenge}`
}

export const INVALID = '401 Bearer error="invalid_token"'

/** The {@link statusLine} for one token. */
export const responseTo = async (compact: string, options: Options = {}): Promise<string> =>
  statusLine(await present(authorizerOf(options), compact))

/** The problem with one token, as reported to `onDecision`. */
export const problemOf = async (compact: string, options: Options = {}): Promise<string | undefined> => {
  let problem: string | undefined
  const authorizer = authorizerOf({ ...options, onDecision: (decision) => void (problem = decision.explain().problem) })
  await present(authorizer, compact)
  return problem
}

/** The key server of an issuer and the clock of its authorizers, new for each test. */
export interface Issuer {
  server: KeyServer
  clock: FakeClock
}

/** Starts a key server with {@link KEY} before each test of a file, and closes it afterwards. */
export const useIssuer = (): Issuer => {
  const issuer = {} as Issuer
  beforeEach(async () => {
    issuer.server = await KeyServer.start(KEY.jwk)
    issuer.clock = fakeClock()
  })
  afterEach(() => issuer.server.close())
  return issuer
}
