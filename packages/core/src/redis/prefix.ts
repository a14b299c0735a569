/** The start of all keys in Redis. @module */
import { check, type Check } from '../contract.ts'

export const DEFAULT_PREFIX = 'custom-authorizer'

/** Without braces, which would decide on the slot in a cluster, and without characters that patterns of ACLs give a meaning. */
export const keyPrefix: Check = check.text(/^[\w.:-]{1,64}$/, '1 to 64 letters, digits and characters among _ . : -')
