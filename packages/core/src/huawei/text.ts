/** Context values as text. @module */

/** Numbers and booleans in their natural spelling, booleans in lower case (HW-RSP-18); nothing else is text. */
export const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
