/** Reasons why a token is rejected. They are for the log; clients only see `invalid_token` (SEC-76). @module */

/** Explanations for the log, by problem. */
export const TOKEN_PROBLEMS = {
  SCHEME: 'the Authorization header is not one bearer token',
  SIZE: 'the token is longer than 8192 characters, or its header than 2048 bytes',
  SEGMENTS: 'the token does not consist of three parts',
  ENCODING: 'a part of the token is not canonical base64url',
  JSON: 'the header or the payload is not one unambiguous JSON object',
  HEADER: 'the header has a rejected parameter (crit, b64, zip, jwk, jku, x5u or x5c) or an invalid kid',
  NESTED: 'the token is nested (cty is JWT)',
  TYPE: 'the typ of the token is not the required one',
  ALGORITHM: 'the algorithm is not accepted',
  ISSUER: 'iss is not an accepted issuer',
  AUDIENCE: 'the audience claim does not name an accepted audience',
  DATE: 'exp is missing, or one of exp, nbf and iat is not a finite number',
  EXPIRED: 'the token has expired',
  NOT_YET: 'nbf or iat is in the future',
  TOO_OLD: 'iat is missing or older than maxTokenAgeSeconds',
  CLAIM: 'a required claim is missing or has another value',
  KEY: 'no key of the issuer matches the token',
  DUPLICATE_KEY: 'several keys of the issuer have the kid of the token, so none of them is used',
  SIGNATURE: 'the signature is invalid',
} as const

export type TokenProblem = keyof typeof TOKEN_PROBLEMS

/** A rejected token. */
export class BadToken {
  readonly problem: TokenProblem
  constructor(problem: TokenProblem) {
    this.problem = problem
  }
}

/** The token cannot be verified because the keys are unavailable (SEC-76). */
export class KeysUnavailable {
  readonly detail: string
  constructor(detail: string) {
    this.detail = detail
  }
}
