/** The keys of a shared store: digests of the configuration and the identity. @module */
import { type FunctionIdentity, lengthPrefixed } from '../contract/function-identity.ts'
import { sha256For } from '../runtime/sha-256.ts'

const digestOf = sha256For()

/** The key of an identity, with the additional key parts of the contract. Synchronous on Node.js. */
export const digestUnder = (
  configuration: string,
  identity: string,
  parts: readonly string[] | undefined,
): string | Promise<string> => {
  const key = digestOf(lengthPrefixed([configuration, identity]))
  if (parts === undefined) return key
  const rest = digestOf(lengthPrefixed([identity, ...parts]))
  if (typeof key === 'string' && typeof rest === 'string') return `${key}.${rest}`
  return Promise.all([key, rest]).then((digests) => digests.join('.'))
}

/** Everything that results depend on besides the request, as one text. Computed once; a failure is not cached. */
export const configurationOf = (
  contract: readonly [name: string, fingerprint: string],
  version: string | undefined,
  identity: FunctionIdentity | undefined,
): (() => string | Promise<string>) => {
  let known: string | undefined
  let pending: Promise<string> | undefined
  const compute = async (): Promise<string> => {
    const functionIdentity = typeof identity === 'function' ? await identity() : identity
    if (identity !== undefined && typeof (functionIdentity as unknown) !== 'string')
      throw new TypeError('FUNCTION_IDENTITY did not return a string')
    // Tagged, so that a version never equals an identity, nor a missing part an empty one (SEC-54).
    const optional = Object.entries({ version, own: functionIdentity }).filter(([, part]) => part !== undefined)
    known = lengthPrefixed([...contract, ...optional.map(([tag, part]) => `${tag}:${part}`)])
    return known
  }
  return () =>
    known ??
    (pending ??= compute().finally(() => {
      pending = undefined
    }))
}
