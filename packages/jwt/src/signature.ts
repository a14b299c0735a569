/** Looks up the key of a token and verifies the signature (SEC-67). @module */
import type { Prepared } from '@custom-authorizer/core/contract'
import { compactVerify, errors } from 'jose'
import type { Algorithm } from './algorithms.ts'
import { type KeyResult, type KeySource, PendingKey, type Warn } from './keys/key-cache.ts'
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

/** Returns `undefined` if the signature is valid. */
export const verifySignature = async (
  { compact, algorithm }: UnverifiedJws,
  key: CryptoKey,
): Promise<BadToken | undefined> => {
  try {
    await compactVerify(compact, key, { algorithms: [algorithm] })
    return undefined
  } catch (error) {
    if (error instanceof errors.JOSEError) return new BadToken('SIGNATURE')
    throw error
  }
}
