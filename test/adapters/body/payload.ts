/** Test bodies, their framing, and digests to compare them by. @module */
import { createHash } from 'node:crypto'
import type { RawRequest } from '../../support/raw-client.ts'

export const KIB = 1024
export const MIB = 1024 * KIB
/** The largest body that APIG accepts (HW-FE-20). */
export const LIMIT = 12 * MIB

/** Pseudo-random bytes, so that no part equals another; every value from 0 to 255 occurs. */
export const bytesOf = (size: number): Buffer => {
  const bytes = Buffer.allocUnsafe(size)
  let state = 0x2545f491
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** Length and hash, equal only for equal bodies. */
export const digestOf = (bytes: Uint8Array): string =>
  `${bytes.length} ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`

/** A body in the chunked coding of HTTP/1.1. */
export const chunked = (bytes: Buffer, size: number = 60_007): Buffer => {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}

/** Whether a message marks the end of its body by Content-Length or by chunks. */
export const FRAMINGS = ['length', 'chunks'] as const
export type Framing = (typeof FRAMINGS)[number]

/** A POST with this body. */
export const post = (body: Buffer, framing: Framing = 'length', headers: RawRequest['headers'] = []): RawRequest => ({
  method: 'POST',
  target: '/upload',
  headers: framing === 'length' ? headers : [...headers, ['Transfer-Encoding', 'chunked']],
  body: framing === 'length' ? body : chunked(body),
})
