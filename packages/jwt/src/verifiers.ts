/** How the tokens of each configured issuer are verified. @module */
import { systemClock } from '@custom-authorizer/core/contract'
import type { ResolvedIssuer } from './issuer-options.ts'
import { FixedKeySet, type KeySource } from './keys/key-cache.ts'
import { discoveredKeySet, type KeyFetchOptions, keySetAtUri, SecretKey } from './keys/key-sources.ts'
import type { CommonOptions } from './options.ts'
import type { ClaimRules } from './token/claims.ts'

/** Maximum size of a key set or of metadata, in bytes (SEC-74). */
const MAX_BYTES = 512 * 1024

/** How the tokens of one issuer are verified. */
export interface Verifier extends Pick<ResolvedIssuer, 'algorithms'> {
  readonly rules: ClaimRules
  readonly keys: KeySource
}

const keySourceOf = ({ issuer, algorithms, keys }: ResolvedIssuer, fetching: KeyFetchOptions): KeySource => {
  if (keys.kind === 'uri') return keySetAtUri(keys.uri, algorithms, fetching)
  if (keys.kind === 'set') return new FixedKeySet(keys.document, algorithms)
  if (keys.kind === 'secret') return new SecretKey(keys.bytes, algorithms)
  return discoveredKeySet(issuer, algorithms, fetching)
}

const requiredClaims = ({
  requiredClaims: claims = [],
  principalClaim,
}: CommonOptions<unknown>): ClaimRules['required'] => [
  ...(Array.isArray(claims) ? claims.map((name: string) => [name, undefined] as const) : Object.entries(claims)),
  ...(principalClaim === undefined ? [] : [[principalClaim, undefined] as const]),
]

/** The verifiers of all issuers, by `iss`. */
export const verifiersOf = (
  issuers: readonly ResolvedIssuer[],
  common: CommonOptions<unknown>,
): ReadonlyMap<string, Verifier> => {
  const fetching: KeyFetchOptions = {
    fetch: common.fetch ?? ((url, init) => fetch(url, init)),
    clock: common.clock ?? systemClock,
    timeoutMs: common.timeoutMs ?? 5000,
    maxBytes: MAX_BYTES,
    cacheMaxAgeSeconds: common.cacheMaxAgeSeconds ?? 600,
    staleIfErrorSeconds: common.staleIfErrorSeconds ?? 600,
    cooldownSeconds: common.cooldownSeconds ?? 30,
  }
  const shared = {
    toleranceSeconds: common.clockToleranceSeconds ?? 30,
    maxTokenAgeSeconds: common.maxTokenAgeSeconds,
    required: requiredClaims(common),
  }
  return new Map(
    issuers.map((each) => {
      const { issuer, audiences, audienceClaim, tokenUse, algorithms } = each
      const required = tokenUse === undefined ? shared.required : [...shared.required, ['token_use', tokenUse] as const]
      const rules: ClaimRules = { ...shared, issuer, audiences, audienceFrom: audienceClaim, required }
      return [issuer, { algorithms, rules, keys: keySourceOf(each, fetching) }]
    }),
  )
}
