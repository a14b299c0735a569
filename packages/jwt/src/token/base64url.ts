/** Decodes canonical base64url only: without padding and white space, unused bits zero (SEC-79). @module */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** The unused bits of the last character, by the length of the last group; -1 for an impossible length. */
const UNUSED_BITS: readonly number[] = [0, -1, 0b1111, 0b11]

/** Returns the bytes, or `undefined` if the text is not canonical. */
export const decodeBase64url = (text: string): Uint8Array | undefined => {
  const unused = UNUSED_BITS[text.length % 4] ?? -1
  if (unused < 0 || !/^[\w-]*$/.test(text)) return undefined
  if ((ALPHABET.indexOf(text.at(-1) ?? 'A') & unused) !== 0) return undefined
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (char) => char.charCodeAt(0))
}
