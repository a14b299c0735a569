/** The supported signature algorithms, one row each. No other algorithm can be configured or verified. @module */

/** Names of signature algorithms, from RFC 7518 and RFC 8037. */
export type Algorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'
  | 'HS256'
  | 'HS384'
  | 'HS512'

interface PublicKeyRow {
  readonly kty: 'RSA' | 'EC' | 'OKP'
  readonly crv?: string
}
interface SecretRow {
  readonly kty: 'oct'
  readonly hash: string
  /** Minimum length of the secret: that of the hash (RFC 7518, section 3.2). */
  readonly minBytes: number
}
export type AlgorithmRow = PublicKeyRow | SecretRow

const rsa: PublicKeyRow = { kty: 'RSA' }
const ec = (crv: string): PublicKeyRow => ({ kty: 'EC', crv })
const okp: PublicKeyRow = { kty: 'OKP', crv: 'Ed25519' }
const hmac = (bits: number): SecretRow => ({ kty: 'oct', hash: `SHA-${bits}`, minBytes: bits / 8 })

export const ALGORITHMS: Readonly<Record<Algorithm, AlgorithmRow>> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: ec('P-256'),
  ES384: ec('P-384'),
  ES512: ec('P-521'),
  EdDSA: okp,
  Ed25519: okp,
  HS256: hmac(256),
  HS384: hmac(384),
  HS512: hmac(512),
}

export const isSymmetric = (algorithm: Algorithm): boolean => ALGORITHMS[algorithm].kty === 'oct'
