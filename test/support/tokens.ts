/** Tokens and keys: signed as an issuer signs, or bent in the one place that a test is about. @module */
import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { Algorithm } from '@custom-authorizer/jwt'

export type Jwk = Readonly<Record<string, unknown>>

/** A key pair as an issuer holds it. */
export interface SigningKey {
  readonly kid: string | undefined
  readonly algorithm: Algorithm
  readonly privateKey: KeyObject
  /** The public half, as it is published. */
  readonly jwk: Jwk
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

const pair = (algorithm: Algorithm, bits: number): { publicKey: KeyObject; privateKey: KeyObject } => {
  const curve = CURVES[algorithm]
  if (curve !== undefined) return generateKeyPairSync('ec', { namedCurve: curve })
  return algorithm.startsWith('Ed')
    ? generateKeyPairSync('ed25519')
    : generateKeyPairSync('rsa', { modulusLength: bits })
}

export const signingKey = (
  kid: string | undefined,
  algorithm: Algorithm = 'RS256',
  { bits = 2048, members = {} }: { bits?: number; members?: Jwk } = {},
): SigningKey => {
  const { publicKey, privateKey } = pair(algorithm, bits)
  const named = kid === undefined ? {} : { kid }
  const jwk = { ...publicKey.export({ format: 'jwk' }), ...named, alg: algorithm, use: 'sig', ...members }
  return { kid, algorithm, privateKey, jwk }
}

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

const signature = (input: string, algorithm: string, key: KeyObject): Buffer => {
  const hash = `sha${algorithm.slice(2)}`
  if (algorithm.startsWith('HS')) return createHmac(hash, key).update(input).digest()
  if (algorithm.startsWith('Ed')) return sign(null, Buffer.from(input), key)
  if (algorithm.startsWith('ES')) return sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  if (algorithm.startsWith('RS')) return sign(hash, Buffer.from(input), key)
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return sign(hash, Buffer.from(input), { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST })
}

/** Signs two parts as they are: a text goes in as it stands, anything else as JSON. */
export const signParts = (header: unknown, payload: unknown, algorithm: string, key: KeyObject): string => {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${signature(input, algorithm, key).toString('base64url')}`
}

/** Signs as the issuer does; members of `header` are added, or left out where they are `undefined`. */
export const signToken = (key: SigningKey, claims: unknown, header: Readonly<Record<string, unknown>> = {}): string =>
  signParts({ alg: key.algorithm, kid: key.kid, typ: 'JWT', ...header }, claims, key.algorithm, key.privateKey)
