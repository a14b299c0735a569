/** Looks up the key of a token and verifies the signature (SEC-67, SEC-75). @module */
import type { Prepared } from '@custom-authorizer/core/contract'
import { compactVerify, errors } from 'jose'
import type { Algorithm } from './algorithms.ts'
import { type KeyResult, type KeySource, PendingKey, type Warn } from './keys/key-cache.ts'
import { nodeVerifier } from './node-signature.ts'
import { BadToken } from './problem.ts'
import type { UnverifiedJws } from './token/token.ts'

/**
 * Looks up the key for a token, before the request counts towards `maxInFlight`. Requests wait in one of two pools per issuer,
 * so that requests with an unknown `kid` cannot displace those whose key is known and only has to be renewed (SEC-75, SEC-99).
 */
export const prepareKey = (
  issuer: string,
  { algorithm, kid }: UnverifiedJws,
  algorithms: readonly Algorithm[],
  keys: KeySource,
  warn: Warn,
  toValue: (found: KeyResult) => unknown,
): Prepared => {
  if (!algorithms.includes(algorithm)) return { value: toValue(new BadToken('ALGORITHM')) }
  const found = keys.find(kid, algorithm, warn)
  if (!(found instanceof PendingKey)) return { value: toValue(found) }
  return {
    pool: `${found.isKnown ? 'known' : 'unknown'} keys of ${issuer}`,
    wait: () => found.wait().then(toValue),
  }
}

/** With WebCrypto. */
const isSignedJws = async ({ compact, algorithm }: UnverifiedJws, key: CryptoKey): Promise<boolean> => {
  try {
    await compactVerify(compact, key, { algorithms: [algorithm] })
    return true
  } catch (error) {
    if (error instanceof errors.JOSEError) return false
    throw error
  }
}

/**
 * Whether a signature is as long as the modulus of an RSA key (RFC 8017, section 8.1.2). OpenSSL also accepts RSASSA-PSS
 * signatures without a leading zero. Other kinds of signatures have their length checked by the platform.
 */
const hasLengthOf = ({ algorithm }: CryptoKey, { signature }: UnverifiedJws): boolean => {
  const { modulusLength } = algorithm as KeyAlgorithm & { readonly modulusLength?: number }
  return modulusLength === undefined || signature.length === Math.ceil(modulusLength / 8)
}

/** A key and the source that it comes from. */
interface SourcedKey {
  readonly key: CryptoKey
  readonly source: KeySource
}

type Verified = BadToken | undefined

/**
 * Verifies a signature, if necessary with a key that has replaced the given one. The result is `undefined` if it is valid.
 * Synchronous where the platform is, and as long as no key has to be waited for.
 */
export type VerifySignature = (
  token: UnverifiedJws,
  { key, source }: SourcedKey,
  warn: Warn,
) => Verified | Promise<Verified>

/** Default of the option `maxInFlight`. */
const MAX_IN_FLIGHT = 1000

/**
 * Creates the function that verifies the signatures of one authorizer. A request that waits for a replaced key counts towards
 * `maxInFlight`, so at most a tenth of `maxInFlight` waits: forged tokens cannot displace valid ones. The others are rejected
 * at once.
 */
export const signatureVerifier = (maxInFlight: number = MAX_IN_FLIGHT): VerifySignature => {
  let waiting = 0
  const wait = async <T>(promise: Promise<T>): Promise<T | undefined> => {
    if (waiting + 1 > maxInFlight / 10) return undefined
    waiting++
    try {
      return await promise
    } finally {
      waiting--
    }
  }
  const verify = nodeVerifier()
  const isSigned = (token: UnverifiedJws, key: CryptoKey): boolean | Promise<boolean> =>
    hasLengthOf(key, token) && (verify?.(token, key) ?? isSignedJws(token, key))
  return (token, { key, source }, warn) => {
    const replace = async (): Promise<Verified> => {
      const found = source.findReplacement?.(key, token, warn)
      const replacement = found instanceof Promise ? await wait(found) : found
      return replacement !== undefined && (await isSigned(token, replacement)) ? undefined : new BadToken('SIGNATURE')
    }
    const signed = isSigned(token, key)
    if (typeof signed === 'boolean') return signed ? undefined : replace()
    return signed.then((valid) => (valid ? undefined : replace()))
  }
}
