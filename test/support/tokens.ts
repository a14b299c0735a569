/** Keys and signed tokens, valid or with one deliberate defect. @module */
import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { Algorithm } from '@custom-authorizer/jwt'

export type Jwk = Readonly<Record<string, unknown>>

/** The key pair of an issuer. */
export interface SigningKey {
  readonly kid: string | undefined
  readonly algorithm: Algorithm
  readonly privateKey: KeyObject
  /** The published public key. */
  readonly jwk: Jwk
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

// RSA key pairs are slow to generate, so each is generated once per name.
const rsaPairs = new Map<string, Pair>()
const rsaPair = (bits: number, name: string): Pair => {
  const known = rsaPairs.get(`${bits} ${name}`)
  if (known !== undefined) return known
  const made = generateKeyPairSync('rsa', { modulusLength: bits })
  rsaPairs.set(`${bits} ${name}`, made)
  return made
}

const pairFor = (algorithm: Algorithm, bits: number, name: string): Pair => {
  const curve = CURVES[algorithm]
  if (curve !== undefined) return generateKeyPairSync('ec', { namedCurve: curve })
  return algorithm.startsWith('Ed') ? generateKeyPairSync('ed25519') : rsaPair(bits, name)
}

/** RSA keys with the same `pair` share one key; every other key is new. */
export const signingKey = (
  kid: string | undefined,
  algorithm: Algorithm = 'RS256',
  { bits = 2048, pair = 'first' }: { bits?: number; pair?: string } = {},
): SigningKey => {
  const { publicKey, privateKey } = pairFor(algorithm, bits, pair)
  const named = kid === undefined ? {} : { kid }
  const jwk = { ...publicKey.export({ format: 'jwk' }), ...named, alg: algorithm, use: 'sig' }
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

/** Signs two parts unchanged: a string as it is, any other value as JSON. */
export const signParts = (header: unknown, payload: unknown, algorithm: string, key: KeyObject): string => {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${signature(input, algorithm, key).toString('base64url')}`
}

/** Signs like the issuer; adds the members of `header`, and omits `undefined` ones. */
export const signToken = (key: SigningKey, claims: unknown, header: Readonly<Record<string, unknown>> = {}): string =>
  signParts({ alg: key.algorithm, kid: key.kid, typ: 'JWT', ...header }, claims, key.algorithm, key.privateKey)
