/** Wycheproof vectors for which this library gives another result, by property. See WYCHEPROOF.md. @module */

export interface Vector {
  readonly group: string
  readonly keys: readonly Readonly<Record<string, unknown>>[]
  readonly compact: unknown
  readonly expected: boolean
}

export interface Difference {
  readonly name: string
  /** Whether this library accepts the vectors, contrary to Wycheproof. */
  readonly accepted: boolean
  readonly vectors: Readonly<Record<string, number>>
  covers(vector: Vector): boolean
}

const parts = (compact: unknown): readonly string[] => String(compact).split('.')
const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part
const algorithmOf = (compact: unknown): unknown => {
  const header: unknown = JSON.parse(Buffer.from(parts(compact)[0] ?? '', 'base64url').toString() || '{}')
  return (header as Record<string, unknown>)['alg']
}

export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'key-of-another-algorithm',
    accepted: false,
    vectors: { json_web_signature_test: 4 },
    covers: ({ keys, compact }) => keys.every(({ alg }) => alg !== undefined && alg !== algorithmOf(compact)),
  },
  {
    name: 'character-outside-the-alphabet',
    accepted: false,
    vectors: { json_web_signature_test: 2 },
    covers: ({ compact }) => parts(compact).some((part) => /[^\w-]/.test(part)),
  },
  {
    name: 'intact-padding',
    accepted: true,
    vectors: { json_web_signature_test: 2 },
    covers: ({ group, compact }) => group === 'base64' && parts(compact).every(isCanonical),
  },
  {
    name: 'secret-in-a-key-set',
    accepted: false,
    vectors: { json_web_crypto_test: 1, json_web_key_test: 1 },
    covers: ({ keys }) => keys.length > 1 && keys.every(({ kty }) => kty === 'oct'),
  },
  {
    name: 'encrypted-token',
    accepted: false,
    vectors: { json_web_crypto_test: 2 },
    covers: ({ compact }) => parts(compact).length === 5,
  },
  {
    name: 'roca-key',
    accepted: true,
    vectors: { json_web_crypto_test: 1, json_web_key_test: 1 },
    covers: ({ group }) => group === 'jws_rsa_roca_key',
  },
]
