/** The length of texts in UTF-8. @module */

const encoder = new TextEncoder()
/** Longest text in characters that is read here; the encoder is faster for longer ones. */
const SHORT = 256

/** Number of bytes of a text in UTF-8. */
export const byteLength = (text: string): number => {
  const { length } = text
  if (length > SHORT) return encoder.encode(text).length
  for (let index = 0; index < length; index++) if (text.charCodeAt(index) > 0x7f) return encoder.encode(text).length
  return length
}

/** Whether a text has more than this number of bytes in UTF-8. A character of JavaScript has one to three. */
export const isLongerThan = (text: string, bytes: number): boolean =>
  text.length > bytes || (text.length * 3 > bytes && byteLength(text) > bytes)
