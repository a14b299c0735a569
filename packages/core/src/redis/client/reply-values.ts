/** Values in replies, as different clients return them. @module */

const decoder = new TextDecoder()

/** Text. Clients return bytes if they are set up so. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : value instanceof Uint8Array ? decoder.decode(value) : undefined

/** A whole number. Clients return numbers, or text or `bigint` if they are set up so. */
export const integerOf = (value: unknown): number | undefined => {
  const number = typeof value === 'bigint' || typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && value !== '' ? number : undefined
}

/** A number with a fraction, which scripts return as text. */
export const decimalOf = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** Whether an error of a server starts with a code such as `NOSCRIPT`. Never throws. */
export const hasErrorCode = (error: unknown, code: string): boolean => {
  try {
    const { message } = error as { message?: unknown }
    return typeof message === 'string' && message.startsWith(code)
  } catch {
    return false
  }
}
