/** The signature of a token, under a key of its issuer (SEC-67). @module */
import { compactVerify, errors } from 'jose'
import type { Algorithm } from './algorithms.ts'
import type { KeySource, Warn } from './key-set.ts'
import { BadToken, KeysUnavailable } from './problem.ts'
import type { UnverifiedJws } from './token.ts'

/** What is wrong, or `undefined` when the issuer has signed this. */
export const verifySignature = async (
  { compact, algorithm, kid }: UnverifiedJws,
  algorithms: readonly Algorithm[],
  keys: KeySource,
  warn: Warn,
): Promise<BadToken | KeysUnavailable | undefined> => {
  if (!algorithms.includes(algorithm)) return new BadToken('ALGORITHM')
  const key = await keys.find(kid, algorithm, warn)
  if (key instanceof BadToken || key instanceof KeysUnavailable) return key
  try {
    await compactVerify(compact, key, { algorithms: [algorithm] })
    return undefined
  } catch (error) {
    if (error instanceof errors.JOSEError) return new BadToken('SIGNATURE')
    throw error
  }
}
