/** Decodes canonical base64url only: without padding and white space, unused bits zero (SEC-79). @module */
import { isNode, nodeBuiltin } from '@custom-authorizer/core/contract'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** The unused bits of the last character, by the length of the last group; -1 for an impossible length. */
const UNUSED_BITS: readonly number[] = [0, -1, 0b1111, 0b11]

const NONE = 64
/** The value of each character by its code; {@link NONE} for characters that are not in the alphabet. */
const VALUES: Uint8Array = new Uint8Array(128).fill(NONE)
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value

const valueAt = (text: string, index: number): number => {
  const code = text.charCodeAt(index)
  return code < 128 ? (VALUES[code] as number) : NONE
}

// `atob` needs the other alphabet, accepts white space and padding, and returns text whose characters are bytes.
/** Returns the bytes, or `undefined` if the text is not canonical. */
export const decodeBase64url = (text: string): Uint8Array | undefined => {
  const { length } = text
  const rest = length % 4
  const unused = UNUSED_BITS[rest] ?? -1
  if (unused < 0) return undefined
  const bytes = new Uint8Array((length * 3) >> 2)
  /** Has a bit outside of the lower six if any character was not in the alphabet. */
  let seen = 0
  let at = 0
  const whole = length - rest
  for (let index = 0; index < whole; index += 4) {
    const a = valueAt(text, index)
    const b = valueAt(text, index + 1)
    const c = valueAt(text, index + 2)
    const d = valueAt(text, index + 3)
    seen |= a | b | c | d
    bytes[at++] = (a << 2) | (b >> 4)
    bytes[at++] = (b << 4) | (c >> 2)
    bytes[at++] = (c << 6) | d
  }
  if (rest > 0) {
    const a = valueAt(text, whole)
    const b = valueAt(text, whole + 1)
    const c = rest === 3 ? valueAt(text, whole + 2) : 0
    seen |= a | b | c
    bytes[at++] = (a << 2) | (b >> 4)
    if (rest === 3) bytes[at] = (b << 4) | (c >> 2)
    if (((rest === 3 ? c : b) & unused) !== 0) return undefined
  }
  return seen < NONE ? bytes : undefined
}

/** The part of Node's `Buffer` that is used here. This package is compiled without the types of Node.js. */
interface NodeBuffer {
  from(text: string, encoding: 'base64url'): Uint8Array & { toString(encoding: 'base64url'): string }
}

export type Decoder = (text: string) => Uint8Array | undefined

// Node's decoder ignores what it cannot decode, so the bytes are encoded again. Both together are faster than the table.
const onNode = (): Decoder | undefined => {
  const buffer = isNode() ? nodeBuiltin<{ Buffer: NodeBuffer }>('node:buffer')?.Buffer : undefined
  return (
    buffer &&
    ((text) => {
      const bytes = buffer.from(text, 'base64url')
      return bytes.toString('base64url') === text ? bytes : undefined
    })
  )
}

/** The fastest decoder of this runtime, for tokens. The memory of its bytes may be shared, so it must not decode keys. */
export const tokenDecoder = (): Decoder => onNode() ?? decodeBase64url
