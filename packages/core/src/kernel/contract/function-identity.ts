/** The identity of an authorizer function, a part of the keys of a shared store (SEC-53). @module */
import { base64url } from '../runtime/sha-256.ts'
import { optionProblem } from '../util/check.ts'

/**
 * Name of the property that identifies an authorizer function in the keys of a store that several processes share: a
 * string, or a function that returns one or a promise of one. Functions whose results depend on different configurations
 * need different strings, and the same configuration has to have the same string in every process. The string is hashed
 * before it leaves the process; nevertheless, contribute a digest of a secret, not the secret ({@link digestSecret}). If the
 * promise rejects, the request is denied with 500, and the next request calls the function again.
 *
 * A function without this property is identified by the authorizer's `name` and `version` alone.
 */
export const FUNCTION_IDENTITY = 'customAuthorizerIdentity'

/** Value of the property {@link FUNCTION_IDENTITY}. */
export type FunctionIdentity = string | (() => string | Promise<string>)

/** Sets the identity of a function; see {@link FUNCTION_IDENTITY}. The property is not enumerable. */
export const identifyFunction = <T extends object>(authorize: T, identity: FunctionIdentity): T =>
  Object.defineProperty(authorize, FUNCTION_IDENTITY, { value: identity, configurable: true })

/**
 * Reads the identity of a function from its own property; `undefined` if it has none.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if it is neither a string nor a function
 */
export const identityOf = (where: string, authorize: object): FunctionIdentity | undefined => {
  if (!Object.hasOwn(authorize, FUNCTION_IDENTITY)) return undefined
  const identity: unknown = Object.getOwnPropertyDescriptor(authorize, FUNCTION_IDENTITY)?.value
  if (typeof identity === 'string' || typeof identity === 'function') return identity as FunctionIdentity
  throw optionProblem(
    where,
    'a FUNCTION_IDENTITY of another type',
    'a string, or a function that returns one or a promise of one',
  )
}

/** Joins texts so that different lists give different texts (SEC-54). */
export const lengthPrefixed = (parts: readonly string[]): string =>
  parts.map((part) => `${part.length}:${part}`).join('')

/**
 * Digest of a secret for a {@link FunctionIdentity}: HMAC-SHA-256 under the secret, as base64url. Different secrets have
 * different digests, and a digest does not reveal its secret.
 *
 * @param secret the secret, not empty
 * @param label purpose of the secret; digests under different labels are unrelated
 */
export const digestSecret = async (secret: string | Uint8Array, label: string): Promise<string> => {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : new Uint8Array(secret)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
  return base64url(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(label)))
}
