/**
 * Verifies signatures with the synchronous functions of Node.js. WebCrypto, the way on other runtimes, starts a job on another
 * thread for each signature, which takes longer than most verifications.
 * @module
 */
import { isNode, nodeBuiltin } from '@custom-authorizer/core/contract'
import type { Algorithm } from './algorithms.ts'
import type { UnverifiedJws } from './token/token.ts'

/** The part of `node:crypto` that is needed. This package is compiled without the types of Node.js. */
interface NodeCrypto {
  readonly verify: (hash: string | null, data: Uint8Array, key: object, signature: Uint8Array) => boolean
  readonly KeyObject: { from(key: CryptoKey): object }
  readonly constants: { readonly RSA_PKCS1_PSS_PADDING: number }
}

// On runtimes that imitate Node.js, their own WebCrypto is the better tested way.
const loadNodeCrypto = (): NodeCrypto | undefined =>
  isNode() ? (nodeBuiltin<NodeCrypto>('node:crypto') as NodeCrypto | undefined) : undefined

/** How Node.js verifies each algorithm. Secrets are verified by WebCrypto, whose keys do not leave it. */
interface NodeAlgorithm {
  /** `null` if the algorithm contains its hash. */
  readonly hash: string | null
  readonly options: (crypto: NodeCrypto) => Readonly<Record<string, unknown>>
}

const rsa = (bits: number): NodeAlgorithm => ({ hash: `sha${bits}`, options: () => ({}) })
const pss = (bits: number): NodeAlgorithm => ({
  hash: `sha${bits}`,
  // The salt is as long as the hash (RFC 7518, section 3.5).
  options: ({ constants }) => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: bits / 8 }),
})
const ecdsa = (bits: number): NodeAlgorithm => ({
  hash: `sha${bits}`,
  options: () => ({ dsaEncoding: 'ieee-p1363' }),
})
const eddsa: NodeAlgorithm = { hash: null, options: () => ({}) }

const NODE_ALGORITHMS: Readonly<Partial<Record<Algorithm, NodeAlgorithm>>> = {
  RS256: rsa(256),
  RS384: rsa(384),
  RS512: rsa(512),
  PS256: pss(256),
  PS384: pss(384),
  PS512: pss(512),
  ES256: ecdsa(256),
  ES384: ecdsa(384),
  ES512: ecdsa(512),
  EdDSA: eddsa,
  Ed25519: eddsa,
}

/** The part of Node's `Buffer` that is used here. */
interface NodeBuffer {
  from(text: string, encoding: 'latin1'): Uint8Array
}

/** Verifies a signature, or returns `undefined` if another way has to be used. */
export type NodeVerifier = (token: UnverifiedJws, key: CryptoKey) => boolean | undefined

/** The verifier of this process; `undefined` on runtimes other than Node.js. */
export const nodeVerifier = (): NodeVerifier | undefined => {
  const crypto = loadNodeCrypto()
  const buffer = nodeBuiltin<{ Buffer: NodeBuffer }>('node:buffer')?.Buffer
  if (crypto === undefined || buffer === undefined) return undefined
  /** The bytes of the text that is signed: everything before the last dot. A token whose parts were decoded is ASCII. */
  const signedBytes = ({ compact }: UnverifiedJws): Uint8Array =>
    buffer.from(compact.slice(0, compact.lastIndexOf('.')), 'latin1')
  /** Each key was imported for one algorithm, with which it is used here. */
  const keys = new WeakMap<CryptoKey, object>()
  const keyFor = (key: CryptoKey, options: NodeAlgorithm['options']): object => {
    const known = keys.get(key)
    if (known !== undefined) return known
    const fresh = { key: crypto.KeyObject.from(key), ...options(crypto) }
    keys.set(key, fresh)
    return fresh
  }
  return (token, key) => {
    const algorithm = NODE_ALGORITHMS[token.algorithm]
    if (algorithm === undefined) return undefined
    return crypto.verify(algorithm.hash, signedBytes(token), keyFor(key, algorithm.options), token.signature)
  }
}
