/** Base64url in its one canonical form: no padding, no white space, unused bits zero (SEC-79). @module */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** By the length of the last group: the bits of its last character that carry nothing. */
const UNUSED_BITS: readonly number[] = [0, -1, 0b1111, 0b11]

/** The bytes; `undefined` when the text is not what an encoder writes. */
export const decodeBase64url = (text: string): Uint8Array | undefined => {
  const unused = UNUSED_BITS[text.length % 4] ?? -1
  if (unused < 0 || !/^[\w-]*$/.test(text)) return undefined
  if ((ALPHABET.indexOf(text.at(-1) ?? 'A') & unused) !== 0) return undefined
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (char) => char.charCodeAt(0))
}
