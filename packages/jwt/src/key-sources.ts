/** The places that keys come from: a fixed address, the issuer's own metadata, the options. @module */
import type { Clock } from '@custom-authorizer/core'
import { type Algorithm, ALGORITHMS } from './algorithms.ts'
import { type Fetch, fetchJson, type FetchLimits } from './fetch-json.ts'
import { type Download, FetchedKeySet, type Found, type KeySource, PendingKey } from './key-cache.ts'
import { BadToken } from './problem.ts'
import { own } from './strict-json.ts'
import { isKeyUrl, isLoopback } from './url.ts'

export interface Fetching {
  readonly fetch: Fetch
  readonly clock: Clock
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly cacheMaxAgeSeconds: number
  readonly staleIfErrorSeconds: number
  readonly cooldownSeconds: number
}

const fetched = (download: Download, algorithms: readonly Algorithm[], fetching: Fetching): KeySource =>
  new FetchedKeySet(download, algorithms, {
    clock: fetching.clock,
    cacheMaxAgeMs: fetching.cacheMaxAgeSeconds * 1000,
    staleIfErrorMs: fetching.staleIfErrorSeconds * 1000,
    cooldownMs: fetching.cooldownSeconds * 1000,
  })

const keySetAt = async (uri: string, limits: FetchLimits): Promise<unknown> => {
  const document = await fetchJson(uri, limits)
  return typeof document === 'string' ? `the key set ${document}` : document
}

export const keySetUri = (uri: string, algorithms: readonly Algorithm[], fetching: Fetching): KeySource =>
  fetched(() => keySetAt(uri, fetching), algorithms, fetching)

/** The `jwks_uri` of the issuer's metadata (OpenID Connect Discovery 1.0, section 4), or what is wrong with them. */
const discover = async (issuer: string, limits: FetchLimits): Promise<string | { readonly uri: string }> => {
  const metadata = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, limits)
  if (typeof metadata === 'string') return `the discovery document ${metadata}`
  if (own(metadata, 'issuer') !== issuer) return 'the discovery document names another issuer'
  const uri = own(metadata, 'jwks_uri')
  // Metadata from elsewhere must not point at this machine.
  return isKeyUrl(uri) && (!isLoopback(uri) || isLoopback(issuer))
    ? { uri }
    : 'the discovery document has no jwks_uri that may be used'
}

export const discovered = (issuer: string, algorithms: readonly Algorithm[], fetching: Fetching): KeySource => {
  let known: string | undefined
  const download: Download = async ({ forUnknownKid }) => {
    if (known === undefined || !forUnknownKid) {
      const found = await discover(issuer, fetching)
      if (typeof found === 'string') return found
      known = found.uri
    }
    const document = await keySetAt(known, fetching)
    if (typeof document === 'string') known = undefined
    return document
  }
  return fetched(download, algorithms, fetching)
}

/** A secret shared with the issuer. The token's `kid` means nothing here: there is one key. */
export class Secret implements KeySource {
  readonly #keys = new Map<Algorithm, Promise<CryptoKey>>()
  readonly #imported = new Map<Algorithm, CryptoKey>()

  constructor(bytes: Uint8Array<ArrayBuffer>, algorithms: readonly Algorithm[]) {
    for (const algorithm of algorithms) {
      const row = ALGORITHMS[algorithm]
      if (row.kty !== 'oct') continue
      const purpose = { name: 'HMAC', hash: row.hash }
      const importing = crypto.subtle.importKey('raw', bytes, purpose, false, ['verify']).then((key) => {
        this.#imported.set(algorithm, key)
        return key
      })
      this.#keys.set(algorithm, importing)
    }
  }

  find(_kid: string | undefined, algorithm: Algorithm): Found | PendingKey {
    const imported = this.#imported.get(algorithm)
    if (imported !== undefined) return imported
    const importing = this.#keys.get(algorithm)
    return importing === undefined ? new BadToken('KEY') : new PendingKey(false, () => importing)
  }
}
