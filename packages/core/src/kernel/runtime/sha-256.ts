/** SHA-256 digests of texts. @module */
import { isNode, nodeBuiltin } from './node-builtin.ts'

/** The part of `node:crypto` that is used here. */
interface NodeCrypto {
  readonly createHash: (name: string) => {
    update(text: string, encoding: 'utf8'): { digest(encoding: 'base64url'): string }
  }
}

/** Bytes as base64url without padding. */
export const base64url = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')

const onTheWeb = async (text: string): Promise<string> =>
  base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

/** Returns the SHA-256 digest of a text in UTF-8, as base64url. */
export type Sha256 = (text: string) => string | Promise<string>

/** The digest function of runtimes with `node:crypto`, which is synchronous; `undefined` on others. */
export const synchronousSha256 = (): ((text: string) => string) | undefined => {
  const createHash = nodeBuiltin<NodeCrypto>('node:crypto')?.createHash
  return createHash && ((text) => createHash('sha256').update(text, 'utf8').digest('base64url'))
}

/**
 * The digest function of this runtime: synchronous on Node.js, otherwise with WebCrypto. WebCrypto starts a job on another thread,
 * which takes ten times as long as the digest.
 */
export const sha256For = (): Sha256 => (isNode() ? synchronousSha256() : undefined) ?? onTheWeb
