/** Sources of keys: a URL, the issuer's metadata, or a shared secret. @module */
import { ownMember } from '@custom-authorizer/core/contract'
import type { Clock } from '@custom-authorizer/core'
import { type Algorithm, ALGORITHMS } from '../algorithms.ts'
import { type Fetch, fetchJson, type FetchLimits } from './fetch-json.ts'
import { type Download, FetchedKeySet, type KeyResult, type KeySource, PendingKey } from './key-cache.ts'
import { BadToken } from '../problem.ts'
import { isKeyUrl, isLocal } from './url.ts'

export interface KeyFetchOptions {
  readonly fetch: Fetch
  readonly clock: Clock
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly cacheMaxAgeSeconds: number
  readonly staleIfErrorSeconds: number
  readonly cooldownSeconds: number
}

const fetchedKeySet = (download: Download, algorithms: readonly Algorithm[], fetching: KeyFetchOptions): KeySource =>
  new FetchedKeySet(download, algorithms, {
    clock: fetching.clock,
    cacheMaxAgeMs: fetching.cacheMaxAgeSeconds * 1000,
    staleIfErrorMs: fetching.staleIfErrorSeconds * 1000,
    cooldownMs: fetching.cooldownSeconds * 1000,
  })

const fetchKeySet = async (uri: string, limits: FetchLimits): Promise<unknown> => {
  const document = await fetchJson(uri, limits)
  return typeof document === 'string' ? `the key set ${document}` : document
}

export const keySetAtUri = (uri: string, algorithms: readonly Algorithm[], fetching: KeyFetchOptions): KeySource =>
  fetchedKeySet(() => fetchKeySet(uri, fetching), algorithms, fetching)

/** The `jwks_uri` of the issuer's metadata (OpenID Connect Discovery 1.0, section 4), or the problem as a string. */
const discover = async (issuer: string, limits: FetchLimits): Promise<string | { readonly uri: string }> => {
  const metadata = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, limits)
  if (typeof metadata === 'string') return `the discovery document ${metadata}`
  if (ownMember(metadata, 'issuer') !== issuer) return 'the discovery document is for another issuer'
  const uri = ownMember(metadata, 'jwks_uri')
  // Metadata of a remote issuer must not refer to this machine.
  return isKeyUrl(uri) && (!isLocal(uri) || isLocal(issuer)) ? { uri } : 'the discovery document has no valid jwks_uri'
}

export const discoveredKeySet = (
  issuer: string,
  algorithms: readonly Algorithm[],
  fetching: KeyFetchOptions,
): KeySource => {
  let known: string | undefined
  const download: Download = async ({ causedByClient }) => {
    if (known === undefined || !causedByClient) {
      const found = await discover(issuer, fetching)
      if (typeof found === 'string') return found
      known = found.uri
    }
    const document = await fetchKeySet(known, fetching)
    if (typeof document === 'string') known = undefined
    return document
  }
  return fetchedKeySet(download, algorithms, fetching)
}

/** A secret shared with the issuer. There is only one key, so the `kid` of a token is ignored. */
export class SecretKey implements KeySource {
  readonly #keys = new Map<Algorithm, Promise<CryptoKey>>()
  readonly #imported = new Map<Algorithm, CryptoKey>()

  constructor(bytes: Uint8Array, algorithms: readonly Algorithm[]) {
    for (const algorithm of algorithms) {
      const row = ALGORITHMS[algorithm]
      if (row.kty !== 'oct') continue
      const purpose = { name: 'HMAC', hash: row.hash }
      const importing = crypto.subtle
        .importKey('raw', bytes as Uint8Array<ArrayBuffer>, purpose, false, ['verify'])
        .then((key) => {
          this.#imported.set(algorithm, key)
          return key
        })
      this.#keys.set(algorithm, importing)
    }
  }

  find(_kid: string | undefined, algorithm: Algorithm): KeyResult | PendingKey {
    const imported = this.#imported.get(algorithm)
    if (imported !== undefined) return imported
    const importing = this.#keys.get(algorithm)
    return importing === undefined ? new BadToken('KEY') : new PendingKey(false, () => importing)
  }
}
