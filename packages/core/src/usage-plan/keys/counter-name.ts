/** Names of counters. @module */
import { lengthPrefixed, sha256For } from '../../contract.ts'

const sha256 = sha256For()

/** The name of a counter in this process: different plans and subjects have different names (SEC-94). */
export const counterName = (planId: string, subject: string): string => lengthPrefixed([planId, subject])

/** The name of a counter in a store that other processes share. */
export const counterDigest = (planId: string, subject: string): string | Promise<string> => {
  const name = counterName(planId, subject)
  // UTF-8 has no code for a lone surrogate: as JSON, different texts stay different.
  return sha256(name.isWellFormed() ? name : JSON.stringify(name))
}
