/** What identifies an authorizer function in the keys of a shared store (SEC-53). @module */
import { optionProblem } from '../util/check.ts'

/**
 * Name of the property by which an authorizer function says what identifies it, for the keys of a store that several
 * processes share: a text, or a function that returns one or a promise of one. The text has to differ whenever the
 * configuration differs that the function's results depend on, and be the same in every process with the same
 * configuration. It is hashed before it leaves the process; a secret contributes a digest all the same. A rejected promise
 * denies the request with 500, and the next request asks again.
 *
 * A function without this property is identified by the authorizer's `name` and `version` alone.
 */
export const FUNCTION_IDENTITY = 'customAuthorizerIdentity'

export type FunctionIdentity = string | (() => string | Promise<string>)

/** Gives a function its identity; see {@link FUNCTION_IDENTITY}. The property is not enumerable. */
export const identifyFunction = <T extends object>(authorize: T, identity: FunctionIdentity): T =>
  Object.defineProperty(authorize, FUNCTION_IDENTITY, { value: identity, configurable: true })

/**
 * The identity that a function carries itself; own members only.
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

/** Joins texts so that no two lists give the same text (SEC-54). */
export const lengthPrefixed = (parts: readonly string[]): string =>
  parts.map((part) => `${part.length}:${part}`).join('')

const base64url = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')

/** SHA-256 of a text, base64url. */
export const digestOf = async (text: string): Promise<string> =>
  base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

/**
 * Digest of a secret for a {@link FunctionIdentity}: HMAC-SHA-256 under the secret, base64url. Different secrets have
 * different digests, and a digest does not reveal its secret.
 *
 * @param secret not empty
 * @param label what the secret is for; a digest under one label says nothing about another
 */
export const digestSecret = async (secret: string | Uint8Array, label: string): Promise<string> => {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : new Uint8Array(secret)
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
  return base64url(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(label)))
}
