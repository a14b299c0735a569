/** White-box tests of signature verification: the Wycheproof vectors sign texts such as `foo`, not claims. @module */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Algorithm, ALGORITHMS, isSymmetric } from '../../../packages/jwt/src/algorithms.ts'
import { type IssuerOptions, resolveIssuer } from '../../../packages/jwt/src/issuer-options.ts'
import { FixedKeySet, type KeySource } from '../../../packages/jwt/src/keys/key-cache.ts'
import { SecretKey } from '../../../packages/jwt/src/keys/key-sources.ts'
import { BadToken } from '../../../packages/jwt/src/problem.ts'
import { prepareKey, signatureVerifier } from '../../../packages/jwt/src/signature.ts'
import { readJws } from '../../../packages/jwt/src/token/token.ts'
import { readData } from '../../support/vendored-data.ts'
import { DIFFERENCES, type Vector } from './wycheproof-differences.ts'

type Jwk = Readonly<Record<string, unknown>>
type Key = Jwk | { readonly keys: readonly Jwk[] }

interface Group {
  readonly comment: string
  readonly public?: Key
  readonly private?: Key
  readonly tests: readonly {
    readonly tcId: number
    readonly comment: string
    readonly jws?: unknown
    readonly jwe?: unknown
    readonly result: string
  }[]
}

const ASYMMETRIC = (Object.keys(ALGORITHMS) as Algorithm[]).filter((each) => !isSymmetric(each))
const keysOf = (key: Key): readonly Jwk[] => (Array.isArray(key['keys']) ? key['keys'] : [key])

const options = (more: object): Partial<IssuerOptions> => ({ issuer: 'x', audience: 'x', ...more })

/** The key source for these keys, from the options that a service would need; throws if the options are invalid. */
const sourceOf = (keys: readonly Jwk[]): { keys: KeySource; algorithms: readonly Algorithm[] } => {
  const [only] = keys
  const resolved =
    keys.length === 1 && only?.['kty'] === 'oct'
      ? resolveIssuer(
          'vector',
          options({ algorithms: [only['alg']], secret: Buffer.from(String(only['k']), 'base64url') }),
        )
      : resolveIssuer('vector', options({ algorithms: ASYMMETRIC, jwks: { keys } }))
  const { algorithms } = resolved
  if (resolved.keys.kind === 'secret') return { algorithms, keys: new SecretKey(resolved.keys.bytes, algorithms) }
  return { algorithms, keys: new FixedKeySet({ keys }, algorithms) }
}

const verifies = async (compact: unknown, key: Key): Promise<boolean> => {
  let source: ReturnType<typeof sourceOf>
  try {
    // A secret for an unknown algorithm is rejected by the check of the option algorithms, which does not run here.
    const unknown = keysOf(key).find(({ kty, alg }) => kty === 'oct' && !Object.hasOwn(ALGORITHMS, String(alg)))
    if (unknown !== undefined) return false
    source = sourceOf(keysOf(key))
  } catch {
    return false
  }
  const jws = typeof compact === 'string' ? readJws(compact) : new BadToken('JSON')
  if (jws instanceof BadToken) return false
  const prepared = prepareKey(
    'issuer',
    jws,
    source.algorithms,
    source.keys,
    () => undefined,
    (found) => found,
  )
  const found = 'value' in prepared ? prepared.value : await prepared.wait(new AbortController().signal)
  if (!(found instanceof CryptoKey)) return false
  return (await signatureVerifier()(jws, { key: found, source: source.keys }, () => undefined)) === undefined
}

const FILES = ['json_web_signature_test', 'json_web_crypto_test', 'json_web_key_test'] as const
const described = readFileSync(join(import.meta.dirname, 'WYCHEPROOF.md'), 'utf8')

describe.each(FILES)('Wycheproof %s', (name) => {
  const path = `wycheproof/${name}.json`
  test('SEC-67 every vector gives the expected result or a listed difference', async () => {
    const { testGroups, numberOfTests } = readData(path) as { testGroups: readonly Group[]; numberOfTests: number }
    const unexpected: string[] = []
    const met = new Map<string, number>()
    let count = 0
    for (const group of testGroups) {
      const key = group.public ?? group.private ?? {}
      for (const { tcId, comment, jws, jwe, result } of group.tests) {
        count++
        const compact = jws ?? jwe
        const vector: Vector = { group: group.comment, keys: keysOf(key), compact, expected: result === 'valid' }
        const accepted = await verifies(compact, key)
        if (accepted === vector.expected) continue
        const known = DIFFERENCES.find((each) => each.accepted === accepted && each.covers(vector))
        if (known === undefined)
          unexpected.push(`${tcId} ${group.comment}/${comment}: ${accepted ? 'accepted' : 'rejected'}`)
        else met.set(known.name, (met.get(known.name) ?? 0) + 1)
      }
    }
    expect(unexpected).toEqual([])
    expect(count).toBe(numberOfTests)
    // The number of vectors per difference has to match the list.
    for (const difference of DIFFERENCES) {
      const times = met.get(difference.name) ?? 0
      expect([difference.name, times]).toEqual([difference.name, difference.vectors[name] ?? 0])
      expect(described).toContain(`\`${difference.name}\``)
    }
  })
})
