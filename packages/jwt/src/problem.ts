/** What can be wrong with a token. For the log only: a client is told `invalid_token` and no more (SEC-76). @module */

/** One sentence for each; the keys are a closed set. */
export const TOKEN_PROBLEMS = {
  SCHEME: 'the Authorization header does not carry one bearer token',
  SIZE: 'the token is longer than 8192 characters, or its header than 2048 bytes',
  SEGMENTS: 'the token does not have three parts',
  ENCODING: 'a part of the token is not canonical base64url',
  JSON: 'the header or the payload is not one unambiguous JSON object',
  HEADER: 'the header has a parameter that is not accepted: crit, b64, zip, jwk, jku, x5u, x5c, or a wrong kid',
  NESTED: 'the token is nested (cty is JWT)',
  TYPE: 'the typ of the token is not the one that is asked for',
  ALGORITHM: 'the algorithm is not one of those that are accepted',
  ISSUER: 'iss is not an accepted issuer',
  AUDIENCE: 'aud does not name an accepted audience',
  DATE: 'exp is missing, or one of exp, nbf and iat is not a finite number',
  EXPIRED: 'the token has expired',
  NOT_YET: 'nbf or iat lies in the future',
  TOO_OLD: 'iat is missing, or longer ago than maxTokenAgeSeconds',
  CLAIM: 'a required claim is missing or has another value',
  KEY: 'no key of the issuer fits the token',
  DUPLICATE_KEY: 'several keys of the issuer have the kid that the token names, so none of them is used',
  SIGNATURE: 'the signature does not verify',
} as const

export type TokenProblem = keyof typeof TOKEN_PROBLEMS

/** A token that is refused, and why. */
export class BadToken {
  readonly problem: TokenProblem
  constructor(problem: TokenProblem) {
    this.problem = problem
  }
}

/** Nobody can tell whether the token is good, because the keys cannot be had (SEC-76). */
export class KeysUnavailable {
  readonly detail: string
  constructor(detail: string) {
    this.detail = detail
  }
}
