/** Validates results that other processes may have written (SEC-65). @module */
import type { Contract } from '../contract/contract.ts'
import { isRecord } from '../util/check.ts'
import type { StoredResult } from './store.ts'

/**
 * Validates a result like one of the function. Returns `undefined` if it is invalid or has expired.
 *
 * @param now milliseconds since the epoch
 */
export const reviveStored = (contract: Contract, stored: unknown, now: number): StoredResult | undefined => {
  if (!isRecord(stored)) return undefined
  const { issuedFor } = stored
  const result = contract.reviveResult?.(stored['result'])
  return result === undefined ||
    !isRecord(issuedFor) ||
    typeof issuedFor['method'] !== 'string' ||
    typeof issuedFor['path'] !== 'string' ||
    (result.expiresAt !== undefined && result.expiresAt <= now)
    ? undefined
    : { result, issuedFor: { method: issuedFor['method'], path: issuedFor['path'] } }
}
