/** A parsed key set: each key is checked and imported once per algorithm that it may be used with (SEC-72, SEC-73). @module */
import { check, ownMember } from '@custom-authorizer/core/contract'
import { importJWK } from 'jose'
import { type Algorithm, ALGORITHMS } from '../algorithms.ts'
import { decodeBase64url } from '../token/base64url.ts'
import { BadToken } from '../problem.ts'

type Jwk = Readonly<Record<string, unknown>>

const MAX_KEYS = 100
const RSA_BITS = { min: 2048, max: 16_384 }
const COORDINATES = { EC: ['x', 'y'], OKP: ['x'] } as const
/** Members of private keys: a published key that has one of them is compromised. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const

const toInteger = (value: unknown): bigint | undefined => {
  const bytes = typeof value === 'string' ? decodeBase64url(value) : undefined
  if (bytes === undefined) return undefined
  let hex = '0'
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return BigInt(`0x${hex}`)
}

const publicRsa = ({ n, e }: Jwk): Jwk | undefined => {
  const modulus = toInteger(n)
  const exponent = toInteger(e)
  if (modulus === undefined || exponent === undefined) return undefined
  const bits = modulus.toString(2).length
  // With an exponent of 1 any signature is valid; an even exponent is not a valid key.
  if (bits < RSA_BITS.min || bits > RSA_BITS.max || exponent < 3n || exponent % 2n === 0n) return undefined
  return { kty: 'RSA', n, e }
}

/** The public part of a key; `undefined` if it must not be used to verify signatures of this algorithm. */
const publicPart = (jwk: Jwk, algorithm: Algorithm): Jwk | undefined => {
  const row = ALGORITHMS[algorithm]
  const [kty, use, ops, alg] = ['kty', 'use', 'key_ops', 'alg'].map((name) => ownMember(jwk, name))
  if (row.kty === 'oct' || kty !== row.kty || PRIVATE_MEMBERS.some((name) => Object.hasOwn(jwk, name))) return undefined
  if (use !== undefined && use !== 'sig') return undefined
  if (ops !== undefined && !(Array.isArray(ops) && ops.includes('verify'))) return undefined
  if (alg !== undefined && alg !== algorithm) return undefined
  if (row.kty === 'RSA') return publicRsa(jwk)
  if (ownMember(jwk, 'crv') !== row.crv) return undefined
  const coordinates = COORDINATES[row.kty].map((name) => [name, ownMember(jwk, name)] as const)
  if (!coordinates.every(([, value]) => typeof value === 'string' && decodeBase64url(value) !== undefined))
    return undefined
  return { kty, crv: row.crv, ...Object.fromEntries(coordinates) }
}

/** The elements of `keys`, or the problem with the document. */
export const listKeys = (document: unknown): readonly Jwk[] | string => {
  const list = ownMember(document, 'keys')
  if (!Array.isArray(list)) return 'the key set has no array named keys'
  if (list.length > MAX_KEYS) return `the key set has more than ${MAX_KEYS} keys`
  return list.filter(check.isRecord)
}

/** Whether a key set has a key for one of these algorithms. Does not import the keys. */
export const hasUsableKey = (list: readonly Jwk[], algorithms: readonly Algorithm[]): boolean =>
  list.some((jwk) => algorithms.some((algorithm) => publicPart(jwk, algorithm) !== undefined))

interface ImportedKey {
  readonly kid: string | undefined
  readonly uses: ReadonlyMap<Algorithm, CryptoKey>
}

const importKey = async (jwk: Jwk, algorithms: readonly Algorithm[]): Promise<ImportedKey> => {
  const uses = new Map<Algorithm, CryptoKey>()
  for (const algorithm of algorithms) {
    const part = publicPart(jwk, algorithm)
    if (part === undefined) continue
    try {
      uses.set(algorithm, (await importJWK(part, algorithm)) as CryptoKey)
    } catch {
      // Not a valid key, for example a point that is not on its curve.
    }
  }
  const kid = ownMember(jwk, 'kid')
  return { kid: typeof kid === 'string' ? kid : undefined, uses }
}

export class JwkSet {
  readonly #byKid = new Map<string, ImportedKey | 'several'>()
  readonly #usable: readonly ImportedKey[]

  private constructor(keys: readonly ImportedKey[]) {
    for (const key of keys)
      if (key.kid !== undefined) this.#byKid.set(key.kid, this.#byKid.has(key.kid) ? 'several' : key)
    this.#usable = keys.filter(({ uses }) => uses.size > 0)
  }

  /** Imports the keys for these algorithms and skips the others. Returns the problem if there is no usable key. */
  static async load(document: unknown, algorithms: readonly Algorithm[]): Promise<JwkSet | string> {
    const list = listKeys(document)
    if (typeof list === 'string') return list
    const keys = new JwkSet(await Promise.all(list.map((jwk) => importKey(jwk, algorithms))))
    return keys.#usable.length > 0 ? keys : 'the key set has no usable key'
  }

  /** Whether several keys share a `kid`. */
  get hasDuplicates(): boolean {
    return [...this.#byKid.values()].includes('several')
  }

  /** The key for a token; `undefined` if its `kid` is unknown, so that a newer key set may have it. */
  select(kid: string | undefined, algorithm: Algorithm): CryptoKey | BadToken | undefined {
    if (kid === undefined) {
      const [only, another] = this.#usable.filter(({ uses, kid: named }) => uses.has(algorithm) && this.#isOne(named))
      return (another === undefined ? only?.uses.get(algorithm) : undefined) ?? new BadToken('KEY')
    }
    const named = this.#byKid.get(kid)
    if (named === 'several') return new BadToken('DUPLICATE_KEY')
    return named && (named.uses.get(algorithm) ?? new BadToken('KEY'))
  }

  #isOne(kid: string | undefined): boolean {
    return kid === undefined || this.#byKid.get(kid) !== 'several'
  }
}
